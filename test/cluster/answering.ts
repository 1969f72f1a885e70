/** A server of models for tests of runs in shards: it says what it was asked, and what is in flight. */
import { createHash } from "node:crypto"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"

export interface Answering extends AsyncDisposable {
  readonly url: string
  /** Requests so far. */
  readonly asked: () => number
  /** Answers that were no refusals. */
  readonly answered: () => number
  /** Those that have no answer yet. */
  readonly inFlight: () => number
  /** The most that had none at the same time. */
  readonly most: () => number
  /** When each of them came, in milliseconds. */
  readonly times: () => ReadonlyArray<number>
}

/** Starts one. Its answers depend on what is asked, or are all different ones. */
export const answering = async ({
  differs = false,
  latencyMs = () => 0,
  refuses = () => false
}: {
  readonly differs?: boolean
  /** How long a request, by its number, takes. */
  readonly latencyMs?: (asked: number) => number
  /** Whether a request, by its number, is refused. */
  readonly refuses?: (asked: number) => boolean
} = {}): Promise<Answering> => {
  let asked = 0
  let answered = 0
  let inFlight = 0
  let most = 0
  const times: Array<number> = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      response.setHeader("content-type", "application/json")
      if (request.method === "GET") return response.end(`{"id":"m"}`)
      asked++
      inFlight++
      most = Math.max(most, inFlight)
      times.push(performance.now())
      const content = differs ? `answer ${asked}` : createHash("sha1").update(body).digest("hex")
      const message = { role: "assistant", content }
      const answer = {
        id: "c",
        choices: [{ index: 0, message, finish_reason: "stop" }],
        usage: { prompt_tokens: 1, completion_tokens: 1 }
      }
      const isRefused = refuses(asked)
      setTimeout(() => {
        inFlight--
        if (isRefused) {
          response.statusCode = 400
          response.end('{"error":{"message":"not this one"}}')
        } else {
          answered++
          response.end(JSON.stringify(answer))
        }
      }, latencyMs(asked))
      return undefined
    })
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked: () => asked,
    answered: () => answered,
    inFlight: () => inFlight,
    most: () => most,
    times: () => times,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    }
  }
}
