/**
 * Random pipelines: a small language of graphs, what they mean row by row, and the same as real
 * pipelines.
 */
import {
  CombineColumns,
  CombineOutputs,
  concat,
  FilterRows,
  from,
  generatorStep,
  globalStep,
  join,
  joinStep,
  OpenAILLM,
  Pipeline,
  routingBatchFunction,
  type Row,
  step,
  task,
  zip
} from "distilabel-ts"
import { type Fault, faultOf } from "distilabel-ts/simulator"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import type { UntypedPipeline } from "../../src/pipeline/Pipeline.ts"

/** What a step does to `v`, a number or what came of it. */
export type Op =
  | { readonly op: "map"; readonly add: number; readonly slow: boolean; readonly batch: number }
  | { readonly op: "filter"; readonly modulus: number }
  | { readonly op: "expand"; readonly times: number; readonly slow: boolean }
  | { readonly op: "fail"; readonly modulus: number; readonly batch: number }
  | { readonly op: "ask" }
  | { readonly op: "fork"; readonly arms: ReadonlyArray<ReadonlyArray<Op>> }
  | { readonly op: "route"; readonly arms: ReadonlyArray<ReadonlyArray<Op>> }
  | { readonly op: "keep"; readonly modulus: number }
  | WholeOp

/** What a step does that sees more than one row: the rows before and after it count. */
type WholeOp =
  | { readonly op: "reverse" }
  | { readonly op: "reduce"; readonly size: number }
  | {
      readonly op: "routeBatch"
      readonly size: number
      readonly arms: ReadonlyArray<ReadonlyArray<Op>>
    }

const isWhole = (op: Op): op is WholeOp =>
  op.op === "reverse" || op.op === "reduce" || op.op === "routeBatch"

/**
 * A whole pipeline: sources of so many rows, how they come together, and what is done with their
 * rows.
 */
export interface Program {
  readonly sources: ReadonlyArray<number>
  readonly gather: "concat" | "zip" | "zip own"
  readonly batchSize: number
  readonly ops: ReadonlyArray<Op>
}

const chains = (asks: boolean) =>
  fc.letrec<{ chain: ReadonlyArray<Op>; op: Op }>((tie) => ({
    chain: fc.array(tie("op"), { maxLength: 3 }),
    op: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.record({
        op: fc.constant("map" as const),
        add: fc.nat(9),
        slow: fc.boolean(),
        batch: fc.integer({ min: 1, max: 7 })
      }),
      fc.record({ op: fc.constant("filter" as const), modulus: fc.integer({ min: 2, max: 4 }) }),
      fc.record({ op: fc.constant("keep" as const), modulus: fc.integer({ min: 2, max: 4 }) }),
      fc.record({ op: fc.constant("expand" as const), times: fc.nat(3), slow: fc.boolean() }),
      fc.record({
        op: fc.constant("fail" as const),
        modulus: fc.integer({ min: 5, max: 9 }),
        batch: fc.integer({ min: 1, max: 7 })
      }),
      ...(asks ? [fc.record({ op: fc.constant("ask" as const) })] : []),
      fc.record({
        op: fc.constantFrom("fork" as const, "route" as const),
        arms: fc.array(tie("chain"), { minLength: 2, maxLength: 6 })
      })
    )
  })).chain

/**
 * Any program. Steps that see several rows stand at the top level: within a branch they change the
 * order in which a join finds its rows.
 */
