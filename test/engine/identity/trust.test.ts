import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import {
  from,
  LoadDataFromDicts,
  MapRows,
  OpenAILLM,
  Pipeline,
  routingBatchFunction,
  type Row,
  runPromise,
  RunStopped,
  step,
  TextGeneration
} from "../../../src/index.ts"
import type { UntypedPipeline } from "../../../src/pipeline/Pipeline.ts"
import { type Simulator, startSimulator } from "../../../src/simulator/index.ts"
import { numbers } from "../rows.ts"

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

const outputs = { v: Schema.Any }
const inputs = { n: Schema.Number }
const cacheDir = (): string => mkdtempSync(join(tmpdir(), "distilabel-trust-"))

/** Rows of a run, what it said of steps whose rows are not kept, and whether it was stopped. */
const ran = async (
  pipeline: UntypedPipeline,
  options: object
): Promise<{
  readonly rows: ReadonlyArray<Row>
  readonly notices: ReadonlyArray<string>
  readonly stopped: boolean
}> => {
  let notices: ReadonlyArray<string> = []
  const settings = {
    progress: "none",
    report: false,
    onSummary: (summary: { readonly notices: ReadonlyArray<string> }) =>
      (notices = summary.notices),
    ...options
  }
  try {
    const distiset = (await runPromise(pipeline, settings as never)) as never as {
      readonly default: { readonly toArray: () => Promise<ReadonlyArray<Row>> }
    }
    return { rows: await distiset.default.toArray(), notices, stopped: false }
  } catch (thrown) {
    if (!(thrown instanceof RunStopped)) throw thrown
    return { rows: [], notices, stopped: true }
  }
}

let worked = 0
const counting = (value: () => unknown) => (row: { readonly n: number }) => {
  worked += 1
  return { v: [row.n, value()] }
}

const cases: ReadonlyArray<
  readonly [
    what: string,
    value: () => unknown,
    stopped: "goes on" | "starts over",
    finished: "is not repeated" | "is repeated"
  ]
> = [
  ["draws random values", () => Math.random(), "goes on", "is not repeated"],
  ["reads the time", () => Date.now() > 0, "goes on", "is repeated"],
  ["reads what is outside", () => Object.keys(process.env).length > 0, "starts over", "is repeated"]
]

describe.each(cases)("a step that %s", (_, value, stopped, finished) => {
  const rows = 6000
  const pipeline = () =>
    Pipeline(
      "p",
      {},
      from(numbers(rows)).to(MapRows({ name: "own", inputs, outputs, map: counting(value) }))
    )

  it(`${stopped} after a stop`, async () => {
    const settings = { cacheDir: cacheDir() }
    worked = 0
    expect(await ran(pipeline(), { ...settings, maxRows: 4500 })).toMatchObject({ stopped: true })
    const before = worked
    const { rows: all } = await ran(pipeline(), settings)
    expect(all.map(({ v }) => (v as ReadonlyArray<unknown>)[0])).toEqual(
      Array.from({ length: rows }, (_, n) => n)
    )
    const again = worked - before
    if (stopped === "goes on") expect(again).toBeLessThanOrEqual(rows - 4000)
    else expect(again).toBe(rows)
  })

  it(`${finished} once it is finished`, async () => {
    const settings = { cacheDir: cacheDir() }
    await ran(pipeline(), settings)
    worked = 0
    await ran(pipeline(), settings)
    expect(worked).toBe(finished === "is repeated" ? rows : 0)
  })
})

