/** One row in full: its columns, how it came about, and its JSON. */
import { useEffect, useRef, useState } from "preact/hooks"
import { metadataColumn } from "../../columns/metadata.ts"
import type { Row } from "../../columns/Row.ts"
import { counted } from "../../words/figures.ts"
import type { RunFigures } from "../figures/RunFigures.ts"
import { count } from "../figures/shownFigures.ts"
import { isFailed } from "../tables/rowShape.ts"
import { Field } from "./CellView.tsx"
import { JsonTree } from "./JsonTree.tsx"
import { lineageOf } from "./lineage.ts"
import { Failure, LineageView } from "./LineageView.tsx"

export interface RowDetailProps {
  readonly number: number
  readonly noun: string
  readonly row: Row | undefined
  readonly error: string | undefined
  readonly figures: RunFigures | undefined
  readonly previous: (() => void) | undefined
  readonly next: (() => void) | undefined
  readonly close: () => void
}

type Tab = "columns" | "lineage" | "json"
/** The part that was looked at last is shown of the next row too. */
let lastTab: Tab = "columns"

export const RowDetail = ({
  close,
  error,
  figures,
  next,
  noun,
  number,
  previous,
  row
}: RowDetailProps) => {
  const [tab, setTab] = useState(lastTab)
  const panel = useRef<HTMLElement>(null)
  useEffect(() => panel.current?.focus({ preventScroll: true }), [])
  const press = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey)
      return
    const act =
      event.key === "ArrowLeft" || event.key === "k"
        ? previous
        : event.key === "ArrowRight" || event.key === "j"
          ? next
          : undefined
    if (act === undefined) return
    event.preventDefault()
    act()
  }
  const choose = (each: Tab): void => {
    lastTab = each
    setTab(each)
  }
  const steps = row === undefined ? 0 : lineageOf(row, figures).length
  return (
    <aside
      class="detail"
      ref={panel}
      tabIndex={-1}
      aria-label={`${noun} ${number + 1}`}
      onKeyDown={press}
    >
      <header>
        <h2>
          {noun === "row" ? "Row" : "Error row"} {count(number + 1)}
        </h2>
        <span class="segments small" role="group" aria-label="What is shown of the row">
          <button type="button" aria-pressed={tab === "columns"} onClick={() => choose("columns")}>
            Columns
          </button>
          <button type="button" aria-pressed={tab === "lineage"} onClick={() => choose("lineage")}>
            Lineage
          </button>
          <button type="button" aria-pressed={tab === "json"} onClick={() => choose("json")}>
            JSON
          </button>
        </span>
        <span class="ways">
          <button
            type="button"
            aria-label="Previous row"
            title="Previous row (←)"
            disabled={previous === undefined}
            onClick={previous}
          >
            ‹
          </button>
          <button
            type="button"
            aria-label="Next row"
            title="Next row (→)"
            disabled={next === undefined}
            onClick={next}
          >
            ›
          </button>
          <button type="button" aria-label="Close" title="Close (Esc)" onClick={close}>
            ×
          </button>
        </span>
      </header>
      {error !== undefined && <p class="bad">{error}</p>}
      {row !== undefined && (
        <div class="content">
          {isFailed(row) && tab === "columns" && <Failure row={row} />}
          {tab === "columns" && <Columns row={isFailed(row) ? row.row : row} />}
          {tab === "lineage" && <LineageView row={row} figures={figures} />}
          {tab === "json" && <JsonTree value={row} />}
          {tab === "columns" && steps > 0 && (
            <button type="button" class="quiet" onClick={() => choose("lineage")}>
              How it came about: {counted(steps, "step")}
            </button>
          )}
        </div>
      )}
    </aside>
  )
}

const manyColumns = 30

const Columns = ({ row }: { readonly row: Row }) => {
  const [sought, seek] = useState("")
  const columns = Object.entries(row).filter(([column]) => column !== metadataColumn)
  const shown =
    sought === ""
      ? columns
      : columns.filter(([column]) => column.toLowerCase().includes(sought.toLowerCase()))
  return (
    <>
      {columns.length > manyColumns && (
        <input
          type="search"
          class="seek"
          placeholder={`Find one of ${counted(columns.length, "column")}`}
          aria-label="Find a column"
          value={sought}
          onInput={(event) => seek(event.currentTarget.value)}
        />
      )}
      {shown.map(([column, value]) => (
        <Field key={column} name={column} value={value} />
      ))}
      {columns.length === 0 && <p class="nothing">This row has no columns.</p>}
    </>
  )
}
