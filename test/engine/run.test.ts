import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join as path } from "node:path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import type { Passes } from "../../src/columns/Row.ts"
import {
  dryRun,
  dryRunPromise,
  FilterRows,
  from,
  generatorStep,
  globalStep,
  InvalidPipeline,
  LoadDataFromDicts,
  MapRows,
  Pipeline,
  type Row,
  run,
  runPromise,
  runStepPromise,
  step,
  StepFailed
} from "../../src/index.ts"
import { makeStep } from "../../src/step/makeStep.ts"
import type { Step } from "../../src/step/Step.ts"
import { conditions } from "../program.ts"
import { numbers, rowsOf, slow } from "./rows.ts"

const quiet = { progress: "none" } as const
const counted = (count: number) => Array.from({ length: count }, (_, n) => n)

describe("a run", () => {
  it("gives rows in the order of the source, though steps finish them in another", async () => {
    const { rows } = (
      await rowsOf(Pipeline("p", {}, from(numbers(200)).to(slow("a")).to(slow("bb"))))
    )["default"]!
    expect(rows.map(({ n }) => n)).toEqual(counted(200))
  })

  it("names the subsets after the leaves where there are several", async () => {
    const source = from(numbers(5))
    const subsets = await rowsOf(Pipeline("p", {}, [source.to(slow("a")), source.to(slow("b"))]))
    expect(Object.keys(subsets)).toEqual(["a", "b"])
  })

  it("ends with an empty subset where a source gives no rows or a filter drops them all", async () => {
    const none = FilterRows({ name: "none", where: () => false })
    expect(
      (await rowsOf(Pipeline("p", {}, from(numbers(0)).to(slow("a")))))["default"]!.rows
    ).toEqual([])
    expect(
      (await rowsOf(Pipeline("p", {}, from(numbers(99)).to(none).to(slow("a")))))["default"]!.rows
    ).toEqual([])
  })

  it("never changes the rows it was given, nor lets one branch see what another wrote", async () => {
    const data = [{ text: "a" }]
    const writing = step({
      name: "writing",
      inputs: { text: Schema.String },
      outputs: { text: Schema.String },
      process: (rows) => {
        for (const row of rows) (row as { text: string }).text = "changed"
        return rows
      }
    })
    const source = from(LoadDataFromDicts({ name: "load", data }))
    const reading = MapRows({
      name: "reading",
      inputs: { text: Schema.String },
      outputs: { read: Schema.String },
      map: ({ text }) => ({ read: text })
    })
    const subsets = await rowsOf(Pipeline("p", {}, [source.to(writing), source.to(reading)]))
    expect(subsets["reading"]!.rows).toEqual([{ text: "a", read: "a" }])
    expect(data).toEqual([{ text: "a" }])
  })

  it("gives a step at most its batch size of rows in a call", async () => {
    const sizes: Array<number> = []
    const measured = step({
      name: "measured",
      inputBatchSize: 7,
      process: (rows) => {
        sizes.push(rows.length)
        return rows
      }
    })
    await rowsOf(Pipeline("p", {}, from(numbers(50)).to(measured)))
    expect(Math.max(...sizes)).toBe(7)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(50)
  })

  it("takes rows as an array, a promise, an effect, a generator or an async generator", async () => {
    const ways = {
      array: () => [{ m: 1 }],
      promise: () => Promise.resolve([{ m: 1 }]),
      effect: () => Effect.succeed([{ m: 1 }]),
      *generator() {
        yield { m: 1 }
      },
      async *asyncGenerator() {
        yield { m: 1 }
      }
    }
    for (const [name, process] of Object.entries(ways)) {
      const one = step({
        name,
        outputs: { m: Schema.Number },
        process: process as () => Array<{ m: number }>
      })
      expect((await runStepPromise(one, [{ n: 5 }])).rows).toEqual([{ n: 5, m: 1 }])
      const source = generatorStep({
        name,
        outputs: { m: Schema.Number },
        process: process as () => Array<{ m: number }>
      })
      expect((await rowsOf(Pipeline("p", {}, from(source))))["default"]!.rows).toEqual([{ m: 1 }])
    }
  })

  it("keeps a row that failed as an error row and takes no other along", async () => {
    const picky = MapRows({
      name: "picky",
      inputs: { n: Schema.Number },
      outputs: { half: Schema.Number },
      map: ({ n }) => {
        if (n % 10 === 3) throw new Error(`${n} is odd`)
        return { half: n / 2 }
      }
    })
    const { errors, rows } = (
      await rowsOf(Pipeline("p", {}, from(numbers(100)).to(picky).to(slow("a"))))
    )["default"]!
    expect(rows).toHaveLength(90)
    expect(errors).toHaveLength(10)
    expect(errors[0]).toEqual({
      row: { n: 3, half: null, seen: null },
      step: "picky",
      trace: expect.stringContaining("run.test.ts:") as string,
      reason: "ProcessFailed",
      detail: expect.stringMatching(/^3 is odd \(test\/engine\/run\.test\.ts:\d+:\d+\)$/)
    })
  })

  it("says how to declare a step that gives another number of rows", async () => {
    const dropping = step({
      name: "dropping",
      inputs: { n: Schema.Number },
      process: (rows) => rows.slice(1)
    })
    const { errors } = (await rowsOf(Pipeline("p", {}, from(numbers(3)).to(dropping))))["default"]!
    expect(errors).toHaveLength(3)
    expect(errors[0]!["detail"]).toMatch(
      /declared as one-to-one, but it gave 0 rows for 1.*rowCount: "filter"/
    )
  })

  it("keeps a value that JSON does not know as an error row", async () => {
    const circle = step({
      name: "circle",
      outputs: { self: Schema.Unknown },
      process: (rows) =>
        rows.map(() => {
          const self: Record<string, unknown> = {}
          return { self: Object.assign(self, { self }) }
        })
    })
    const { errors, rows } = (await rowsOf(Pipeline("p", {}, from(numbers(1)).to(circle))))[
      "default"
    ]!
    expect(rows).toEqual([])
    expect(errors).toMatchObject([{ reason: "NotJson", row: { n: 0, self: "[object Object]" } }])
  })

  it("gives big integers back as they were, small ones too", async () => {
    const big = step({
      name: "big",
      inputs: { n: Schema.Number },
      outputs: { id: Schema.BigInt },
      process: (rows) => rows.map(({ n }) => ({ id: 9_007_199_254_740_991n + BigInt(n) }))
    })
    expect((await rowsOf(Pipeline("p", {}, from(numbers(2)).to(big))))["default"]!.rows).toEqual([
      { n: 0, id: 9_007_199_254_740_991n },
      { n: 1, id: 9_007_199_254_740_992n }
    ])
  })

  it("lets a step take batches in order and give fewer rows", async () => {
    const summed = step({
      name: "summed",
      inputs: { n: Schema.Number },
      outputs: { sum: Schema.Number },
      replaces: true,
      rowCount: "many-to-one",
      inputBatchSize: 4,
      process: (rows) => [{ sum: rows.reduce((sum, { n }) => sum + n, 0) }]
    })
    const { rows } = (await rowsOf(Pipeline("p", {}, from(numbers(10)).to(slow("a")).to(summed))))[
      "default"
    ]!
    expect(rows).toEqual([{ sum: 6 }, { sum: 22 }, { sum: 17 }])
  })

  it("gives a global step all rows in order, and its rows the order it gives them", async () => {
    const reversed = globalStep({
      name: "reversed",
      inputs: { n: Schema.Number },
      process: (rows) => [...rows].reverse()
    })
    const { rows } = (
      await rowsOf(
        Pipeline(
          "p",
          {},
          from(numbers(5000))
            .to(reversed)
            .to(MapRows({ name: "after", outputs: {}, map: () => ({}) }))
        )
      )
    )["default"]!
    expect(rows.map(({ n }) => n)).toEqual(counted(5000).reverse())
  })

  it("ends with a typed error when a generator or a global step fails", async () => {
    const broken = generatorStep({
      name: "broken",
      outputs: { n: Schema.Number },
      *process() {
        yield { n: 1 }
        throw new Error("the well is dry")
      }
    })
    const failing = globalStep({
      name: "failing",
      process: () => {
        throw new Error("too much")
      }
    })
    const exits = await Promise.all(
      [from(broken), from(numbers(2)).to(failing)].map((flow) =>
        Effect.runPromiseExit(run(Pipeline("p", {}, flow), quiet))
      )
    )
    expect(
      exits.map(
        (exit) =>
          Exit.isFailure(exit) &&
          exit.cause.reasons.map(
            (reason) => reason._tag === "Fail" && reason.error.message.replace(/ \(test.*\)$/, "")
          )
      )
    ).toEqual([
      ["Step 'broken' could not generate rows (GeneratorFailed): the well is dry"],
      ["Step 'failing' failed on its rows (ProcessFailed): too much"]
    ])
  })

  it("checks parameters before anything is loaded, and tells all that is wrong", async () => {
    let opened = 0
    const source = generatorStep({
      name: "source",
      outputs: { n: Schema.Number },
      parameters: { count: Schema.Number },
      process: () => {
        opened++
        return []
      }
    })
    const error = await Effect.runPromise(
      Effect.flip(
        run(Pipeline("p", {}, from(source)), {
          ...quiet,
          parameters: { source: { count: "3" }, other: {} } as never
        })
      )
    )
    expect(error).toBeInstanceOf(InvalidPipeline)
    expect((error as InvalidPipeline).all.map(({ _tag }) => _tag)).toEqual([
      "UnknownStep",
      "WrongParameter"
    ])
    expect(opened).toBe(0)
  })

  it("gives a step its parameters: defaults, and what the run sets", async () => {
    const times = step({
      name: "times",
      inputs: { n: Schema.Number },
      outputs: { m: Schema.Number },
      parameters: { factor: Schema.Number, offset: Schema.Number },
      defaults: { offset: 100 },
      process: (rows, { factor, offset }) => rows.map(({ n }) => ({ m: n * factor + offset }))
    })
    const distiset = await runPromise(Pipeline("p", {}, from(numbers(2)).to(times)), {
      ...quiet,
      parameters: { times: { factor: 3 } }
    })
    expect(await distiset.default.toArray()).toEqual([
      { n: 0, m: 100 },
      { n: 1, m: 103 }
    ])
  })

  it("opens steps before rows move and closes them whatever happens", async () => {
    const log: Array<string> = []
    const held = (name: string, fails: boolean): Step<string, {}, Passes, {}> =>
      makeStep({
        name,
        type: "Held",
        kind: "step",
        gives: (have) => have,
        open: () =>
          Effect.acquireRelease(
            Effect.sync(() => log.push(`open ${name}`)),
            () => Effect.sync(() => log.push(`close ${name}`))
          ).pipe(
            Effect.andThen(
              fails
                ? Effect.fail(
                    new StepFailed({
                      step: name,
                      phase: "load",
                      reason: "NoLuck",
                      detail: "try another day"
                    })
                  )
                : Effect.void
            ),
            Effect.as({ kind: "batch" as const, process: (rows: ReadonlyArray<Row>) => rows })
          )
      })
    await rowsOf(Pipeline("p", {}, from(numbers(3)).to(held("good", false))))
    expect(log).toEqual(["open good", "close good"])
    log.length = 0
    await expect(
      rowsOf(Pipeline("p", {}, from(numbers(3)).to(held("good", false)).to(held("bad", true))))
    ).rejects.toThrow("Step 'bad' could not start (NoLuck): try another day")
    expect(log.filter((line) => line.startsWith("close")).sort()).toEqual([
      "close bad",
      "close good"
    ])
  })

  it("stops all that is in flight when it is interrupted, and leaves no file under a good name", async () => {
    const directory = mkdtempSync(path(tmpdir(), "distilabel-"))
    let aborted = 0
    let started = 0
    const hanging = step({
      name: "hanging",
      inputBatchSize: 1,
      process: () =>
        Effect.sync(() => started++).pipe(
          Effect.andThen(Effect.never),
          Effect.onInterrupt(() => Effect.sync(() => aborted++))
        )
    })
    const fiber = Effect.runFork(
      run(Pipeline("p", {}, from(numbers(10)).to(hanging)), { ...quiet, outputDir: directory })
    )
    while (started === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await Effect.runPromise(Fiber.interrupt(fiber))
    expect([started, aborted]).toEqual([1, 1])
    expect(
      readdirSync(directory).every(
        (name) => name.startsWith(".") || name.endsWith(".partial") || name === "report.html"
      )
    ).toBe(true)
  })

  it("writes rows and error rows as JSON Lines, and copies them where one wants", async () => {
    const directory = mkdtempSync(path(tmpdir(), "distilabel-"))
    const distiset = await runPromise(
      Pipeline("p", {}, from(numbers(3)).to(slow("a", (n) => n === 1))),
      { ...quiet, outputDir: directory }
    )
    expect(readFileSync(path(directory, "default.jsonl"), "utf8")).toBe(
      '{"n":0,"seen":"a0"}\n{"n":2,"seen":"a2"}\n'
    )
    expect(distiset.default.length).toBe(2)
    await distiset.saveToDisk(path(directory, "copy"))
    expect(existsSync(path(directory, "copy", "errors", "default.jsonl"))).toBe(true)
  })

  it("says where it cannot write", async () => {
    await expect(
      runPromise(Pipeline("p", {}, from(numbers(1))), { ...quiet, outputDir: "/dev/null/x" })
    ).rejects.toThrow(/Cannot write '\/dev\/null\/x/)
  })
})

it("a step that was made but never connected is named when the run starts, once", async () => {
  const script = `
    import { from, LoadDataFromDicts, FilterRows, Pipeline, runPromise } from "distilabel-ts"
    const load = LoadDataFromDicts({ name: "load", data: [{ a: 1 }] })
    const used = FilterRows({ name: "used", where: () => true })
    const forgotten = FilterRows({ name: "forgotten", where: () => true })
    await runPromise(Pipeline("p", {}, from(load).to(used)))
    await runPromise(Pipeline("p", {}, from(load).to(used)))`
  const { stderr } = spawnSync(
    process.execPath,
    [...conditions, "--input-type=module-typescript", "-e", script],
    { encoding: "utf8" }
  )
  expect(stderr.match(/Step '\w+' was made but never connected/g)).toEqual([
    "Step 'forgotten' was made but never connected"
  ])
})

describe("a dry run", () => {
  it("takes one row of each generator, or as many as asked", async () => {
    const pipeline = Pipeline("p", {}, from(numbers(1000)).to(slow("a")))
    expect(await (await Effect.runPromise(dryRun(pipeline, quiet))).default.toArray()).toHaveLength(
      1
    )
    expect(
      await (await dryRunPromise(pipeline, { ...quiet, batchSize: 60 })).default.toArray()
    ).toHaveLength(60)
  })
})
