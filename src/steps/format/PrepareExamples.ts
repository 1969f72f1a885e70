/** PrepareExamples: pairs of queries and calls as text for a prompt. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Mapped, MappedRows, Names, Renamed } from "../../columns/mapping.ts"
import type { RowFunction } from "../../columns/Row.ts"
import { define, defined } from "../../step/Definition.ts"
import type { StepParameters } from "../../step/makeStep.ts"
import type { Step } from "../../step/Step.ts"
import { stepOf } from "../../step/stepOf.ts"

/** What an example is made of. */
interface Pairs {
  readonly query: ReadonlyArray<string>
  readonly answers: ReadonlyArray<unknown>
}

/** Nothing but the examples. */
export interface OnlyExamples extends RowFunction {
  readonly result: { readonly examples: string }
}

export interface PrepareExamplesOptions<Name extends string, InputMap = {}, OutputMap = {}> {
  readonly name: Name
  /** How a pair is written: `{query}` and `{answers}` stand for its parts. */
  readonly template?: string
  /** The flow's columns under the step's own names: `{ query: "question" }`. */
  readonly inputMappings?: InputMap
  /** New names for the text: `{ examples: "shots" }`. */
  readonly outputMappings?: OutputMap
  /** Rows in one call. Default 50. */
  readonly inputBatchSize?: number
}

const usualTemplate = "## Query:\n{query}\n## Answers:\n{answers}"

export const definition = define({
  type: "PrepareExamples",
  about: "Writes pairs of queries and answers as one text, for a prompt that shows examples.",
  options: { template: Schema.optionalKey(Schema.String) },
  defaults: { template: usualTemplate },
  python: {}
})

/**
 * Writes pairs of queries and answers as one text, for a prompt that shows examples. Rows keep
 * nothing else.
 *
 * @example
 *   const prepare = PrepareExamples({ name: "prepare", template: "Q: {query}\nA: {answers}" })
 *
 * @reads query list of strings
 * @reads answers list of values, one for each query
 * @adds examples string
 * @fails RangeError if the template has other places than `{query}` and `{answers}`
 * @source https://distilabel.argilla.io/latest/components-gallery/
 */
export const PrepareExamples = defined(
  definition,
  <
    const Name extends string,
    const InputMap extends Names<Pairs> = {},
    const OutputMap extends Names<OnlyExamples["result"]> = {}
  >(
    options: PrepareExamplesOptions<
      Name,
      Mapped<InputMap, Pairs>,
      Mapped<OutputMap, OnlyExamples["result"]>
    >
  ): Step<
    Name,
    Renamed<Pairs, InputMap>,
    MappedRows<OnlyExamples, InputMap, OutputMap>,
    StepParameters
  > => {
    const { name, template = usualTemplate } = options
    const strange = [...template.matchAll(place)].find(([, what]) => !parts.includes(what!))
    if (strange !== undefined)
      throw new RangeError(
        `PrepareExamples '${name}' has '${strange[0]}' in its template. There are {query} and {answers}.`
      )
    return stepOf(definition, options, {
      kind: "step",
      reads: { query: Schema.Array(Schema.String), answers: Schema.Array(Schema.Unknown) },
      gives: () => ({ columns: { examples: Schema.String }, open: false }),
      open: () =>
        Effect.succeed({
          kind: "batch",
          process: (rows) =>
            rows.map(({ answers, query }) => ({
              examples: pairsOf(query, answers)
                .map((pair) => template.replaceAll(place, (_, what: string) => pair[what]!))
                .join("\n\n")
            }))
        })
    })
  }
)

const place = /\{(\w+)\}/g
const parts = ["query", "answers"]

const pairsOf = (
  queries: unknown,
  answers: unknown
): ReadonlyArray<Readonly<Record<string, string>>> => {
  if (!Array.isArray(queries) || !Array.isArray(answers))
    throw new Error(`'${Array.isArray(queries) ? "answers" : "query"}' is no list`)
  if (queries.length !== answers.length)
    throw new Error(`there are ${queries.length} queries and ${answers.length} answers`)
  return queries.map((query: unknown, i) => ({
    query: written(query),
    answers: written(answers[i])
  }))
}

const written = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value)
