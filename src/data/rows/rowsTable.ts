/** Rows as a table of text: no wider than the terminal, whatever stands in them. */
import { isDate, isUint8Array } from "node:util/types"
import cliTruncate from "cli-truncate"
import stringWidth from "string-width"
import type { Row } from "../../columns/Row.ts"
import { rowText } from "../../columns/rowText.ts"

const narrowest = 8
const between = " │ "
/** More of a cell than a terminal shows is not looked at. */
const longestCell = 1000

/** Rows under the names of their columns. `total` is how many there are; undefined if nobody knows. */
export const rowsTable = (
  name: string,
  rows: ReadonlyArray<Row>,
  total: number | undefined,
  width: number
): string =>
  [
    `${onOneLine(name)}: ${total === undefined ? "rows" : total === 1 ? "1 row" : `${figure(total)} rows`}`,
    ...table(rows, width),
    ...(total === undefined || total <= rows.length
      ? []
      : [`… and ${figure(total - rows.length)} more`])
  ].join("\n")

const figure = (count: number): string => count.toLocaleString("en")

interface Column {
  readonly head: string
  readonly cells: ReadonlyArray<string>
  readonly right: boolean
  readonly width: number
}

const table = (rows: ReadonlyArray<Row>, width: number): ReadonlyArray<string> => {
  const columns = [...new Set(rows.flatMap(Object.keys))].map((name) => columnOf(name, rows))
  if (columns.length === 0) return []
  const fitting = columns.slice(
    0,
    Math.max(1, Math.floor((width + between.length) / (narrowest + between.length)))
  )
  const hidden = columns.slice(fitting.length).map(({ head }) => head)
  const widths = shared(
    fitting.map((column) => column.width),
    width - between.length * (fitting.length - 1)
  )
  const line = (cells: ReadonlyArray<string>, right: (i: number) => boolean): string =>
    cells
      .map((cell, i) => padded(cell, widths[i]!, right(i)))
      .join(between)
      .trimEnd()
  return [
    line(
      fitting.map(({ head }) => head),
      () => false
    ),
    widths.map((columnWidth) => "─".repeat(columnWidth)).join("─┼─"),
    ...rows.map((_, at) =>
      line(
        fitting.map(({ cells }) => cells[at]!),
        (i) => fitting[i]!.right
      )
    ),
    ...(hidden.length === 0
      ? []
      : [
          cliTruncate(
            `and ${hidden.length} more ${hidden.length === 1 ? "column" : "columns"}: ${hidden.join(", ")}`,
            Math.max(narrowest, width)
          )
        ])
  ]
}

const columnOf = (name: string, rows: ReadonlyArray<Row>): Column => {
  const head = onOneLine(name)
  const cells = rows.map((row) => (name in row ? cellText(row[name]) : ""))
  const right =
    rows.some((row) => isNumber(row[name])) &&
    rows.every((row) => row[name] === null || row[name] === undefined || isNumber(row[name]))
  return {
    head,
    cells,
    right,
    width: Math.max(1, stringWidth(head), ...cells.map((cell) => stringWidth(cell)))
  }
}

const isNumber = (value: unknown): boolean => typeof value === "number" || typeof value === "bigint"

const cellText = (value: unknown): string => {
  if (typeof value === "string") return onOneLine(value)
  if (isDate(value)) return Number.isNaN(value.getTime()) ? "no date" : value.toISOString()
  if (isUint8Array(value)) return `${figure(value.length)} bytes`
  if (typeof value !== "object" || value === null) return String(value)
  try {
    return onOneLine(rowText(value as Row))
  } catch {
    return onOneLine(Object.prototype.toString.call(value))
  }
}

/**
 * A model's text may hold what moves a terminal's cursor, changes its colours or turns its
 * direction.
 */
const onOneLine = (text: string): string =>
  text
    .slice(0, longestCell)
    .replaceAll(/\s*[\r\n]+\s*/g, " ⏎ ")
    .replaceAll("\t", " ")
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/gu, "�")
    .trim()

/**
 * Widths that fit into the room there is: narrow columns get what they want, the others share what
 * is left.
 */
const shared = (wanted: ReadonlyArray<number>, room: number): ReadonlyArray<number> => {
  let left = room
  const widths: Array<number> = []
  for (const [done, [i, want]] of [...wanted.entries()].sort(([, a], [, b]) => a - b).entries()) {
    widths[i] = Math.min(want, Math.max(narrowest, Math.floor(left / (wanted.length - done))))
    left -= widths[i]
  }
  return widths
}

const padded = (text: string, width: number, right: boolean): string => {
  const cut = cliTruncate(text, width)
  const space = " ".repeat(Math.max(0, width - stringWidth(cut)))
  return right ? space + cut : cut + space
}
