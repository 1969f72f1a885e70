/**
 * What engine tests share: sources of numbers, steps that take their time, and reading a Distiset
 * whole.
 */
import * as Schema from "effect/Schema"
import { type Distiset, generatorStep, type Row, runPromise, step } from "../../src/index.ts"
import type { UntypedPipeline } from "../../src/pipeline/Pipeline.ts"

/** Rows `{ n: 0 }`, `{ n: 1 }`, … */
export const numbers = <const Name extends string = "numbers">(
  count: number,
  { batchSize = 50, name = "numbers" as Name } = {}
) =>
  generatorStep({
    name,
    outputs: { n: Schema.Number },
    batchSize,
    *process() {
      for (let n = 0; n < count; n++) yield { n }
    }
  })

/** Adds `name` to the row's `seen`, one row a call, after up to 5 ms. */
export const slow = <const Name extends string>(
  name: Name,
  fails: (n: number) => boolean = () => false
) =>
  step({
    name,
    inputs: { n: Schema.Number },
    outputs: { seen: Schema.String },
    inputBatchSize: 1,
    process: async (rows) => {
      // Pseudo-random, so that rows overtake each other the same way on every run.
      await new Promise((resolve) =>
        setTimeout(resolve, (rows[0]!.n * 7919 + name.length * 31) % 6)
      )
      return rows.map(({ n }) => {
        if (fails(n)) throw new Error(`no ${n}`)
        return { seen: `${name}${n}` }
      })
    }
  })

/** Runs a pipeline and gives the rows and error rows of each subset. */
export const rowsOf = async (
  pipeline: UntypedPipeline,
  options: { readonly retryFailed?: boolean } = {}
): Promise<
  Readonly<
    Record<string, { readonly rows: ReadonlyArray<Row>; readonly errors: ReadonlyArray<Row> }>
  >
> => {
  const distiset = (await runPromise(pipeline, {
    progress: "none",
    ...options
  } as never)) as Distiset<Readonly<Record<string, Row>>>
  const subsets = await Promise.all(
    Object.entries(distiset.subsets).map(async ([name, subset]) => {
      const errors = (await Array.fromAsync(
        subset.errors()
      )) as ReadonlyArray<unknown> as ReadonlyArray<Row>
      return [name, { rows: await subset.toArray(), errors }] as const
    })
  )
  return Object.fromEntries(subsets)
}
