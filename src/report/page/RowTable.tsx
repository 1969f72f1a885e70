/** A page of rows as a table. Arrow keys go from row to row and from page to page, Enter opens one. */
import { useEffect, useRef } from "preact/hooks"
import type { Row } from "../../columns/Row.ts"
import { count } from "../figures/shownFigures.ts"
import { cellOf } from "../tables/rowShape.ts"
import { isTexts, preview } from "./preview.ts"

export interface RowTableProps {
  readonly rows: ReadonlyArray<readonly [number: number, row: Row]>
  readonly columns: ReadonlyArray<string>
  readonly selected: number | undefined
  readonly select: (number: number) => void
  readonly open: (number: number) => void
  readonly turn: (by: number) => void
  readonly loading: boolean
  readonly empty: boolean
  readonly emptyText: string
}

export const RowTable = ({
  columns,
  empty,
  emptyText,
  loading,
  open,
  rows,
  select,
  selected,
  turn
}: RowTableProps) => {
  const body = useRef<HTMLTableSectionElement>(null)
  const at = Math.max(
    0,
    rows.findIndex(([number]) => number === selected)
  )
  useEffect(() => {
    body.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" })
  }, [selected, rows])
  const move = (to: number): void => {
    const next = rows[to]
    if (next === undefined) return
    select(next[0])
    ;(body.current?.children[to] as HTMLElement | undefined)?.focus()
  }
  const press = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => move(at + 1),
      ArrowUp: () => move(at - 1),
      Home: () => move(0),
      End: () => move(rows.length - 1),
      PageDown: () => turn(1),
      PageUp: () => turn(-1),
      Enter: () => rows[at] && open(rows[at][0])
    }
    const act = moves[event.key]
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    act()
  }
  if (empty) return <p class="empty">{emptyText}</p>
  return (
    <div class="scroll table" aria-busy={loading}>
      <table class="data" aria-label="Rows">
        <thead>
          <tr>
            <th scope="col" class="index">
              <span class="hidden">Row</span>
            </th>
            {columns.map((column) => (
              <th key={column} scope="col" class={columnClass(rows, column)} dir="auto">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={press}>
          {rows.map(([number, row], i) => (
            <tr
              key={number}
              tabIndex={i === at ? 0 : -1}
              aria-selected={number === selected}
              onFocus={() => select(number)}
              onClick={() => getSelection()?.isCollapsed !== false && open(number)}
            >
              <th scope="row" class="index">
                {count(number + 1)}
              </th>
              {columns.map((column) => (
                <Cell key={column} value={cellOf(row, column)} name={columnClass(rows, column)} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const Cell = ({ name, value }: { readonly value: unknown; readonly name: string }) => {
  if (value === undefined || value === null)
    return <td class={`${name} nothing`}>{value === null ? "null" : ""}</td>
  if (value === "") return <td class={`${name} nothing`}>empty</td>
  return (
    <td class={name}>
      <div dir="auto" class={typeof value === "object" && !isTexts(value) ? "clip code" : "clip"}>
        {preview(value)}
      </div>
    </td>
  )
}

const widthOf = (value: unknown): number =>
  typeof value !== "object"
    ? 8
    : Array.isArray(value) && value.length === 0
      ? 2
      : isTexts(value)
        ? preview(value).length
        : 40

/** Numbers line up at their end; texts get room. */
const columnClass = (rows: RowTableProps["rows"], column: string): string => {
  let longest = 0
  let numbers = true
  for (const [, row] of rows) {
    const value = cellOf(row, column)
    if (value === undefined || value === null) continue
    if (typeof value !== "number") numbers = false
    longest = Math.max(longest, typeof value === "string" ? value.length : widthOf(value))
  }
  return numbers && longest > 0
    ? "number"
    : longest > 60
      ? "long"
      : longest > 24
        ? "middle"
        : "brief"
}
