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
import type { Parse } from "./answers.ts"

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
    this.#unsaid = []
    return Effect.forEach(
      columns,
      (column) => warning(undeclaredColumn(this.#task, column, this.#declared)),
      { discard: true }
    )
  }
}

/** A parser that throws where there is no answer, or its columns are not the declared ones. */
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
): Parse => {
  const decode = rowDecoder(outputs)
  const orNulls = decodedOrNull(outputs)
  const declaredOf = (columns: Row): Row => {
    const extra = Object.keys(columns).filter((column) => !Object.hasOwn(outputs, column))
    for (const column of extra) undeclared.add(column)
    return extra.length === 0
      ? columns
      : Object.fromEntries(Object.entries(columns).filter(([column]) => !extra.includes(column)))
  }
  return (answer, row, details) => {
    if (answer === null || answer.trim() === "") {
      if (nulls === "error")
        throw new Error(answer === null ? "the model gave no answer" : "the answer is empty")
      return declaredOf(orNulls(ofNone(parse, answer, row, details)))
    }
    const columns = decode(parse(answer, row, details))
    if (columns instanceof ColumnProblem) throw new Error(columns.detail)
    return declaredOf(columns)
  }
}

/** What a parser makes of a missing or empty answer: nothing, if it has nothing to say of one. */
const ofNone = (parse: Parse, answer: string | null, row: Row, details: AnswerDetails): Row => {
  try {
    return parse(answer, row, details)
  } catch {
    return {}
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