export const programs = ({
  asks,
  mostRows
}: {
  readonly asks: boolean
  readonly mostRows: number
}): fc.Arbitrary<Program> => {
  const chain = chains(asks)
  const size = fc.integer({ min: 1, max: 7 })
  const whole: fc.Arbitrary<WholeOp> = fc.oneof(
    fc.constant({ op: "reverse" } as const),
    fc.record({ op: fc.constant("reduce" as const), size }),
    fc.record({
      op: fc.constant("routeBatch" as const),
      size,
      arms: fc.array(chain, { minLength: 2, maxLength: 4 })
    })
  )
  const ops = fc
    .tuple(chain, fc.option(whole), chain, fc.option(whole))
    .map(([before, first, after, second]): ReadonlyArray<Op> => [
      ...before,
      ...(first === null ? [] : [first]),
      ...after,
      ...(second === null ? [] : [second])
    ])
  const sources = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        sources: fc.tuple(fc.nat(mostRows)),
        gather: fc.constant("concat" as const)
      })
    },
    fc.record({
      sources: fc.tuple(fc.nat(mostRows), fc.nat(mostRows)),
      gather: fc.constant("concat" as const)
    }),
    fc
      .record({
        count: fc.nat(mostRows),
        gather: fc.constantFrom("zip" as const, "zip own" as const)
      })
      .map(({ count, gather }) => ({ sources: [count, count], gather }))
  )
  return fc
    .tuple(sources, fc.integer({ min: 1, max: 9 }), ops)
    .map(([of, batchSize, ops]) => ({ ...of, batchSize, ops }))
}

export const model = "model-a"
export const promptOf = (v: unknown): string => `What of ${JSON.stringify(v)}?`
export const answerTo = (prompt: string): string => `answer to ${prompt.length}`

/** Faults of the provider that do not pass. */
export const faults: ReadonlyArray<Fault> = [{ kind: "refusal", share: 0.06, permanent: true }]

interface Out {
  readonly v: unknown
  readonly failed?: true
}

/** The reference: one row after another, by recursion; no queues, no batches, no time. */
export const meaning = ({
  gather,
  ops,
  sources
}: Program): { readonly rows: ReadonlyArray<unknown>; readonly errors: number } => {
  const given: ReadonlyArray<ReadonlyArray<unknown>> = sources.map((count, s) =>
    Array.from({ length: count }, (_, n) => s * 1000 + n)
  )
  const first: ReadonlyArray<Out> = (
    gather !== "concat" ? given[0]!.map((_, n) => given.map((values) => values[n])) : given.flat()
  ).map((v) => ({ v }))
  const out = after(ops, first)
  return {
    rows: out.filter(({ failed }) => failed !== true).map(({ v }) => v),
    errors: out.filter(({ failed }) => failed === true).length
  }
}

const after = (ops: ReadonlyArray<Op>, rows: ReadonlyArray<Out>): ReadonlyArray<Out> =>
  ops.reduce(
    (before, op) =>
      isWhole(op)
        ? throughAll(op, before)
        : before.flatMap((row) =>
            row.failed === true && !("arms" in op) ? [row] : through(op, row)
          ),
    rows
  )

/** Error rows leave a step that takes several rows after the others. */
const throughAll = (op: WholeOp, rows: ReadonlyArray<Out>): ReadonlyArray<Out> => {
  const good = rows.filter(({ failed }) => failed !== true)
  if (op.op === "reverse")
    return [...good.toReversed(), ...rows.filter(({ failed }) => failed === true)]
  return batched(rows, op.size).flatMap((batch, number) => {
    const sound = batch.filter(({ failed }) => failed !== true)
    if (op.op === "reduce")
      return [
        ...(sound.length === 0 ? [] : [{ v: sound.map(({ v }) => v) }]),
        ...batch.filter(({ failed }) => failed === true)
      ]
    const arms = op.arms.filter((_, arm) => isChosen(arm, number, op.arms.length))
    return batch.flatMap((row) => joined(arms, row))
  })
}

const batched = <A>(items: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size)
  )

/** What a join makes of a row that went down the arms. */
const joined = (arms: ReadonlyArray<ReadonlyArray<Op>>, row: Out): ReadonlyArray<Out> => {
  const all = arms.flatMap((arm) => after(arm, [row]))
  return all.length === 0
    ? []
    : all.some(({ failed }) => failed === true)
      ? [{ v: row.v, failed: true }]
      : [{ v: all.map((each) => each.v) }]
}

