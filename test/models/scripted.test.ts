import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { requestTo } from "../../src/models/chat/LLM.ts"
import { ScriptedLLM } from "../../src/models/scripted/ScriptedLLM.ts"
import { asking, chatOf } from "./asking.ts"

describe("a ScriptedLLM", () => {
  it.effect("answers with one text, and counts words for tokens", () =>
    Effect.gen(function* () {
      const output = yield* asking(ScriptedLLM({ answers: "Blue it is." }), "Name a colour", {
        numGenerations: 2
      })
      expect(output).toEqual({
        generations: ["Blue it is.", "Blue it is."],
        finishReasons: ["stop", "stop"],
        statistics: { input_tokens: [3, 3], output_tokens: [3, 3] }
      })
    })
  )

  it.effect("answers with a function of chat and sample", () =>
    Effect.gen(function* () {
      const llm = ScriptedLLM({
        answers: (messages, sample) => (sample === 1 ? null : `${messages.length} ${sample}`)
      })
      expect((yield* asking(llm, "Hi", { numGenerations: 3 })).generations).toEqual([
        "1 0",
        null,
        "1 2"
      ])
    })
  )

  it.effect("picks from a list by the question and the seed, whatever the order", () =>
    Effect.gen(function* () {
      const answers = Array.from({ length: 100 }, (_, n) => `answer ${n}`)
      const llm = ScriptedLLM({ answers })
      const pick = (model: typeof llm, prompt: string) =>
        Effect.map(asking(model, prompt, { numGenerations: 2 }), ({ generations }) => generations)
      const [a, b] = [yield* pick(llm, "A"), yield* pick(llm, "B")]
      expect([yield* pick(llm, "B"), yield* pick(llm, "A")]).toEqual([b, a])
      expect(a).not.toEqual(b)
      expect(a[0]).not.toBe(a[1])
      expect(yield* pick(ScriptedLLM({ answers, seed: 43 }), "A")).not.toEqual(a)
      expect(yield* pick(llm.configure({ generationKwargs: { seed: 1 } }), "A")).not.toEqual(a)
    })
  )

  it.effect("takes a list in order if told so, from its beginning whenever it is opened", () =>
    Effect.gen(function* () {
      const llm = ScriptedLLM({ answers: ["one", "two", null], inOrder: true })
      const all = Effect.scoped(
        Effect.flatMap(llm.open, (client) =>
          Effect.forEach([1, 2, 3, 4], () =>
            Effect.map(
              client.generate(requestTo(llm, chatOf("Hi"))),
              ({ answers }) => answers[0]?.text
            )
          )
        )
      )
      expect(yield* all).toEqual(["one", "two", null, "one"])
      expect(yield* all).toEqual(["one", "two", null, "one"])
    })
  )

  it.effect("ends answers at maxNewTokens", () =>
    Effect.gen(function* () {
      const llm = ScriptedLLM({ answers: "one two three", generationKwargs: { maxNewTokens: 2 } })
      expect((yield* asking(llm, "Hi")).generations).toEqual(["one two"])
    })
  )

  it.effect("fails for chosen questions, for good", () =>
    Effect.gen(function* () {
      const llm = ScriptedLLM({
        model: "moody",
        answers: "Hi",
        failures: (messages) => (messages[0]?.content === "Bad" ? "Refused" : undefined)
      })
      expect((yield* asking(llm, "Good")).generations).toEqual(["Hi"])
      const error = yield* Effect.flip(asking(llm, "Bad"))
      expect(error).toMatchObject({
        _tag: "LLMError",
        llm: "ScriptedLLM",
        model: "moody",
        reason: "Refused",
        attempts: 1
      })
      expect(error.message).toContain("ScriptedLLM 'moody' refused to answer")
    })
  )

  it.effect("fails a request whose script throws", () =>
    Effect.gen(function* () {
      const llm = ScriptedLLM({
        answers: () => {
          throw new Error("no idea")
        }
      })
      expect(yield* Effect.flip(asking(llm, "Hi"))).toMatchObject({
        reason: "InvalidRequest",
        detail: "no idea"
      })
    })
  )

  it.effect(
    "fails for a while where asked to retry: after 0.5, 1, 2 seconds, give or take a quarter",
    () =>
      Effect.gen(function* () {
        const waits: Array<number> = []
        const llm = ScriptedLLM({
          answers: "Hi",
          failures: (_, attempt) => (attempt < 4 ? "ServerError" : undefined),
          maxRetries: 3
        })
        const client = yield* llm.open
        const started = yield* Clock.currentTimeMillis
        const ended = yield* client
          .generate(
            requestTo(llm, chatOf("Hi")),
            ({ waitMs }) => waitMs !== undefined && waits.push(waitMs)
          )
          .pipe(
            Effect.andThen(Clock.currentTimeMillis),
            Effect.forkChild({ startImmediately: true })
          )
        // The test's clock stops at every wait on its way.
        yield* TestClock.adjust("1 minute")
        expect(waits).toHaveLength(3)
        waits.forEach((wait, n) =>
          expect(Math.abs(wait / (500 * 2 ** n) - 1)).toBeLessThanOrEqual(0.25)
        )
        const waited = waits.reduce((sum, wait) => sum + wait, 0)
        expect(Math.abs((yield* Fiber.join(ended)) - started - waited)).toBeLessThan(3)
      })
  )

  it.effect("gives up after its retries, and says how often it asked", () =>
    Effect.gen(function* () {
      const llm = ScriptedLLM({ answers: "Hi", failures: () => "ServerError", maxRetries: 6 })
      const fiber = yield* Effect.forkChild(Effect.flip(asking(llm, "Hi")), {
        startImmediately: true
      })
      yield* TestClock.adjust("2 minutes")
      expect(yield* Fiber.join(fiber)).toMatchObject({
        reason: "ServerError",
        attempts: 7,
        retryable: true,
        fatal: false
      })
    })
  )

  it.effect("takes its time, and runs out of it", () =>
    Effect.gen(function* () {
      const llm = ScriptedLLM({ answers: "Hi", latencyMs: 3000, timeout: 2 })
      const fiber = yield* Effect.forkChild(Effect.flip(asking(llm, "Hi")), {
        startImmediately: true
      })
      yield* TestClock.adjust("2 seconds")
      expect(yield* Fiber.join(fiber)).toMatchObject({
        reason: "TimedOut",
        detail: "no answer within 2 seconds"
      })
    })
  )
})
