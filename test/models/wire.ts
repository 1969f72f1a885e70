/** A server for odd answers: what it gets is kept, what it gives is up to the test. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** A request's JSON. Gemini's has `contents` for messages. */
export interface Body {
  readonly [field: string]: unknown
  readonly messages: ReadonlyArray<{
    readonly role: string
    readonly content: unknown
    readonly prefix?: boolean
  }>
}

/** A request as it arrived. */
export interface Arrived {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Body
  /** Milliseconds on a clock that never goes back. */
  readonly at: number
}

export interface Wire extends AsyncDisposable {
  readonly url: string
  /** Requests that ask a model. */
  readonly asked: ReadonlyArray<Arrived>
  /** Requests that look something up. */
  readonly lookedUp: ReadonlyArray<Arrived>
  /** Requests that the client gave up. */
  readonly aborted: () => number
}

export type Answer = (request: Arrived, response: ServerResponse, index: number) => void

/** Sends JSON. */
export const json = (
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {}
): void => {
  response.writeHead(status, { "content-type": "application/json", ...headers })
  response.end(JSON.stringify(body))
}

/** A good chat completion, for OpenAI and Mistral. */
export const completion = (text: unknown, more: Readonly<Record<string, unknown>> = {}) => ({
  id: "id",
  object: "chat.completion",
  created: 1,
  model: "model-a",
  choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
  usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 },
  ...more
})

/** A good answer of Gemini's. */
export const candidates = (text: string, more: Readonly<Record<string, unknown>> = {}) => ({
  candidates: [{ index: 0, content: { role: "model", parts: [{ text }] }, finishReason: "STOP" }],
  usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 5, totalTokenCount: 8 },
  ...more
})

/** A good message of Anthropic's. */
export const message = (text: string, more: Readonly<Record<string, unknown>> = {}) => ({
  id: "msg",
  type: "message",
  role: "assistant",
  model: "model-a",
  content: [{ type: "text", text }],
  stop_reason: "end_turn",
  usage: { input_tokens: 3, output_tokens: 5 },
  ...more
})

/** A good chat of Ollama's. */
export const chat = (content: string, more: Readonly<Record<string, unknown>> = {}) => ({
  model: "model-a",
  message: { role: "assistant", content },
  done: true,
  done_reason: "stop",
  prompt_eval_count: 3,
  eval_count: 5,
  ...more
})

/** A good chat of Cohere's. */
export const cohereChat = (text: string, more: Readonly<Record<string, unknown>> = {}) => ({
  id: "chat",
  finish_reason: "COMPLETE",
  message: { role: "assistant", content: [{ type: "text", text }] },
  usage: { billed_units: { input_tokens: 3, output_tokens: 5 } },
  ...more
})

/** A good answer of each kind of model. */
export const good = {
  openai: completion,
  mistral: completion,
  vertex: candidates,
  gemini: candidates,
  anthropic: message,
  cohere: cohereChat,
  ollama: chat
} satisfies Record<string, (text: string) => unknown>

const knowsAll: Answer = ({ path }, response) =>
  json(response, { id: path.split("/").at(-1), object: "model", data: [] })

/**
 * A server on this machine: `answer` for questions, `lookUp` for the rest, which by default knows
 * every model.
 */
export const serve = async (answer: Answer, lookUp: Answer = knowsAll): Promise<Wire> => {
  const asked: Array<Arrived> = []
  const lookedUp: Array<Arrived> = []
  let aborted = 0
  const server = createServer((request, response) => {
    response.on("close", () => {
      if (!response.writableEnded) aborted++
    })
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString()
      const arrived: Arrived = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body: text === "" ? { messages: [] } : JSON.parse(text),
        at: performance.now()
      }
      const asks = request.method === "POST" && arrived.path !== "/api/show"
      const list = asks ? asked : lookedUp
      list.push(arrived)
      ;(asks ? answer : lookUp)(arrived, response, list.length - 1)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    lookedUp,
    aborted: () => aborted,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}
