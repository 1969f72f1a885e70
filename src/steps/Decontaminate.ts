/** Decontaminate: which texts hold questions of a benchmark. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Mapped, Names, Renamed, RenamedOut } from "../columns/mapping.ts"
import type { Adds, Row } from "../columns/Row.ts"
import { withColumns } from "../columns/Shape.ts"
import { checkedOptions } from "../step/checkedOptions.ts"
import { define, defined } from "../step/Definition.ts"
import type { StepParameters } from "../step/makeStep.ts"
import type { Step } from "../step/Step.ts"
import { StepFailed } from "../step/StepFailed.ts"
import { stepOf } from "../step/stepOf.ts"
import { Benchmark } from "./filter/Benchmark.ts"
import {
  checkReference,
  mayChange,
  readReference,
  referenceName,
  type ReferenceOptions,
  referenceOptions
} from "./reference.ts"
import { textOf } from "./values/texts.ts"

interface TextRow {
  readonly text: string
}

/** The columns that it adds. */
export interface Decontaminated {
  readonly keep_row_after_decontamination: boolean
  readonly contamination: string | null
}

const added = {
  keep_row_after_decontamination: Schema.Boolean,
  contamination: Schema.NullOr(Schema.String)
}

export interface DecontaminateOptions<
  Name extends string,
  InputMap,
  OutputMap
> extends ReferenceOptions {
  readonly name: Name
  /** The benchmark's columns with texts that must not occur. Default: all that hold texts. */
  readonly columns?: ReadonlyArray<string>
  /** Words in a row that a text and a question must share. Default 13. */
  readonly n?: number
  /** Rows in one call. Default 50. */
  readonly inputBatchSize?: number
  /** The flow's columns under the step's own names: `{ text: "instruction" }`. */
  readonly inputMappings?: InputMap
  /** New names for the columns that the step adds. */
  readonly outputMappings?: OutputMap
}

export const definition = define({
  type: "Decontaminate",
  about: "Marks texts that hold a question of a benchmark, and says which.",
  options: {
    columns: Schema.optionalKey(Schema.Array(Schema.String)),
    n: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
    ...referenceOptions
  },
  defaults: { n: 13 },
  cites: `@misc{brown2020language,
  title = {Language Models are Few-Shot Learners},
  author = {Tom B. Brown and others},
  year = {2020},
  eprint = {2005.14165},
  archivePrefix = {arXiv}
}`
})

/**
 * Marks texts that hold a question of a benchmark, and says which. `FilterRows` then drops them.
 *
 * A text holds a question if `n` words in a row are the same, without regard to capitals and
 * punctuation. A question of fewer words must be the whole text: shorter runs occur by chance. The
 * benchmark is a file, a dataset of the Hub, or rows that the program has.
 *
 * @example
 *   const clean = Decontaminate({
 *     name: "clean",
 *     repoId: "openai/gsm8k",
 *     config: "main",
 *     split: "test",
 *     columns: ["question"],
 *     inputMappings: { text: "instruction" }
 *   })
 *
 * @reads text string
 * @adds keep_row_after_decontamination boolean
 * @adds contamination string or null — the words that both have, and the benchmark's row that has them
 * @fails StepFailed if the benchmark cannot be read, or holds no texts in these columns
 * @source https://arxiv.org/abs/2005.14165
 */
export const Decontaminate = defined(
  definition,
  <
    const Name extends string,
    const InputMap extends Names<TextRow> = {},
    const OutputMap extends Names<Decontaminated> = {}
  >(
    options: DecontaminateOptions<
      Name,
      Mapped<InputMap, TextRow>,
      Mapped<OutputMap, Decontaminated>
    >
  ): Step<
    Name,
    Renamed<TextRow, InputMap>,
    Adds<RenamedOut<Decontaminated, InputMap, OutputMap>>,
    StepParameters
  > => {
    checkedOptions(definition.type, definition.options, {}, options)
    checkReference(`Decontaminate '${options.name}'`, options)
    const { columns, n = definition.defaults.n, name } = options
    return stepOf(
      definition,
      { ...options, ...mayChange(options) },
      {
        kind: "step",
        reads: { text: Schema.String },
        gives: (have) => withColumns(have, added),
        extendsRows: true,
        open: () => {
          const benchmark = new Benchmark(n)
          let texts = 0
          const take = (row: Row, position: number): void => {
            for (const column of columns ?? Object.keys(row)) {
              const text = row[column]
              if (typeof text !== "string") continue
              texts++
              benchmark.add(text, position)
            }
          }
          const worker = {
            kind: "batch" as const,
            process: (rows: ReadonlyArray<Row>) =>
              rows.map((row) => {
                const match = benchmark.find(textOf(row["text"], "text"))
                return {
                  ...row,
                  keep_row_after_decontamination: match === undefined,
                  contamination:
                    match === undefined
                      ? null
                      : `row ${match.item + 1} of ${referenceName(options)}: ${match.words}`
                }
              })
          }
          return Effect.flatMap(readReference(name, options, take), () =>
            texts > 0
              ? Effect.succeed(worker)
              : Effect.fail(
                  new StepFailed({
                    step: name,
                    phase: "load",
                    reason: "NoTexts",
                    detail: `${referenceName(options)} has no texts${columns === undefined ? "" : ` in ${columns.join(", ")}`}, so nothing could be found. Correct columns.`
                  })
                )
          )
        }
      }
    )
  }
)
