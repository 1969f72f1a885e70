import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"
import {
  from,
  generatorStep,
  OpenAILLM,
  Pipeline,
  type RunEvent,
  runEvents,
  runPromise,
  step,
  TextGeneration
} from "../../src/index.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { numbers } from "../engine/rows.ts"

const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-events-"))
const settings = () => ({ progress: "none" as const, report: false, cacheDir: folder() })
const of = <K extends RunEvent["kind"]>(events: ReadonlyArray<RunEvent>, kind: K) =>
  events.filter((event): event is Extract<RunEvent, { kind: K }> => event.kind === kind)

const odd = step({
  name: "odd",
  inputs: { n: Schema.Number },
  outputs: { m: Schema.Number },
  process: (rows) =>
    rows.map(({ n }) => {
      if (n % 1000 === 999) throw new Error("too round")
      return { m: n }
    })
})

describe("events of a run", () => {
  it("tell its beginning, progress, failed rows, checkpoints and its end", async () => {
    const events: Array<RunEvent> = []
    const distiset = await runPromise(Pipeline("told", {}, from(numbers(5000)).to(odd)), {
      ...settings(),
      onEvent: (event) => void events.push(event)
    })
    expect(events[0]).toEqual({
      kind: "run started",
      pipeline: "told",
      directory: distiset.directory,
      steps: ["numbers", "odd"]
    })
    expect(events.at(-1)).toMatchObject({ kind: "run ended", end: "finished" })
    const failed = of(events, "row failed").map(({ position, reason, step }) => [
      step,
      position,
      reason
    ])
    expect(failed).toEqual([999, 1999, 2999, 3999, 4999].map((n) => ["odd", n, "ProcessFailed"]))
    expect(of(events, "checkpoint").map(({ position }) => position)).toEqual([2000, 4000])
    const last = of(events, "progress").at(-1)!
    expect(last).toMatchObject({ rows: 5000, total: 5000 })
    expect(last.steps[1]).toMatchObject({ step: "odd", received: 5000, done: 4995, failed: 5 })
  })

  it("tell each request with its tokens and cost, and what was recalled", async () => {
    await using simulator = await startSimulator({ faults: [{ kind: "server-error", share: 0.3 }] })
    const asking = Pipeline(
      "asking",
      {},
      from(numbers(40)).to(
        TextGeneration({
          name: "ask",
          template: "What is {{ n }}?",
          llm: OpenAILLM({ model: "gpt-4o-mini", apiKey: "k", baseUrl: simulator.openaiBaseUrl })
        })
      )
    )
    const same = settings()
    const told = async (outputDir: string): Promise<ReadonlyArray<RunEvent>> => {
      const events: Array<RunEvent> = []
      await runPromise(asking, { ...same, outputDir, onEvent: (event) => void events.push(event) })
      return events
    }
    const first = of(await told(folder()), "request")
    const count = (state: string): number => first.filter((event) => event.state === state).length
    expect(count("success")).toBe(40)
    expect(count("retry")).toBeGreaterThan(0)
    expect(count("request")).toBe(count("success") + count("retry"))
    for (const event of first.filter(({ state }) => state === "success"))
      expect(event).toMatchObject({
        step: "ask",
        model: "gpt-4o-mini",
        inputTokens: expect.any(Number),
        cost: expect.any(Number),
        durationMs: expect.any(Number)
      })
    expect(first.find(({ state }) => state === "retry")).toMatchObject({
      reason: expect.any(String),
      waitMs: expect.any(Number)
    })
    const second = await told(folder())
    expect(of(second, "recalled")).toHaveLength(40)
    expect(of(second, "request")).toHaveLength(0)
  })

  it("cannot harm the run: an observer that throws is logged once", async () => {
    const distiset = await runPromise(Pipeline("p", {}, from(numbers(10))), {
      ...settings(),
      onEvent: () => {
        throw new Error("no dashboard")
      }
    })
    expect(distiset.default.length).toBe(10)
  })

  it("come as a stream that ends with the run", async () => {
    const events = await Stream.unwrap(
      runEvents(Pipeline("p", {}, from(numbers(10)).to(odd)), settings())
    ).pipe(Stream.runCollect, Effect.runPromise)
    expect(events.map(({ kind }) => kind)).toEqual(["run started", "progress", "run ended"])
  })

  it("fail as a stream where the run does, after its end", async () => {
    const broken = generatorStep({
      name: "broken",
      outputs: { n: Schema.Number },
      process: () => {
        throw new Error("nothing here")
      }
    })
    const events: Array<RunEvent> = []
    const exit = await Stream.unwrap(runEvents(Pipeline("p", {}, from(broken)), settings())).pipe(
      Stream.runForEach((event) => Effect.sync(() => events.push(event))),
      Effect.exit,
      Effect.runPromise
    )
    expect(events.at(-1)).toMatchObject({ kind: "run ended", end: "failed" })
    expect(Exit.isFailure(exit) && JSON.stringify(exit)).toContain("nothing here")
  })

  it("are dropped for a slow reader, who is told how many; the run goes on", async () => {
    const failing = step({
      name: "failing",
      inputs: { n: Schema.Number },
      inputBatchSize: 1,
      process: () => {
        throw new Error("always")
      }
    })
    const events: Array<RunEvent> = []
    const started = Pipeline("p", {}, from(numbers(12_000)).to(failing))
    const over = Promise.withResolvers<void>()
    const onEvent = ({ kind }: RunEvent): void => {
      if (kind === "run ended") over.resolve()
    }
    await Stream.unwrap(runEvents(started, { ...settings(), maxErrorRate: 1, onEvent })).pipe(
      Stream.rechunk(1),
      Stream.runForEach((event) =>
        Effect.sync(() => events.push(event)).pipe(
          Effect.andThen(
            event.kind === "run started" ? Effect.promise(() => over.promise) : Effect.void
          )
        )
      ),
      Effect.runPromise
    )
    const [gap] = of(events, "dropped")
    expect(gap!.count).toBeGreaterThan(0)
    expect(events.at(-1)).toMatchObject({ kind: "run ended", end: "finished" })
    expect(of(events, "row failed").length).toBeLessThan(12_000)
  })

  it("stop with their reader, and so does the run", async () => {
    let given = 0
    const endless = generatorStep({
      name: "endless",
      outputs: { n: Schema.Number },
      batchSize: 1,
      async *process() {
        for (;;) {
          await new Promise((resolve) => setTimeout(resolve, 5))
          yield { n: given++ }
        }
      }
    })
    await Stream.unwrap(runEvents(Pipeline("p", {}, from(endless)), settings())).pipe(
      Stream.takeUntil(({ kind }) => kind === "progress"),
      Stream.runDrain,
      Effect.runPromise
    )
    const then = given
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(given - then).toBeLessThanOrEqual(1)
  })
})