describe("rows that are not kept", () => {
  it("equal rows each get a random value of their own, also in a later pipeline", async () => {
    const settings = { cacheDir: cacheDir() }
    const data = Array.from({ length: 300 }, () => ({ n: 1 }))
    const pipeline = (name: string) =>
      Pipeline(
        name,
        {},
        from(LoadDataFromDicts({ name: "load", data })).to(
          MapRows({ name: "id", inputs, outputs, map: () => ({ v: crypto.randomUUID() }) })
        )
      )
    for (const name of ["first", "second"]) {
      const { rows } = await ran(pipeline(name), settings)
      expect(new Set(rows.map(({ v }) => v)).size).toBe(300)
    }
  })

  it("what follows them is found by what they hold, and no question is asked twice", async () => {
    const settings = { cacheDir: cacheDir() }
    const llm = OpenAILLM({ model: "model-a", baseUrl: simulator.openaiBaseUrl, apiKey: "k" })
    const pipeline = () =>
      Pipeline(
        "p",
        {},
        from(numbers(20))
          .to(MapRows({ name: "now", inputs, outputs, map: counting(() => Date.now() > 0) }))
          .to(TextGeneration({ name: "ask", llm, template: "What of {{ v }}?" }))
      )
    await ran(pipeline(), settings)
    worked = 0
    const before = simulator.stats().requests
    await ran(pipeline(), settings)
    expect({ worked, requests: simulator.stats().requests - before }).toEqual({
      worked: 20,
      requests: 0
    })
  })

  it("a step that reads what another step changes is not kept either", async () => {
    const shared = { seen: 0 }
    const writes = MapRows({
      name: "writes",
      inputs,
      outputs: { a: Schema.Any },
      map: ({ n }) => {
        shared.seen = n
        return { a: n }
      }
    })
    const reads = MapRows({
      name: "reads",
      inputs,
      outputs,
      map: ({ n }) => ({ v: [shared.seen, n].at(1) })
    })
    const { notices } = await ran(Pipeline("p", {}, from(numbers(3)).to(writes).to(reads)), {
      cacheDir: cacheDir()
    })
    expect(notices).toEqual([
      "Step 'reads' is worked out again on every run: it uses what changes while it runs ('shared', which another step changes). Give it a version to keep its rows."
    ])
  })
})

describe("what a run says", () => {
  const noticesOf = async (
    map: (row: { readonly n: number }) => { readonly v: unknown },
    version?: string
  ): Promise<ReadonlyArray<string>> =>
    (
      await ran(
        Pipeline(
          "p",
          {},
          from(numbers(2)).to(
            MapRows({
              name: "own",
              inputs,
              outputs,
              map,
              ...(version === undefined ? {} : { version })
            })
          )
        ),
        { cacheDir: cacheDir() }
      )
    ).notices
  const memory = new Map<number, number>()
  const native = Object.getOwnPropertyDescriptor(Intl.NumberFormat.prototype, "format")!.get!.call(
    new Intl.NumberFormat("en")
  ) as (n: number) => string
  const weak = new WeakMap<object, number>()

  it.each<[string, (row: { readonly n: number }) => { readonly v: unknown }, string]>([
    [
      "random values",
      () => ({ v: Math.random() }),
      "is worked out again whenever anything in the pipeline changes: it draws random values ('Math.random')"
    ],
    [
      "the time",
      () => ({ v: new Date().getTime() }),
      "is worked out again on every run: it reads the time ('Date')"
    ],
    [
      "the network",
      () => ({ v: typeof fetch("data:,") }),
      "is worked out again on every run: it reads what is outside of the pipeline ('fetch')"
    ],
    [
      "a memory",
      ({ n }) => {
        memory.set(n, (memory.get(n) ?? 0) + 1)
        return { v: memory.get(n) }
      },
      "is worked out again on every run: it uses what changes while it runs ('memory')"
    ],
    [
      "a native function",
      ({ n }) => ({ v: native(n) }),
      "is worked out again on every run: its code cannot be seen in full ('native', a native function)"
    ],
    [
      "a weak map",
      (row) => ({ v: weak.has(row) }),
      "is worked out again on every run: it uses what changes while it runs ('weak', a WeakMap)"
    ]
  ])("names what could not be seen: %s", async (_, map, words) => {
    expect(await noticesOf(map)).toEqual([
      `Step 'own' ${words}. Give it a version to keep its rows.`
    ])
    expect(await noticesOf(map, "1")).toEqual([])
  })

  it("names a routing that depends on more than its rows", async () => {
    const arms = from(numbers(4)).route(
      routingBatchFunction((steps) => steps.slice(Date.now() > 0 ? 0 : 1, 1)),
      [
        step({ name: "a", inputs, outputs, process: (rows) => rows.map(({ n }) => ({ v: n })) }),
        step({ name: "b", inputs, outputs, process: (rows) => rows.map(({ n }) => ({ v: n })) })
      ]
    )
    let notices: ReadonlyArray<string> = []
    await runPromise(Pipeline("p", {}, [...arms.flows]), {
      cacheDir: cacheDir(),
      progress: "none",
      report: false,
      onSummary: (summary) => (notices = summary.notices)
    })
    expect(notices).toEqual([
      "What follows the routing after 'numbers' is worked out again on every run: it reads the time ('Date.now'). Route by the row alone to keep the run."
    ])
  })
})
