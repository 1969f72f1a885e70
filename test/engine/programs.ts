/** Random pipelines: a small language of graphs, what they mean row by row, and the same as real pipelines. */
import fc from "fast-check"
import { Schema } from "effect"
import { CombineColumns, CombineOutputs, concat, FilterRows, from, generatorStep, globalStep, join, OpenAILLM, Pipeline, type Row, step, task, zip } from "../../src/index.ts"
import type { AnyPipeline } from "../../src/pipeline/Pipeline.ts"
import { type Fault, faultOf } from "../../src/simulator/index.ts"

/** What a step does to `v`, a number or what came of it. */
export type Op =
  | { readonly op: "map"; readonly add: number; readonly slow: boolean; readonly batch: number }
  | { readonly op: "filter"; readonly modulus: number }
  | { readonly op: "expand"; readonly times: number; readonly slow: boolean }
  | { readonly op: "fail"; readonly modulus: number; readonly batch: number }
  | { readonly op: "ask" }
  | { readonly op: "fork"; readonly arms: ReadonlyArray<ReadonlyArray<Op>> }
  | { readonly op: "route"; readonly arms: ReadonlyArray<ReadonlyArray<Op>> }
  | { readonly op: "reverse" }

/** A whole pipeline: sources of so many rows, how they come together, and what is done with their rows. */
export interface Program {
  readonly sources: ReadonlyArray<number>
  readonly gather: "concat" | "zip"
  readonly batchSize: number
  readonly ops: ReadonlyArray<Op>
}

const chains = (asks: boolean) =>
  fc.letrec<{ chain: ReadonlyArray<Op>; op: Op }>((tie) => ({
    chain: fc.array(tie("op"), { maxLength: 3 }),
    op: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.record({ op: fc.constant("map" as const), add: fc.nat(9), slow: fc.boolean(), batch: fc.integer({ min: 1, max: 7 }) }),
      fc.record({ op: fc.constant("filter" as const), modulus: fc.integer({ min: 2, max: 4 }) }),
      fc.record({ op: fc.constant("expand" as const), times: fc.nat(3), slow: fc.boolean() }),
      fc.record({ op: fc.constant("fail" as const), modulus: fc.integer({ min: 5, max: 9 }), batch: fc.integer({ min: 1, max: 7 }) }),
      ...(asks ? [fc.record({ op: fc.constant("ask" as const) })] : []),
      fc.record({ op: fc.constantFrom("fork" as const, "route" as const), arms: fc.array(tie("chain"), { minLength: 2, maxLength: 6 }) })
    )
  })).chain

/** Any program. Global steps stand at the top level: within a branch they change the order in which a join finds its rows. */
export const programs = ({ asks, mostRows }: { readonly asks: boolean; readonly mostRows: number }): fc.Arbitrary<Program> => {
  const chain = chains(asks)
  const ops = fc.tuple(chain, fc.boolean(), chain).map(([before, reverses, after]): ReadonlyArray<Op> => [...before, ...(reverses ? [{ op: "reverse" } as const] : []), ...after])
  const sources = fc.oneof(
    { weight: 3, arbitrary: fc.record({ sources: fc.tuple(fc.nat(mostRows)), gather: fc.constant("concat" as const) }) },
    fc.record({ sources: fc.tuple(fc.nat(mostRows), fc.nat(mostRows)), gather: fc.constant("concat" as const) }),
    fc.nat(mostRows).map((count) => ({ sources: [count, count], gather: "zip" as const }))
  )
  return fc.tuple(sources, fc.integer({ min: 1, max: 9 }), ops).map(([of, batchSize, ops]) => ({ ...of, batchSize, ops }))
}

export const model = "model-a"
export const promptOf = (v: unknown): string => `What of ${JSON.stringify(v)}?`
export const answerTo = (prompt: string): string => `answer to ${prompt.length}`

/** Faults of the provider: some pass, some do not. */
export const faults: ReadonlyArray<Fault> = [
  { kind: "rate-limit", share: 0.1, retryAfterSeconds: 0 },
  { kind: "reset", share: 0.02 },
  { kind: "refusal", share: 0.06, permanent: true }
]

interface Out {
  readonly v: unknown
  readonly failed?: true
}

/** The reference: one row after another, by recursion; no queues, no batches, no time. */
export const meaning = ({ gather, ops, sources }: Program): { readonly rows: ReadonlyArray<unknown>; readonly errors: number } => {
  const given: ReadonlyArray<ReadonlyArray<unknown>> = sources.map((count, s) => Array.from({ length: count }, (_, n) => s * 1000 + n))
  const first: ReadonlyArray<Out> = (gather === "zip" ? given[0]!.map((_, n) => given.map((values) => values[n])) : given.flat()).map((v) => ({ v }))
  const out = after(ops, first)
  return { rows: out.filter(({ failed }) => failed !== true).map(({ v }) => v), errors: out.filter(({ failed }) => failed === true).length }
}

const after = (ops: ReadonlyArray<Op>, rows: ReadonlyArray<Out>): ReadonlyArray<Out> =>
  ops.reduce((before, op) => op.op === "reverse" ? before.toReversed() : before.flatMap((row) => row.failed === true && !("arms" in op) ? [row] : through(op, row)), rows)

