import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { inspect } from "node:util"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { afterEach, describe, expect, it } from "vitest"
import { MistralLLM, OpenAILLM, ScriptedLLM, VertexAILLM } from "../../src/index.ts"
import { type GenerateOutput, type LLM, requestTo } from "../../src/llms/LLM.ts"
import { LLMClients } from "../../src/llms/LLMClients.ts"
import { LLMError } from "../../src/llms/LLMError.ts"
import type { LLMEvent } from "../../src/llms/LLMEvents.ts"
import { type Simulator, type SimulatorOptions, startSimulator } from "../../src/simulator/index.ts"

const servers: Array<{ close: () => unknown }> = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})
const simulate = async (options: SimulatorOptions = {}): Promise<Simulator> => {
  const simulator = await startSimulator(options)
  servers.push(simulator)
  return simulator
}
const serve = (answer: Parameters<typeof createServer>[1]): Promise<string> =>
  new Promise((resolve) => {
    const server: Server = createServer(answer).listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`))
    servers.push({ close: () => server.closeAllConnections() ?? server.close() })
  })

type Provider = (simulator: Pick<Simulator, "openaiBaseUrl" | "mistralUrl" | "vertexUrl">, more?: object) => LLM
const providers: Readonly<Record<string, Provider>> = {
  OpenAILLM: ({ openaiBaseUrl }, more) => OpenAILLM({ model: "m", baseUrl: openaiBaseUrl, apiKey: "sk-very-secret", ...more }),
  MistralLLM: ({ mistralUrl }, more) => MistralLLM({ model: "m", endpoint: mistralUrl, apiKey: "sk-very-secret", ...more }),
  VertexAILLM: ({ vertexUrl }, more) => VertexAILLM({ model: "m", baseUrl: vertexUrl, accessToken: "sk-very-secret", project: "p", ...more })
}
const each = Object.entries(providers)

const ask = (llm: LLM, text = "Name a river in Peru.", numGenerations = 1) =>
  Effect.flatMap(LLMClients.client(llm), (client) => client.generate(requestTo(llm, [{ role: "user", content: text }], { numGenerations }))).pipe(Effect.scoped)
const answer = (llm: LLM, text?: string, n?: number): Promise<GenerateOutput> => Effect.runPromise(ask(llm, text, n))
const failure = (llm: LLM): Promise<LLMError> => Effect.runPromise(Effect.flip(ask(llm)))

describe.each(each)("%s over its SDK", (_, llmOf) => {
  it("answers, with token counts", async () => {
    const { generations, statistics } = await answer(llmOf(await simulate()))
    expect(generations[0]!.length).toBeGreaterThan(20)
    expect(statistics.input_tokens![0]).toBeGreaterThan(2)
    expect(statistics.output_tokens![0]).toBeGreaterThan(5)
  })

  it("gives as many answers as asked, each another", async () => {
    const { generations } = await answer(llmOf(await simulate(), { generationKwargs: { seed: 7 } }), "Tell a story.", 3)
    expect(new Set(generations).size).toBe(3)
  })

  it("sends its generation kwargs and keeps its endpoint when only they change", async () => {
    const llm = llmOf(await simulate())
    const brief = llm.configure({ generationKwargs: { maxNewTokens: 4 } })
    expect(brief.endpoint).toBe(llm.endpoint)
    expect(llm.configure({ timeout: 3 }).endpoint).not.toBe(llm.endpoint)
    const { statistics } = await answer(brief)
    expect(statistics.output_tokens![0]).toBeLessThanOrEqual(5)
  })

  it.each(["rate-limit", "server-error", "reset", "cut-body", "invalid-json"] as const)("asks again after %s", async (kind) => {
    const simulator = await simulate({ faults: [{ kind, share: 1, retryAfterSeconds: 1 }] })
    const { generations } = await answer(llmOf(simulator))
    expect(generations[0]!.length).toBeGreaterThan(20)
    expect(simulator.stats().requests).toBe(2)
  })

  it("waits as long as Retry-After says", async () => {
    const simulator = await simulate({ faults: [{ kind: "rate-limit", share: 1, retryAfterSeconds: 1 }] })
    await answer(llmOf(simulator))
    const [first, second] = simulator.log().filter(({ route }) => !route.startsWith("models"))
    expect(Number(new Date(second!.time)) - Number(new Date(first!.time))).toBeGreaterThanOrEqual(950)
  })

  it("gives up on a provider that hangs, and aborts on the wire", async () => {
    const simulator = await simulate({ faults: [{ kind: "hang", share: 1, permanent: true }] })
    const error = await failure(llmOf(simulator, { timeout: 0.2, maxRetries: 1 }))
    expect([error.reason, error.attempts, error.retryable]).toEqual(["TimedOut", 2, true])
    await expect.poll(() => simulator.stats().aborted).toBe(2)
  })

  it("aborts on the wire when it is interrupted", async () => {
    const simulator = await simulate({ faults: [{ kind: "hang", share: 1, permanent: true }] })
    const fiber = Effect.runFork(ask(llmOf(simulator)))
    await expect.poll(() => simulator.stats().inFlight).toBe(1)
    await Effect.runPromise(Fiber.interrupt(fiber))
    await expect.poll(() => simulator.stats().aborted).toBe(1)
  })

  it("tells a refusal as one, without asking again", async () => {
    const simulator = await simulate({ faults: [{ kind: "refusal", share: 1, permanent: true }] })
    const error = await failure(llmOf(simulator))
    expect([error.reason, error.retryable, error.fatal]).toEqual(["Refused", false, false])
    expect(simulator.stats().requests).toBe(1)
  })

  it("tells a model that is not there, before or with the first question, and that nothing else can help", async () => {
    const simulator = await simulate({ models: ["other"] })
    const error = await failure(llmOf(simulator))
    expect([error.reason, error.fatal]).toEqual(["ModelNotFound", true])
    expect(error.message).toContain("'m'")
  })

  it("tells a key that is refused, and never shows it", async () => {
    const llm = llmOf(await simulate({ apiKey: "right" }))
    const error = await failure(llm)
    expect([error.reason, error.fatal]).toEqual(["Unauthorized", true])
    for (const text of [error.message, String(error), JSON.stringify(error), inspect(error, { depth: 9 }), inspect(llm, { depth: 9 }), JSON.stringify(llm)]) {
      expect(text).not.toContain("very-secret")
    }
  })

  it("tells a server that does not listen, with the address and what to do", async () => {
    const gone = { openaiBaseUrl: "http://127.0.0.1:9/v1", mistralUrl: "http://127.0.0.1:9", vertexUrl: "http://127.0.0.1:9" }
    const error = await failure(llmOf(gone))
    expect([error.reason, error.fatal]).toEqual(["Unreachable", true])
    expect(error.message).toMatch(/127\.0\.0\.1:9.*Is the server running/)
  })
})

describe("an OpenAI-compatible server", () => {
  const completion = (text: string) => JSON.stringify({ id: "x", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: text } }], usage: { prompt_tokens: 1, completion_tokens: 1 } })

  it("needs no key and no list of models", async () => {
    let sent: Record<string, unknown> = {}
    const baseUrl = await serve((request, response) => {
      if (request.method === "GET") {
        response.writeHead(404).end("no such route")
        return
      }
      let body = ""
      request.on("data", (chunk) => body += chunk).on("end", () => {
        sent = JSON.parse(body)
        response.writeHead(200, { "content-type": "application/json" }).end(completion("fine"))
      })
    })
    expect((await answer(OpenAILLM({ model: "m", baseUrl, generationKwargs: { temperature: 0.3, extraBody: { top_k: 4 } } }))).generations).toEqual(["fine"])
    expect(sent).toMatchObject({ model: "m", max_tokens: 128, temperature: 0.3, top_k: 4, messages: [{ role: "user", content: "Name a river in Peru." }] })
  })

  it("may say when to come back as a date", async () => {
    let asked = 0
    const baseUrl = await serve((request, response) => {
      if (request.method === "GET") response.writeHead(404).end()
      else if (asked++ === 0) response.writeHead(429, { "retry-after": new Date(Date.now() + 1500).toUTCString() }).end("{\"error\":{\"message\":\"slow down\"}}")
      else response.writeHead(200, { "content-type": "application/json" }).end(completion("fine"))
    })
    expect((await answer(OpenAILLM({ model: "m", baseUrl }))).generations).toEqual(["fine"])
    expect(asked).toBe(2)
  })

  it("may refuse a request for good: it is not asked again, and the reason is its own", async () => {
    let asked = 0
    const baseUrl = await serve((request, response) => {
      if (request.method === "GET") response.writeHead(404).end()
      else {
        asked++
        response.writeHead(400, { "content-type": "application/json" }).end("{\"error\":{\"message\":\"top_p must be at most 1\"}}")
      }
    })
    const error = await failure(OpenAILLM({ model: "m", baseUrl }))
    expect([error.reason, error.status, asked]).toEqual(["InvalidRequest", 400, 1])
    expect(error.message).toContain("top_p must be at most 1")
  })
})

describe("models of one endpoint", () => {
  it("share a client, its limit, and tell who asked what", async () => {
    const simulator = await simulate({ latency: { kind: "constant", ms: 10 } })
    const llm = OpenAILLM({ model: "m", baseUrl: simulator.openaiBaseUrl, apiKey: "k", maxConcurrency: 3 })
    const events: Array<LLMEvent> = []
    const both = Effect.forEach(["a", "b"], (step) =>
      Effect.flatMap(LLMClients.client(llm.configure({ generationKwargs: { temperature: 0 } }), step), (client) =>
        Effect.forEach(Array.from({ length: 8 }, (_, i) => `${step}${i}`), (text) => client.generate(requestTo(llm, [{ role: "user", content: text }])), { concurrency: "unbounded" })
      ), { concurrency: "unbounded" }).pipe(Effect.scoped, LLMClients.share({ onEvent: (event) => void events.push(event) }))
    await Effect.runPromise(both)
    expect(simulator.stats().maxInFlight).toBe(3)
    expect(events.filter(({ kind, step }) => kind === "success" && step === "b")).toHaveLength(8)
  })
})

describe("ScriptedLLM", () => {
  it("answers by the question, not by the order of asking", async () => {
    const llm = ScriptedLLM({ answers: ["one", "two", "three"] })
    const forward = await Promise.all(["a", "b", "c"].map((text) => answer(llm, text)))
    const backward = await Promise.all(["c", "b", "a"].map((text) => answer(llm, text)))
    expect(forward.map(({ generations }) => generations)).toEqual(backward.toReversed().map(({ generations }) => generations))
  })

  it("fails where it is told to", async () => {
    const llm = ScriptedLLM({ answers: "x", failures: (_, attempt) => attempt === 1 ? "ServerError" : undefined, maxRetries: 1 })
    expect((await answer(llm)).generations).toEqual(["x"])
    expect((await failure(ScriptedLLM({ answers: "x", failures: () => "Refused" }))).reason).toBe("Refused")
  })
})
