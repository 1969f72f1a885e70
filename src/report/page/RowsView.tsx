/**
 * The rows of a subset, or those that failed: searched, filtered, page by page, and one of them
 * opened beside.
 */
import { useEffect, useMemo, useRef, useState } from "preact/hooks"
import { counted } from "../../words/figures.ts"
import type { ReportSubset } from "../figures/ReportData.ts"
import type { RunFigures } from "../figures/RunFigures.ts"
import { count, percent } from "../figures/shownFigures.ts"
import type { Query } from "../tables/Query.ts"
import { columnsOf } from "../tables/rowShape.ts"
import { FileChooser } from "./FileChooser.tsx"
import { Filters } from "./Filters.tsx"
import { Reasons } from "./Reasons.tsx"
import { RowDetail } from "./RowDetail.tsx"
import { RowTable } from "./RowTable.tsx"
import type { TableClient } from "./TableClient.ts"
import { type ChosenFiles, useRows, useSearch, useTable } from "./useTable.ts"

const pageSize = 50

export interface RowsViewProps {
  readonly client: TableClient
  readonly figures: RunFigures | undefined
  readonly subsets: ReadonlyArray<ReportSubset>
  readonly subset: ReportSubset
  readonly kind: "rows" | "errors"
  readonly chosen: ChosenFiles
  readonly choose: (files: Iterable<File>) => void
  readonly query: Query
  readonly setQuery: (query: Query) => void
  /** The number of the row that is open. */
  readonly opened: number | undefined
  readonly go: (
    next: { readonly subset?: string; readonly row?: number | undefined },
    quietly?: boolean
  ) => void
}

export const RowsView = ({
  choose,
  chosen,
  client,
  figures,
  go,
  kind,
  opened,
  query,
  setQuery,
  subset,
  subsets
}: RowsViewProps) => {
  const held = subset[kind]
  const table = useTable(client, held, chosen)
  const found = useSearch(client, table, query)
  const total = found.numbers?.length ?? table.count
  const [page, setPage] = useState(() => Math.floor((opened ?? 0) / pageSize))
  const first = page * pageSize
  const numbers = useMemo(() => {
    const end = Math.min(first + pageSize, total)
    return (
      found.numbers?.slice(first, end) ??
      Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i)
    )
  }, [found.numbers, first, Math.min(total, first + pageSize)])
  const { error, loading, rows } = useRows(client, table, numbers)
  const columns = useColumns(rows.map(([, row]) => row))
  const [selected, select] = useState<number | undefined>(opened)
  const searched = useRef(query)
  useEffect(() => {
    // What is looked for begins at its first page.
    if (searched.current !== query) setPage(0)
    searched.current = query
  }, [query])
  const place = opened === undefined ? -1 : (found.numbers?.indexOf(opened) ?? opened)
  const show = (at: number): void => {
    const number = found.numbers === undefined ? at : found.numbers[at]
    if (number === undefined || at < 0 || at >= total) return
    setPage(Math.floor(at / pageSize))
    select(number)
    go({ row: number }, true)
  }
  const openRow = useRows(
    client,
    table,
    useMemo(() => (opened === undefined ? [] : [opened]), [opened])
  )
  const [detail] = openRow.rows
  const close = (): void => {
    go({ row: undefined }, true)
    // Whoever came with keys goes on where they were.
    requestAnimationFrame(() =>
      document.querySelector<HTMLElement>(".data tbody tr[tabindex='0']")?.focus()
    )
  }
  useKeys({
    close: opened === undefined ? undefined : close,
    clear: () => setQuery({ text: "", conditions: [] })
  })
  const pages = Math.max(1, Math.ceil(total / pageSize))
  const noun = kind === "errors" ? "error row" : "row"
  return (
    <div class={opened === undefined ? "rows" : "rows with-detail"}>
      <div class="toolbar">
        {subsets.length > 1 && (
          <label class="select">
            <span class="hidden">Subset</span>
            <select
              value={subset.name}
              onChange={(event) => go({ subset: event.currentTarget.value })}
            >
              {subsets.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        )}
        <Filters query={query} setQuery={setQuery} columns={columns} noun={noun} />
      </div>
      {kind === "errors" && figures !== undefined && (
        <Reasons figures={figures} query={query} setQuery={setQuery} />
      )}
      {!table.whole && <FileChooser rows={held} noun={noun} choose={choose} />}
      <div class="status" role="status">
        <span>
          {table.error !== undefined || error !== undefined ? (
            <span class="bad">{table.error ?? error}</span>
          ) : found.numbers !== undefined ? (
            `${counted(total, noun)} found${found.progress === undefined ? (found.stopped ? ", stopped before the end" : "") : `, ${percent(found.progress)} looked through`}`
          ) : table.id === undefined ? (
            "opening…"
          ) : (
            `${count(table.count)}${table.counted ? "" : "+"} ${noun}${table.count === 1 ? "" : "s"}${table.whole ? "" : " in this page"}`
          )}
        </span>
        {found.progress !== undefined && (
          <>
            <progress value={found.progress} aria-label="Search" />
            <button type="button" class="quiet" onClick={found.stop}>
              Stop
            </button>
          </>
        )}
        <Pager page={page} pages={pages} setPage={setPage} />
      </div>
      <RowTable
        rows={rows}
        columns={columns}
        selected={selected}
        select={select}
        loading={loading}
        empty={total === 0 && table.id !== undefined && found.progress === undefined}
        emptyText={
          found.numbers !== undefined
            ? "Nothing fits."
            : kind === "errors"
              ? "No row failed."
              : "There are no rows."
        }
        open={(number) => go({ row: number }, opened !== undefined)}
        turn={(by) => setPage(Math.max(0, Math.min(pages - 1, page + by)))}
      />
      {opened !== undefined && (
        <RowDetail
          key={opened}
          number={opened}
          noun={noun}
          row={detail !== undefined && detail[0] === opened ? detail[1] : undefined}
          error={openRow.error}
          figures={figures}
          previous={place > 0 ? () => show(place - 1) : undefined}
          next={place >= 0 && place + 1 < total ? () => show(place + 1) : undefined}
          close={close}
        />
      )}
    </div>
  )
}

