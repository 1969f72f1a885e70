/** Requests to batch APIs: which provider's they are, what they ask, and what is sent back. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { protocols } from "../../models/simulated.ts"
import type { Arrived } from "../../models/simulated/Arrived.ts"
import type { BatchArrived } from "../../models/simulated/BatchProtocol.ts"
import type { Protocol } from "../../models/simulated/Protocol.ts"
import { isObject, type WireObject } from "../../models/simulated/Wire.ts"
import type { BatchDesk } from "./BatchDesk.ts"

/** What is sent back. */
export interface JobReply {
  readonly status: number
  readonly body: WireObject | string
}

const arrivedIn = ({ headers, method = "", url = "" }: IncomingMessage): Arrived => ({
  method,
  path: url.split("?")[0]!,
  headers
})

/** The protocol whose batch API a request goes to, if it goes to one. */
export const jobsProtocol = (request: IncomingMessage): Protocol | undefined => {
  const arrived = arrivedIn(request)
  return protocols.find((protocol: Protocol) => protocol.batches?.has(arrived) === true)
}

/** Answers a request to a batch API. */
export const replyTo = async (
  desk: BatchDesk,
  protocol: Protocol,
  request: IncomingMessage,
  body: Buffer
): Promise<JobReply | "lost"> => {
  const api = protocol.batches!
  const ask = api.read(await whole(request, body))
  const reply = ask === undefined ? undefined : desk.reply(protocol, api, ask)
  if (reply === "lost") return reply
  return ask === undefined || reply === undefined
    ? {
        status: 404,
        body: protocol.failure({
          status: 404,
          reason: "unknown-route",
          message: "There is no such file or job."
        })
      }
    : { status: 200, body: api.write(ask, reply) }
}

const whole = async (request: IncomingMessage, bytes: Buffer): Promise<BatchArrived> => {
  const type = request.headers["content-type"] ?? ""
  const form = new Map<string, { readonly name: string; readonly text: string }>()
  let body: WireObject = {}
  if (type.startsWith("multipart/form-data")) {
    const parts = await new Response(bytes, { headers: { "content-type": type } }).formData()
    for (const [key, value] of parts)
      form.set(
        key,
        typeof value === "string"
          ? { name: "", text: value }
          : { name: value.name, text: await value.text() }
      )
  } else if (/^application\/json(?:;|$)/.test(type) && bytes.length > 0) {
    const parsed: unknown = JSON.parse(bytes.toString())
    if (isObject(parsed)) body = parsed
  }
  const query = new URL(request.url ?? "", "http://localhost").searchParams
  return { ...arrivedIn(request), query, text: bytes.toString(), body, form }
}

/** Sends it. */
export const sendReply = (response: ServerResponse, reply: JobReply | "lost"): void => {
  if (reply === "lost") {
    response.socket?.resetAndDestroy()
    return
  }
  const { body, status } = reply
  const text = typeof body === "string" ? body : JSON.stringify(body)
  response.writeHead(status, {
    "content-type": typeof body === "string" ? "application/octet-stream" : "application/json",
    "content-length": Buffer.byteLength(text)
  })
  response.end(text)
}