const through = (op: Exclude<Op, { readonly op: "reverse" }>, row: Out): ReadonlyArray<Out> => {
  const { v } = row
  switch (op.op) {
    case "map":
      return [{ v: [v, op.add] }]
    case "filter":
      return weight(v) % op.modulus === 0 ? [] : [row]
    case "expand":
      return Array.from({ length: op.times }, (_, i) => ({ v: [v, `x${i}`] }))
    case "fail":
      return weight(v) % op.modulus === 0 ? [{ v, failed: true }] : [{ v: [v, "ok"] }]
    case "ask": {
      const prompt = promptOf(v)
      return faultOf({ faults }, { model, prompt })?.permanent === true ? [{ v, failed: true }] : [{ v: [v, answerTo(prompt)] }]
    }
    case "fork":
    case "route": {
      // A failed row has nothing to be routed by: it goes down every arm.
      const arms = op.op === "route" && row.failed !== true ? op.arms.filter((_, arm) => goesTo(arm, v, op.arms.length)) : op.arms
      const all = arms.flatMap((arm) => after(arm, [row]))
      return all.length === 0 ? [] : all.some(({ failed }) => failed === true) ? [{ v, failed: true }] : [{ v: all.map((each) => each.v) }]
    }
  }
}

/** How large a value is: what decides whether a row is dropped, fails, or is routed. */
const weight = (v: unknown): number => Array.isArray(v) ? v.reduce((sum: number, each) => sum + weight(each), 1) : typeof v === "number" ? v : 1

/** Rows go down one or two arms. */
const goesTo = (arm: number, v: unknown, arms: number): boolean => arm === weight(v) % arms || arm === weight(v) * 7 % arms

// Untyped on purpose: the graphs are made at run time.
interface Loose {
  readonly to: (step: unknown) => Loose
  readonly route: (by: unknown, steps: unknown) => { readonly flows: ReadonlyArray<Loose> }
}

/** The program as a pipeline; `url` is where its model is. */
export const pipelineOf = ({ batchSize, gather, ops, sources }: Program, url = ""): AnyPipeline => {
  const flows = sources.map((count, s) =>
    from(generatorStep({
      name: `source${s}`,
      outputs: { [gather === "zip" ? `v${s}` : "v"]: Schema.Any } as { readonly v: Schema.Any },
      batchSize,
      *process({ offset }) {
        for (let n = offset; n < count; n++) yield { [gather === "zip" ? `v${s}` : "v"]: s * 1000 + n } as never
      }
    })))
  const first = gather === "zip"
    ? (zip(flows as never, CombineOutputs({ name: "pairs" }) as never) as unknown as Loose).to(step({ name: "pair", inputs: { v0: Schema.Any, v1: Schema.Any }, outputs: { v: Schema.Any }, process: (rows) => rows.map(({ v0, v1 }) => ({ v: [v0, v1] })) }))
    : sources.length > 1 ? concat(flows as never, { name: "all" }) as unknown as Loose : flows[0] as unknown as Loose
  // A leaf needs a step before it, so that a program without any has one.
  const flow = built(first.to(step({ name: "start", inputs: { v: Schema.Any }, outputs: { v: Schema.Any }, process: (rows) => rows })), ops, "s", url)
  return Pipeline("random", {}, flow as never)
}

/** The chain behind a flow, under names that are its own. */
const built = (flow: Loose, ops: ReadonlyArray<Op>, name: string, url: string): Loose =>
  ops.reduce((before, op, i) => {
    const own = `${name}.${i}`
    const v = { inputs: { v: Schema.Any }, outputs: { v: Schema.Any } }
    const wait = (slow: boolean, value: unknown): Promise<void> => new Promise((resolve) => slow ? setTimeout(resolve, weight(value) % 4) : resolve())
    const joined = (arms: ReadonlyArray<Loose>): Loose => join(arms as never, CombineColumns({ name: own, columns: ["v"], outputColumns: ["v"] }) as never) as unknown as Loose
    switch (op.op) {
      case "map":
        return before.to(step({
          name: own,
          ...v,
          inputBatchSize: op.batch,
          process: async (rows) => {
            await wait(op.slow, rows[0]!.v)
            return rows.map((row) => ({ v: [row.v, op.add] }))
          }
        }))
      case "filter":
        return before.to(FilterRows({ name: own, inputs: { v: Schema.Any }, where: (row) => weight(row.v) % op.modulus !== 0 }))
      case "expand":
        return before.to(step({
          name: own,
          ...v,
          rowCount: "one-to-many",
          process: async (rows) => {
            await wait(op.slow, rows[0]!.v)
            return rows.flatMap((row) => Array.from({ length: op.times }, (_, k) => ({ ...row, v: [row.v, `x${k}`] })))
          }
        }))
      case "fail":
        return before.to(step({
          name: own,
          ...v,
          inputBatchSize: op.batch,
          process: (rows) =>
            rows.map((row) => {
              if (weight(row.v) % op.modulus === 0) throw new Error("this row fails")
              return { v: [row.v, "ok"] }
            })
        }))
      case "ask":
        return before.to(task({
          name: own,
          llm: OpenAILLM({ model, baseUrl: `${url}/v1`, apiKey: "k", maxConcurrency: 8 }),
          ...v,
          addRawInput: false,
          addRawOutput: false,
          prompt: (row) => promptOf(row.v),
          parse: (answer, row) => ({ v: [row.v, answer] })
        }))
      case "reverse":
        return before.to(globalStep({ name: own, inputs: { v: Schema.Any }, process: (rows) => rows.toReversed() }))
      case "fork":
        return joined(op.arms.map((arm, a) => built(before, arm, `${own}.${a}`, url)))
      case "route": {
        const names = op.arms.map((_, a) => `${own}.${a}.in`)
        const arms = before.route(
          (row: Row) => names.filter((_, a) => goesTo(a, row["v"], names.length)),
          names.map((armName) => step({ name: armName, inputs: { v: Schema.Any }, process: (rows) => rows }))
        )
        return joined(op.arms.map((arm, a) => built(arms.flows[a]!, arm, `${own}.${a}`, url)))
      }
    }
  }, flow)