/** Columns in the order in which they were first seen; none goes away when a page lacks it. */
const useColumns = (rows: Parameters<typeof columnsOf>[0]): ReadonlyArray<string> => {
  const seen = useRef<ReadonlyArray<string>>([])
  const now = columnsOf(rows)
  if (now.some((column) => !seen.current.includes(column)))
    seen.current = [...new Set([...seen.current, ...now])]
  return seen.current
}

const Pager = ({
  page,
  pages,
  setPage
}: {
  readonly page: number
  readonly pages: number
  readonly setPage: (page: number) => void
}) => {
  // What is being written stays while rows come in.
  const [written, write] = useState<string | undefined>()
  if (pages < 2) return null
  const turn = (to: number): void => {
    write(undefined)
    setPage(Math.max(0, Math.min(pages - 1, Number.isInteger(to) ? to : page)))
  }
  return (
    <nav class="pager" aria-label="Pages">
      <button
        type="button"
        aria-label="Previous page"
        disabled={page === 0}
        onClick={() => turn(page - 1)}
      >
        ‹
      </button>
      <label>
        Page{" "}
        <input
          type="number"
          min={1}
          max={pages}
          value={written ?? page + 1}
          onInput={(event) => write(event.currentTarget.value)}
          onChange={(event) => turn(Number(event.currentTarget.value) - 1)}
        />{" "}
        of {count(pages)}
      </label>
      <button
        type="button"
        aria-label="Next page"
        disabled={page + 1 >= pages}
        onClick={() => turn(page + 1)}
      >
        ›
      </button>
    </nav>
  )
}

/** Esc closes the row that is open, or else forgets what is looked for; a slash goes to the search. */
const useKeys = ({
  clear,
  close
}: {
  readonly close: (() => void) | undefined
  readonly clear: () => void
}): void => {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const writing =
        event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement
      if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey) {
        event.preventDefault()
        document.getElementById("search")?.focus()
      } else if (event.key === "Escape") {
        if (close !== undefined) close()
        else if (writing) clear()
      }
    }
    addEventListener("keydown", press)
    return () => removeEventListener("keydown", press)
  })
}
