/**
 * One clock for a run: under a TestClock everything waits as it is told, and nothing takes real
 * time.
 */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { expect, it } from "vitest"
import { runControl } from "../../src/engine/local/RunControl.ts"
import { currentPause, pausesOf } from "../../src/engine/watch/Pauses.ts"
import { countEvent, emptyTally } from "../../src/engine/watch/Tally.ts"
import {
  from,
  OpenAILLM,
  Pipeline,
  run,
  type RunSummary,
  step,
  TextGeneration
} from "../../src/index.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { numbers } from "./rows.ts"

/** Real time, for what does not wait on the clock: files, sockets. */
const breath = Effect.promise(() => new Promise<void>((resolve) => setTimeout(resolve, 2)))

/** Runs an effect to its end while its clock goes on by steps of so many seconds. */
const hastened = <A, E>(effect: Effect.Effect<A, E>, seconds: number): Promise<Exit.Exit<A, E>> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    let exit: Exit.Exit<A, E> | undefined
    fiber.addObserver((ended) => {
      exit = ended
    })
    while (exit === undefined) {
      yield* TestClock.adjust(`${seconds} seconds`)
      yield* breath
    }
    yield* Fiber.await(fiber)
    return exit
  }).pipe(Effect.provide(TestClock.layer()), Effect.runPromise)

const settings = (onSummary: (summary: RunSummary) => void) => ({
  progress: "none" as const,
  report: false,
  cacheDir: mkdtempSync(join(tmpdir(), "distilabel-clock-")),
  onSummary
})

it("a step that sleeps for minutes takes minutes of the run's clock", async () => {
  const sleeps = step({
    name: "sleeps",
    inputs: { n: Schema.Number },
    outputs: { m: Schema.Number },
    process: (rows) =>
      Effect.as(
        Effect.sleep("5 minutes"),
        rows.map(({ n }) => ({ m: n }))
      )
  })
  let summary: RunSummary | undefined
  const exit = await hastened(
    run(
      Pipeline("p", {}, from(numbers(3)).to(sleeps)),
      settings((told) => void (summary = told))
    ),
    60
  )
  expect(Exit.isSuccess(exit)).toBe(true)
  expect(summary!.seconds).toBeGreaterThanOrEqual(300)
})

it("a model that never answers times out on the run's clock", async () => {
  await using simulator = await startSimulator({
    faults: [{ kind: "hang", share: 1, permanent: true }]
  })
  const llm = OpenAILLM({
    model: "m",
    apiKey: "k",
    baseUrl: simulator.openaiBaseUrl,
    timeout: 120,
    maxRetries: 0
  })
  const asking = Pipeline(
    "p",
    {},
    from(numbers(1)).to(TextGeneration({ name: "ask", llm, template: "{{ n }}?" }))
  )
  let summary: RunSummary | undefined
  await hastened(
    run(
      asking,
      settings((told) => void (summary = told))
    ),
    20
  )
  expect(summary!.steps[1]).toMatchObject({ failed: 1 })
  expect([...summary!.steps[1]!.reasons.keys()]).toEqual(["TimedOut"])
  expect(summary!.seconds).toBeGreaterThanOrEqual(120)
})

it("a run that is to stop is left when its time to wait is over on the run's clock", () =>
  Effect.gen(function* () {
    const control = yield* runControl(30_000)
    let left = false
    yield* Effect.forkChild(
      Effect.tap(control.left, () =>
        Effect.sync(() => {
          left = true
        })
      )
    )
    control.stop("SIGINT")
    yield* TestClock.adjust("29 seconds")
    expect(left).toBe(false)
    yield* TestClock.adjust("1 second")
    expect(left).toBe(true)
  }).pipe(Effect.scoped, Effect.provide(TestClock.layer()), Effect.runPromise))

it("a pause lasts as long as the time given to it says", () => {
  const tally = emptyTally("ask", "TextGeneration", "m")
  const event = {
    llm: "OpenAILLM",
    requests: "chat",
    providerId: "openai",
    model: "m",
    attempt: 1,
    step: "ask"
  } as const
  countEvent(tally, { ...event, kind: "paused", waitMs: 60_000, why: "429", by: "OpenAI" }, 1000)
  expect(currentPause({ seconds: 31, steps: [tally] })).toEqual({
    by: "OpenAI",
    why: "429",
    seconds: 30
  })
  expect(pausesOf(tally, 31_000)).toEqual(new Map([["429", 30_000]]))
  countEvent(tally, { ...event, kind: "request" }, 70_000)
  expect(tally.paused).toBeUndefined()
  expect(pausesOf(tally, 99_000)).toEqual(new Map([["429", 60_000]]))
})
