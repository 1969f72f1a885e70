import * as Schema from "effect/Schema"
import fc from "fast-check"
import { expect, it } from "vitest"
import {
  CombineOutputs,
  concat,
  from,
  generatorStep,
  globalStep,
  join,
  Pipeline,
  runPromise,
  step
} from "../../src/index.ts"
import type { AnyPipeline } from "../../src/pipeline/Pipeline.ts"
import { folder } from "../cli/command.ts"
import { pipelineOf, programs } from "../engine/programs.ts"
import { inShards } from "./inShards.ts"
import { hashesIn } from "./shardFiles.ts"

const graphs = Number(process.env["RANDOM_SHARDED"] ?? 10)

it(
  "any pipeline, of whatever nodes, gives from shards the files that it gives in one process, byte by byte",
  { timeout: 240_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        programs({ asks: false, mostRows: 40 }),
        fc.integer({ min: 1, max: 9 }),
        async (program, shards) => {
          const single = folder()
          const options = { outputDir: single, progress: "none", report: false, maxErrorRate: 1 }
          await runPromise(pipelineOf(program), options as never)
          const { directory } = await inShards(pipelineOf(program), shards, (indices) =>
            indices.toReversed()
          )
          expect(hashesIn(directory)).toEqual(hashesIn(single))
        }
      ),
      { numRuns: graphs }
    )
  }
)

const v = { inputs: { v: Schema.Any }, outputs: { v: Schema.Any } } as const
const count = (name: string, rows: number) =>
  generatorStep({
    name,
    outputs: { v: Schema.Any },
    batchSize: 4,
    *process({ offset }) {
      for (let n = offset; n < rows; n++) yield { v: n }
    }
  })
const add = (name: string) =>
  step({ name, ...v, process: (rows) => rows.map((row) => ({ ...row, v: [row.v, name] })) })
const failing = step({
  name: "failing",
  ...v,
  inputBatchSize: 1,
  process: (rows) =>
    rows.map((row) => {
      if (row.v === 7) throw new Error("not this one")
      return row
    })
})
const last = (name: string) =>
  globalStep({ name, inputs: { v: Schema.Any }, process: (rows) => rows.toReversed() })
const values = step({
  name: "values",
  inputs: { v: Schema.Any },
  outputs: { v: Schema.Any },
  process: (rows) =>
    rows.map(({ v }) => ({
      v: { at: new Date(Number(v)), big: 2n ** 70n, bytes: Buffer.of(1, 2) }
    }))
})
const shown = step({
  name: "shown",
  ...v,
  process: (rows) =>
    rows.map((row) => {
      const { at, big, bytes } = row.v as { at: Date; big: bigint; bytes: Buffer }
      return { v: [at.toISOString(), String(big), bytes.toString("hex")] }
    })
})

const flows = {
  "a global step in one of two branches": () =>
    join(
      ((start) => [start.to(add("a")).to(last("rank")), start.to(add("b"))])(
        from(count("load", 23))
      ) as never,
      CombineOutputs({ name: "pair" })
    ),
  "rows routed to global steps after a global step": () =>
    concat(
      from(count("load", 23))
        .to(failing)
        .to(last("first"))
        .route(
          (row: { readonly v: unknown }) => (Number(row.v) % 3 === 0 ? "left" : "right"),
          [last("left"), last("right")]
        ).flows as never,
      { name: "all" }
    ).to(add("after")),
  "several leaves at several depths, one of them with rows that go on": () => {
    const asked = from(count("load", 23)).to(failing).to(add("a"))
    return [asked, asked.to(last("rank")).to(add("b")), from(count("other", 5)).to(add("c"))]
  },
  "values that JSON does not know": () =>
    from(count("load", 23)).to(values).to(last("rank")).to(shown)
}

it.each(Object.keys(flows) as ReadonlyArray<keyof typeof flows>)(
  "a pipeline with %s gives from shards what it gives in one process",
  async (name) => {
    const pipeline = (): AnyPipeline => Pipeline("p", {}, flows[name]() as never)
    const single = folder()
    const options = { outputDir: single, progress: "none", report: false } as const
    await runPromise(pipeline() as never, options as never)
    const { directory } = await inShards(pipeline(), 4)
    expect(hashesIn(directory)).toEqual(hashesIn(single))
  }
)

it("parts are cut where rows are numbered: what stands between is cut into shards, the rest is worked on whole", async () => {
  const flow = from(count("load", 40)).to(add("a")).to(last("rank")).to(add("b")).to(last("again"))
  const { plan } = await inShards(Pipeline("p", {}, flow), 4)
  expect(
    plan.parts.map(({ shards, steps, whole }) => [steps, whole === undefined, shards.length])
  ).toEqual([
    [["load", "a"], true, 4],
    [["rank"], false, 0],
    [["b"], true, 0],
    [["again"], false, 0]
  ])
})