const through = (op: Exclude<Op, WholeOp>, row: Out): ReadonlyArray<Out> => {
  const { v } = row
  switch (op.op) {
    case "map":
      return [{ v: [v, op.add] }]
    case "filter":
    case "keep":
      return weight(v) % op.modulus === 0 ? [] : [row]
    case "expand":
      return Array.from({ length: op.times }, (_, i) => ({ v: [v, `x${i}`] }))
    case "fail":
      return weight(v) % op.modulus === 0 ? [{ v, failed: true }] : [{ v: [v, "ok"] }]
    case "ask": {
      const prompt = promptOf(v)
      return faultOf({ faults }, { model, prompt })?.permanent === true
        ? [{ v, failed: true }]
        : [{ v: [v, answerTo(prompt)] }]
    }
    case "fork":
    case "route": {
      // A failed row has nothing to be routed by: it goes down every arm.
      const arms =
        op.op === "route" && row.failed !== true
          ? op.arms.filter((_, arm) => goesTo(arm, v, op.arms.length))
          : op.arms
      return joined(arms, row)
    }
  }
}

/** How large a value is: what decides whether a row is dropped, fails, or is routed. */
const weight = (v: unknown): number =>
  Array.isArray(v)
    ? v.reduce((sum: number, each) => sum + weight(each), 1)
    : typeof v === "number"
      ? v
      : 1

/** Rows go down one or two arms. */
const goesTo = (arm: number, v: unknown, arms: number): boolean =>
  arm === weight(v) % arms || arm === (weight(v) * 7) % arms

/** Batches go down one or two arms. */
const isChosen = (arm: number, number: number, arms: number): boolean =>
  arm === number % arms || arm === (number * 3) % arms

// Untyped on purpose: the graphs are made at run time.
interface Loose {
  readonly to: (step: unknown) => Loose
  readonly route: (by: unknown, steps: unknown) => { readonly flows: ReadonlyArray<Loose> }
}

/** The program as a pipeline; `url` is where its model is. */
export const pipelineOf = (
  { batchSize, gather, ops, sources }: Program,
  url = ""
): UntypedPipeline => {
  const zips = gather !== "concat"
  const flows = sources.map((count, s) =>
    from(
      generatorStep({
        name: `source${s}`,
        outputs: { [zips ? `v${s}` : "v"]: Schema.Any } as { readonly v: Schema.Any },
        batchSize,
        *process({ offset }) {
          for (let n = offset; n < count; n++)
            yield { [zips ? `v${s}` : "v"]: s * 1000 + n } as never
        }
      })
    )
  )
  const pair = step({
    name: "pair",
    inputs: { v0: Schema.Any, v1: Schema.Any },
    outputs: { v: Schema.Any },
    process: (rows) => rows.map(({ v0, v1 }) => ({ v: [v0, v1] }))
  })
  const ownPairs = joinStep({
    name: "pairs",
    outputs: { v: Schema.Any },
    process: (arms) => [{ v: arms.map((rows, arm) => (rows[0] as Row)[`v${arm}`]) }]
  })
  const first =
    gather === "zip"
      ? (zip(flows as never, CombineOutputs({ name: "pairs" }) as never) as unknown as Loose).to(
          pair
        )
      : gather === "zip own"
        ? (zip(flows as never, ownPairs as never) as unknown as Loose)
        : sources.length > 1
          ? (concat(flows as never, { name: "all" }) as unknown as Loose)
          : (flows[0] as unknown as Loose)
  // A leaf needs a step before it, so that a program without any has one.
  const flow = built(
    first.to(
      step({
        name: "start",
        inputs: { v: Schema.Any },
        outputs: { v: Schema.Any },
        process: (rows) => rows
      })
    ),
    ops,
    "s",
    url
  )
  return Pipeline("random", {}, flow as never)
}

