/** Servers of objects on this machine, for tests: what all have, whatever protocol they speak. */
import { createServer, type IncomingMessage, type Server } from "node:http"
import type { AddressInfo, Socket } from "node:net"

export interface Held {
  readonly body: Buffer
  /** Another one each time that the object is put. */
  readonly version: string
}

export interface Asked {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingMessage["headers"]
  readonly body: Buffer
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** A running server. */
export interface StoreServer extends AsyncDisposable {
  readonly url: string
  /** Requests that came: `GET /bucket/key`. */
  readonly requests: Array<string>
  /** Bytes that were sent. */
  readonly sent: () => number
  /** Lets the body of the next answer be cut in the middle. */
  cutNext: boolean
  /** Whether a request, its first line and how its body begins, is left without an answer. */
  holds: (request: string) => boolean
  /** Whether the answer to a request that was done is lost on its way. */
  losesAnswer: (request: string) => boolean
}

/** Starts a server on a free port. */
export const startServer = async (
  answer: (asked: Asked) => Answer | Promise<Answer>
): Promise<StoreServer> => {
  const requests: Array<string> = []
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", async () => {
      const body = Buffer.concat(chunks)
      const begins = body.subarray(0, 500).toString()
      const asked = `${request.method} ${request.url}\n${begins}`
      if (running.holds(asked)) return
      const url = new URL(request.url ?? "/", "http://127.0.0.1")
      requests.push(`${request.method} ${decodeURIComponent(url.pathname)}`)
      const { headers: sent, method = "GET" } = request
      const replied = await answer({ method, url, headers: sent, body })
      if (running.losesAnswer(asked)) {
        response.destroy()
        return
      }
      const bytes = Buffer.from(replied.body ?? "")
      const { headers = {}, status } = replied
      response.writeHead(status, { "content-length": bytes.length, ...headers })
      if (running.cutNext && bytes.length > 1 && request.method === "GET") {
        running.cutNext = false
        response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy())
        return
      }
      response.end(request.method === "HEAD" ? undefined : bytes)
    })
  })
  const running = await listening(server, requests)
  return running
}

/** A server on loopback, with what it has sent so far. */
export const listening = async (server: Server, requests: Array<string>): Promise<StoreServer> => {
  const sockets: Array<Socket> = []
  server.on("connection", (socket) => sockets.push(socket))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    sent: () => sockets.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
    cutNext: false,
    holds: () => false,
    losesAnswer: () => false,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

/** The part of a body that a request asks for. */
export const ranged = (range: string | undefined, body: Buffer): Answer => {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? []
  if (first === undefined) return { status: 200, body }
  const end =
    last === "" || last === undefined ? body.length : Math.min(Number(last) + 1, body.length)
  if (Number(first) >= end) return { status: 416 }
  return {
    status: 206,
    headers: { "content-range": `bytes ${first}-${end - 1}/${body.length}` },
    body: body.subarray(Number(first), end)
  }
}

/** Objects of one bucket. */
export class Objects {
  readonly held = new Map<string, Held>()
  #version = 1000

  put(key: string, body: Buffer): Held {
    const held = { body, version: String(++this.#version) }
    this.held.set(key, held)
    return held
  }

  below(prefix: string): ReadonlyArray<readonly [string, Held]> {
    return [...this.held]
      .filter(([key]) => key.startsWith(prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1))
  }
}
