/** Draws rows at random from rows that the program already has. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { isOptional } from "../columns/Columns.ts"
import { inferColumns } from "../columns/infer.ts"
import type { Names, RenamedOut } from "../columns/mapping.ts"
import { randomNumbers } from "../columns/random.ts"
import type { Row } from "../columns/Row.ts"
import { required } from "../columns/Shape.ts"
import { define, defined } from "../step/Definition.ts"
import type { GeneratorParameters } from "../step/makeStep.ts"
import { SamplesOption } from "../step/options.ts"
import type { GeneratorStep } from "../step/Step.ts"
import { stepOf } from "../step/stepOf.ts"

/** Parameters of `DataSampler`. */
export interface DataSamplerParameters extends GeneratorParameters {
  /** Rows drawn for each row that it gives. Default 2. */
  readonly size?: number
  /** Rows that it gives. Default 100. */
  readonly samples?: number
  /** Decides what is drawn. Default 42. */
  readonly seed?: number
}

export interface DataSamplerOptions<
  Name extends string,
  Data extends object,
  OutputMap
> extends DataSamplerParameters {
  readonly name: Name
  /** The rows to draw from. */
  readonly data: ReadonlyArray<Data>
  /** New names for columns: `{ prompt: "prompts" }`. */
  readonly outputMappings?: OutputMap
}

const Count = Schema.Int.check(Schema.isGreaterThan(0))

export const definition = define({
  type: "DataSampler",
  about:
    "Gives rows whose columns are lists: each list holds the values of rows drawn at random from `data`, the same row perhaps more than once.",
  options: {
    data: SamplesOption,
    size: Schema.optionalKey(Count),
    samples: Schema.optionalKey(Count),
    seed: Schema.optionalKey(Schema.Int)
  },
  defaults: { size: 2, samples: 100, seed: 42 },
  parameters: ["size", "samples", "seed"],
  python: { lacks: ["seed"] }
})

/**
 * Gives rows whose columns are lists: each list holds the values of rows drawn at random from
 * `data`, the same row perhaps more than once. For prompts with examples that change from row to
 * row. The same seed draws the same.
 *
 * @example
 *   const examples = DataSampler({ name: "examples", data: [{ example: "A haiku." }, { example: "A limerick." }], size: 2, samples: 10 })
 *
 * @adds the columns of the rows, each a list of `size` values; null where a drawn row lacks the column
 * @fails StepFailed if there are no rows to draw from
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/datasampler/
 */
export const DataSampler = defined(
  definition,
  <const Name extends string, Data extends object, const OutputMap extends Names<Data> = {}>(
    options: DataSamplerOptions<Name, Data, OutputMap>
  ): GeneratorStep<
    Name,
    RenamedOut<
      {
        readonly [C in keyof Data]-?: ReadonlyArray<
          {} extends Pick<Data, C> ? Exclude<Data[C], undefined> | null : Data[C]
        >
      },
      {},
      OutputMap
    >,
    DataSamplerParameters
  > => {
    const rows = options.data as ReadonlyArray<object> as ReadonlyArray<Row>
    const columns = inferColumns(rows)
    return stepOf(definition, options, {
      kind: "generator",
      gives: () => ({
        columns: Object.fromEntries(
          Object.keys(columns).map((column) => [column, listOf(columns[column]!)])
        ),
        // Rows that are to come with the run have columns of their own.
        open: rows.length === 0
      }),
      open: (values) => {
        const { samples: count, seed, size: drawn } = { ...definition.defaults, ...values }
        return Effect.succeed({
          kind: "generator",
          generate: (offset) => sampled(rows, Object.keys(columns), { count, drawn, seed }, offset),
          total: count
        })
      }
    })
  }
)

const listOf = (schema: Schema.Constraint): Schema.Constraint =>
  Schema.Array(
    isOptional(schema) ? Schema.NullOr(required(schema) as Schema.Top) : (schema as Schema.Top)
  )

interface Sampling {
  readonly count: number
  readonly drawn: number
  readonly seed: number
}

function* sampled(
  rows: ReadonlyArray<Row>,
  columns: ReadonlyArray<string>,
  { count, drawn, seed }: Sampling,
  offset: number
): Generator<Row> {
  if (rows.length === 0) throw new Error("there are no rows to draw from. Give some as data.")
  for (let position = offset; position < count; position++) {
    // Each row has its own numbers, so that any row can be the first.
    const random = randomNumbers(`${seed} ${position}`)
    const draws = Array.from({ length: drawn }, () => rows[Math.floor(random() * rows.length)]!)
    yield Object.fromEntries(
      columns.map((column) => [column, draws.map((row) => row[column] ?? null)])
    )
  }
}
