import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { describe, expect, it } from "vitest"
import { LLMClients } from "../../src/models/asking/LLMClients.ts"
import { requestTo } from "../../src/models/chat/LLM.ts"
import type { LLMEvent } from "../../src/models/chat/LLMEvents.ts"
import { ScriptedLLM } from "../../src/models/scripted/ScriptedLLM.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { at, chatOf } from "./asking.ts"
import { completion, json, serve } from "./wire.ts"

describe("clients of a run", () => {
  it("are one for models with the same endpoint, with one limit", async () => {
    await using simulator = await startSimulator({ latency: { kind: "constant", ms: 30 } })
    const llm = at.openai(simulator.url, { maxConcurrency: 2 })
    const warm = llm.configure({ generationKwargs: { temperature: 0.7 } })
    const step = (model: typeof llm) =>
      Effect.scoped(
        Effect.gen(function* () {
          const client = yield* LLMClients.client(model)
          yield* Effect.forEach(
            [1, 2, 3],
            (n) => client.generate(requestTo(model, chatOf(`Question ${n}`))),
            { concurrency: "unbounded" }
          )
        })
      )
    await Effect.runPromise(
      Effect.all([step(llm), step(warm)], { concurrency: 2 }).pipe(LLMClients.share())
    )
    expect(simulator.stats()).toMatchObject({ answered: 6, maxInFlight: 2, lookups: 1 })
  })

  it("are two for models that were described apart, even if alike", async () => {
    await using simulator = await startSimulator()
    const step = (n: number) =>
      Effect.scoped(LLMClients.client(at.openai(simulator.url), `step ${n}`))
    await Effect.runPromise(Effect.scoped(Effect.all([step(1), step(2)])).pipe(LLMClients.share()))
    expect(simulator.stats().lookups).toBe(2)
  })

  it("of one model at one place keep one limit, the smallest that is given, though they were described apart", async () => {
    await using simulator = await startSimulator({ latency: { kind: "constant", ms: 20 } })
    const step = (maxConcurrency: number) =>
      Effect.scoped(
        Effect.gen(function* () {
          const model = at.openai(simulator.url, { maxConcurrency })
          const client = yield* LLMClients.client(model)
          yield* Effect.forEach(
            [1, 2, 3, 4],
            (n) => client.generate(requestTo(model, chatOf(`Question ${n}`))),
            { concurrency: "unbounded" }
          )
        })
      )
    await Effect.runPromise(
      Effect.all([step(3), step(8)], { concurrency: 2 }).pipe(LLMClients.share())
    )
    expect(simulator.stats()).toMatchObject({ answered: 8, maxInFlight: 3 })
  })

  it("close with the last who uses them", async () => {
    const closed: Array<string> = []
    const llm = { ...ScriptedLLM({ answers: "Hi" }) }
    const counted = {
      ...llm,
      open: Effect.tap(llm.open, () =>
        Effect.addFinalizer(() => Effect.sync(() => closed.push("closed")))
      )
    }
    await Effect.runPromise(
      Effect.gen(function* () {
        const [first, second] = [yield* Scope.make(), yield* Scope.make()]
        yield* Scope.provide(LLMClients.client(counted), first)
        yield* Scope.provide(LLMClients.client(counted), second)
        yield* Scope.close(first, Exit.void)
        expect(closed).toEqual([])
        yield* Scope.close(second, Exit.void)
        expect(closed).toEqual(["closed"])
      }).pipe(LLMClients.share())
    )
  })

  it("fail alike for all who want one that cannot be opened", async () => {
    await using simulator = await startSimulator({ models: ["other"] })
    const llm = at.openai(simulator.url)
    const reasons = await Effect.runPromise(
      Effect.forEach([1, 2], () => Effect.flip(Effect.scoped(LLMClients.client(llm))), {
        concurrency: 2
      }).pipe(LLMClients.share())
    )
    expect(reasons.map(({ reason }) => reason)).toEqual(["ModelNotFound", "ModelNotFound"])
  })

  it("tell what happens on the wire, with the step's name", async () => {
    await using wire = await serve((_, response, index) =>
      index === 0
        ? json(response, {}, 503, { "retry-after": "0" })
        : json(response, completion("Hi"))
    )
    const events: Array<LLMEvent> = []
    const llm = at.openai(wire.url)
    await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(LLMClients.client(llm, "answer"), (client) =>
          client.generate(requestTo(llm, chatOf("Hi")))
        )
      ).pipe(LLMClients.share({ onEvent: (event) => events.push(event) }))
    )
    const about = {
      llm: "OpenAILLM",
      requests: "chat",
      providerId: "openai",
      model: "model-a",
      step: "answer"
    }
    expect(events).toEqual([
      { ...about, kind: "request", attempt: 1 },
      { ...about, kind: "retry", attempt: 1, reason: "ServerError", waitMs: 0 },
      { ...about, kind: "request", attempt: 2 },
      {
        ...about,
        kind: "success",
        attempt: 2,
        inputTokens: 3,
        outputTokens: 5,
        estimated: false,
        finishReasons: ["stop"],
        durationMs: expect.any(Number)
      }
    ])
  })

  it("tell of interrupted requests, so that those in flight add up", async () => {
    const events: Array<LLMEvent["kind"]> = []
    const llm = ScriptedLLM({ answers: "Hi", latencyMs: 60_000 })
    const patient = Effect.scoped(
      Effect.flatMap(LLMClients.client(llm), (client) =>
        client.generate(requestTo(llm, chatOf("Hi")))
      )
    )
    await Effect.runPromise(
      Effect.timeoutOption(patient, "50 millis").pipe(
        LLMClients.share({ onEvent: ({ kind }) => events.push(kind) })
      )
    )
    expect(events).toEqual(["request", "interrupted"])
  })

  it("are each caller's own outside of any run", async () => {
    await using simulator = await startSimulator()
    const llm = at.openai(simulator.url)
    await Effect.runPromise(Effect.forEach([1, 2], () => Effect.scoped(LLMClients.client(llm))))
    expect(simulator.stats().lookups).toBe(2)
  })
})