/** The chain behind a flow, under names that are its own. */
const built = (flow: Loose, ops: ReadonlyArray<Op>, name: string, url: string): Loose =>
  ops.reduce((before, op, i) => {
    const own = `${name}.${i}`
    const v = { inputs: { v: Schema.Any }, outputs: { v: Schema.Any } }
    const wait = (slow: boolean, value: unknown): Promise<void> =>
      new Promise((resolve) => (slow ? setTimeout(resolve, weight(value) % 4) : resolve()))
    const rejoined = (arms: ReadonlyArray<Loose>): Loose =>
      join(
        arms as never,
        CombineColumns({ name: own, columns: ["v"], outputColumns: ["v"] }) as never
      ) as unknown as Loose
    switch (op.op) {
      case "map":
        return before.to(
          step({
            name: own,
            ...v,
            inputBatchSize: op.batch,
            process: async (rows) => {
              await wait(op.slow, rows[0]!.v)
              return rows.map((row) => ({ v: [row.v, op.add] }))
            }
          })
        )
      case "filter":
        return before.to(
          FilterRows({
            name: own,
            inputs: { v: Schema.Any },
            where: (row) => weight(row.v) % op.modulus !== 0
          })
        )
      case "expand":
        return before.to(
          step({
            name: own,
            ...v,
            rowCount: "one-to-many",
            process: async (rows) => {
              await wait(op.slow, rows[0]!.v)
              return rows.flatMap((row) =>
                Array.from({ length: op.times }, (_, k) => ({ ...row, v: [row.v, `x${k}`] }))
              )
            }
          })
        )
      case "fail":
        return before.to(
          step({
            name: own,
            ...v,
            inputBatchSize: op.batch,
            process: (rows) =>
              rows.map((row) => {
                if (weight(row.v) % op.modulus === 0) throw new Error("this row fails")
                return { v: [row.v, "ok"] }
              })
          })
        )
      case "ask":
        return before.to(
          task({
            name: own,
            llm: OpenAILLM({ model, baseUrl: `${url}/v1`, apiKey: "k", maxConcurrency: 8 }),
            ...v,
            addRawInput: false,
            addRawOutput: false,
            prompt: (row) => promptOf(row.v),
            parse: (answer, row) => ({ v: [row.v, answer] })
          })
        )
      case "reverse":
        return before.to(
          globalStep({ name: own, inputs: { v: Schema.Any }, process: (rows) => rows.toReversed() })
        )
      case "keep":
        return before.to(
          step({
            name: own,
            ...v,
            rowCount: "filter",
            process: (rows) => rows.filter((row) => weight(row.v) % op.modulus !== 0)
          })
        )
      case "reduce":
        return before.to(
          step({
            name: own,
            ...v,
            rowCount: "many-to-one",
            replaces: true,
            inputBatchSize: op.size,
            process: (rows: ReadonlyArray<Row>) => [{ v: rows.map((row) => row["v"]) }]
          } as never)
        )
      case "routeBatch": {
        const names = op.arms.map((_, a) => `${own}.${a}.in`)
        const upstream = before.to(
          step({
            name: `${own}.batches`,
            inputs: { v: Schema.Any },
            inputBatchSize: op.size,
            process: (rows) => rows
          })
        )
        const arms = upstream.route(
          routingBatchFunction((steps, { number }) =>
            steps.filter((_, a) => isChosen(a, number, steps.length))
          ),
          names.map((armName) =>
            step({ name: armName, inputs: { v: Schema.Any }, process: (rows) => rows })
          )
        )
        return rejoined(op.arms.map((arm, a) => built(arms.flows[a]!, arm, `${own}.${a}`, url)))
      }
      case "fork":
        return rejoined(op.arms.map((arm, a) => built(before, arm, `${own}.${a}`, url)))
      case "route": {
        const names = op.arms.map((_, a) => `${own}.${a}.in`)
        const arms = before.route(
          (row: Row) => names.filter((_, a) => goesTo(a, row["v"], names.length)),
          names.map((armName) =>
            step({ name: armName, inputs: { v: Schema.Any }, process: (rows) => rows })
          )
        )
        return rejoined(op.arms.map((arm, a) => built(arms.flows[a]!, arm, `${own}.${a}`, url)))
      }
    }
  }, flow)
