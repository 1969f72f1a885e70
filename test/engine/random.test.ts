import fc from "fast-check"
import { Schema } from "effect"
import { expect, it } from "vitest"
import { CombineColumns, FilterRows, from, globalStep, join, Pipeline, type Row, step } from "../../src/index.ts"
import { numbers, rowsOf } from "./rows.ts"

/** What a random chain of steps does. */
type Op =
  | { readonly op: "map"; readonly add: number; readonly slow: boolean; readonly batch: number }
  | { readonly op: "filter"; readonly modulus: number }
  | { readonly op: "expand"; readonly times: number; readonly slow: boolean }
  | { readonly op: "fork"; readonly arms: ReadonlyArray<ReadonlyArray<Op>> }
  | { readonly op: "reverse" }

const { chain } = fc.letrec<{ chain: ReadonlyArray<Op>; op: Op }>((tie) => ({
  chain: fc.array(tie("op"), { maxLength: 3 }),
  op: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ op: fc.constant("map" as const), add: fc.nat(9), slow: fc.boolean(), batch: fc.integer({ min: 1, max: 7 }) }),
    fc.record({ op: fc.constant("filter" as const), modulus: fc.integer({ min: 2, max: 4 }) }),
    fc.record({ op: fc.constant("expand" as const), times: fc.nat(3), slow: fc.boolean() }),
    fc.record({ op: fc.constant("fork" as const), arms: fc.array(tie("chain"), { minLength: 2, maxLength: 3 }) })
  )
}))

/** The reference: one row after another, by recursion, no queues, no time. `v` is a number or a list of what came of it. */
const meaning = (ops: ReadonlyArray<Op>, rows: ReadonlyArray<Row>): ReadonlyArray<Row> => {
  const [first, ...rest] = ops
  if (first === undefined) return rows
  if (first.op === "reverse") return meaning(rest, rows.toReversed())
  return meaning(rest, rows.flatMap((row) => {
    const v = row["v"]
    switch (first.op) {
      case "map":
        return [{ ...row, v: [v, first.add] }]
      case "filter":
        return weight(v) % first.modulus === 0 ? [] : [row]
      case "expand":
        return Array.from({ length: first.times }, (_, i) => ({ ...row, v: [v, `x${i}`] }))
      case "fork": {
        const values = first.arms.flatMap((arm) => meaning(arm, [row]).map((out) => out["v"]))
        return values.length === 0 ? [] : [{ ...row, v: values }]
      }
    }
  }))
}

const weight = (v: unknown): number => Array.isArray(v) ? v.reduce((sum: number, each) => sum + weight(each), 1) : typeof v === "number" ? v : 1

// Untyped on purpose: the graphs are made at run time.
interface Loose {
  readonly to: (step: unknown) => Loose
}

/** The same chain as a flow, under names that are its own. */
const built = (flow: Loose, ops: ReadonlyArray<Op>, name: string): Loose =>
  ops.reduce((before, op, i) => {
    const own = `${name}.${i}`
    const wait = (slow: boolean, v: unknown): Promise<void> => new Promise((resolve) => slow ? setTimeout(resolve, weight(v) % 4) : resolve())
    const v = { inputs: { v: Schema.Any }, outputs: { v: Schema.Any } }
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
            return rows.flatMap((row) => Array.from({ length: op.times }, (_, i) => ({ ...row, v: [row.v, `x${i}`] })))
          }
        }))
      case "reverse":
        return before.to(globalStep({ name: own, inputs: { v: Schema.Any }, process: (rows) => rows.toReversed() }))
      case "fork":
        return join(
          op.arms.map((arm, a) => built(before, arm, `${own}.${a}`)) as never,
          CombineColumns({ name: own, columns: ["v"], outputColumns: ["v"] }) as never
        ) as unknown as Loose
    }
  }, flow)

it("any graph of steps that drop, multiply, delay, branch and join gives what one gets row by row", async () => {
  // Global steps stand at the top level: within a branch they change the order in which a join finds its rows.
  const program = fc.tuple(chain, fc.boolean(), chain).map(([before, reverses, after]): ReadonlyArray<Op> => [...before, ...(reverses ? [{ op: "reverse" } as const] : []), ...after])
  await fc.assert(
    fc.asyncProperty(program, fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 9 }), async (ops, count, batchSize) => {
      const start = from(numbers(count, { batchSize })).to(step({ name: "start", inputs: { n: Schema.Number }, outputs: { v: Schema.Any }, process: (rows) => rows.map(({ n }) => ({ v: n })) }))
      const flow = built(start as unknown as Loose, ops, "s")
      const { errors, rows } = (await rowsOf(Pipeline("random", {}, flow as never)))["default"]!
      expect(errors).toEqual([])
      expect(rows).toEqual(meaning(ops, Array.from({ length: count }, (_, n) => ({ n, v: n }))))
    }),
    { numRuns: 150, endOnFailure: true }
  )
}, 120_000)
