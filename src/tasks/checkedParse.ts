/**
 * Checked parsers: what `parse` returns must be what the task declares. A wrong column makes the
 * answer unreadable, so that `retries` and `retryFailed` apply; a column that is not declared is
 * left out.
 */
import * as Effect from "effect/Effect"
import type { Columns } from "../columns/Columns.ts"
import { ColumnProblem, rowDecoder } from "../columns/declaredValues.ts"
import { own } from "../columns/own.ts"
import type { Row } from "../columns/Row.ts"
import { undeclaredColumn } from "../step/undeclared.ts"
import { warning } from "../step/warnings.ts"
import type { AnswerDetails, NoAnswer } from "./Answer.ts"
import { settled, type Working } from "./Working.ts"

/** Columns from an answer. Throws if it cannot be read. */
export type Parse = (answer: string | null, row: Row, details: AnswerDetails) => Working<Row>

/** Columns that a task's parser returns without declaring them: each is warned of once. */
export class UndeclaredColumns {
  readonly #task: string
  readonly #declared: ReadonlyArray<string>
  readonly #seen = new Set<string>()
  #unsaid: Array<string> = []

  constructor(spec: { readonly options: { readonly name: string }; readonly outputs: Columns }) {
    this.#task = spec.options.name
    this.#declared = Object.keys(spec.outputs)
  }

  add(column: string): void {
    if (this.#seen.has(column)) return
    this.#seen.add(column)
    this.#unsaid.push(column)
  }

  get warn(): Effect.Effect<void> {
    const columns = this.#unsaid
    if (columns.length === 0) return Effect.void
    this.#unsaid = []
    return Effect.forEach(
      columns,
      (column) => warning(undeclaredColumn(this.#task, column, this.#declared)),
      { discard: true }
    )
  }
}

/** The columns of an answer. Fails with what the parser throws. */
export type Reading = (
  answer: string | null,
  row: Row,
  details: AnswerDetails
) => Effect.Effect<Row, unknown>

/** A parser that fails where there is no answer, or its columns are not the declared ones. */
export const checkedParse = (
  parse: Parse,
  {
    nulls,
    outputs,
    undeclared
  }: {
    readonly nulls: NoAnswer
    readonly outputs: Columns
    readonly undeclared: UndeclaredColumns
  }
): Reading => {
  const decode = rowDecoder(outputs)
  const orNulls = decodedOrNull(outputs)
  const declaredOf = (columns: Row): Row => {
    let areDeclared = true
    for (const column in columns) areDeclared &&= Object.hasOwn(outputs, column)
    if (areDeclared) return columns
    const extra = Object.keys(columns).filter((column) => !Object.hasOwn(outputs, column))
    for (const column of extra) undeclared.add(column)
    return Object.fromEntries(Object.entries(columns).filter(([column]) => !extra.includes(column)))
  }
  return (answer, row, details) => {
    const parsed = settled(() => parse(answer, row, details))
    // Who calls tools need not say anything.
    if ((answer === null || answer.trim() === "") && details.toolCalls.length === 0)
      return nulls === "error"
        ? Effect.fail(
            new Error(answer === null ? "the model gave no answer" : "the answer is empty")
          )
        : // A parser may have nothing to say of a missing or empty answer.
          parsed.pipe(
            Effect.orElseSucceed((): Row => ({})),
            Effect.map((columns) => declaredOf(orNulls(columns)))
          )
    return Effect.flatMap(parsed, (returned) => {
      const columns = decode(returned)
      return columns instanceof ColumnProblem
        ? Effect.fail(new Error(columns.detail))
        : Effect.succeed(declaredOf(columns))
    })
  }
}

/** A row's columns, null where one is absent or does not hold what is declared. */
const decodedOrNull = (outputs: Columns): ((row: Row) => Row) => {
  const decoders = Object.entries(outputs).map(
    ([column, schema]) => [column, rowDecoder({ [column]: schema })] as const
  )
  return (row) => ({
    ...row,
    ...Object.fromEntries(
      decoders.map(([column, decode]) => {
        const decoded = decode(row)
        return [column, decoded instanceof ColumnProblem ? null : (own(decoded, column) ?? null)]
      })
    )
  })
}
