/** A server in OpenAI's protocol whose every answer is another one, unless told otherwise. */
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { setTimeout as sleep } from "node:timers/promises"

export interface AnswerServer extends AsyncDisposable {
  readonly url: string
  /** The last message of each question, in the order in which they came. */
  readonly asked: Array<string>
  /** What it answers; `undefined` for an error of the server. */
  answer: (question: string, number: number) => string | undefined
  latencyMs: number
  /** The most questions that were open at once. */
  most: number
}

export const answerServer = async (): Promise<AnswerServer> => {
  const asked: Array<string> = []
  let open = 0
  const server = createServer(async (request, response) => {
    response.setHeader("content-type", "application/json")
    if (request.method === "GET") {
      response.end(`{"id":"m"}`)
      return
    }
    const { messages } = JSON.parse(await text(request)) as {
      readonly messages: ReadonlyArray<{ readonly content: string }>
    }
    const question = messages.at(-1)!.content
    const content = self.answer(question, asked.push(question))
    self.most = Math.max(self.most, ++open)
    await sleep(self.latencyMs)
    open--
    if (content === undefined) {
      response.writeHead(400)
      response.end(JSON.stringify({ error: { message: "no" } }))
      return
    }
    response.end(
      JSON.stringify({
        id: "c",
        choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
        usage: { prompt_tokens: 2, completion_tokens: 3 }
      })
    )
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const self: AnswerServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    answer: (_, number) => `answer ${number}`,
    latencyMs: 0,
    most: 0,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    }
  }
  return self
}
