/**
 * Tables as parts of the page use them: opened when they are looked at, counted and searched in the
 * background.
 */
import { useEffect, useState } from "preact/hooks"
import type { Row } from "../../columns/Row.ts"
import type { ReportFile, ReportRows } from "../figures/ReportData.ts"
import { isEmpty, type Query } from "../tables/Query.ts"
import type { FileSource, TableSource } from "../tables/TableService.ts"
import type { TableClient } from "./TableClient.ts"

/** Files that the reader has chosen, by name. */
export type ChosenFiles = ReadonlyMap<string, File>

/** The name under which a file may be chosen: a run that is done by now has given it its own. */
const chosenFor = ({ name }: ReportFile, chosen: ChosenFiles): File | undefined =>
  chosen.get(name) ?? chosen.get(name.replace(/\.partial$/, ""))

/** Where all rows can be read; undefined where only the page's own are at hand. */
const wholeSource = ({ files }: ReportRows, chosen: ChosenFiles): TableSource | undefined => {
  const sources = files.flatMap((file): ReadonlyArray<FileSource> => {
    const { bytes, type, url } = file
    if (url !== undefined) return [{ type, url: new URL(url, location.href).href, bytes }]
    const blob = chosenFor(file, chosen)
    return blob === undefined ? [] : [{ type, blob, bytes: blob.size }]
  })
  return files.length > 0 && sources.length === files.length ? { files: sources } : undefined
}

export interface OpenTable {
  /** The name under which it is open; undefined until it is. */
  readonly id: string | undefined
  /** Rows as far as they are counted, and whether that is all. */
  readonly count: number
  readonly counted: boolean
  /** Whether these are all rows of the file, or only those that the page holds. */
  readonly whole: boolean
  readonly error: string | undefined
}

let opened = 0

export const useTable = (client: TableClient, rows: ReportRows, chosen: ChosenFiles): OpenTable => {
  const [table, setTable] = useState<OpenTable>(nothingOpen)
  useEffect(() => {
    const source = rows.complete ? undefined : wholeSource(rows, chosen)
    const whole = rows.complete || source !== undefined
    const id = `table ${opened++}`
    const stop = new AbortController()
    const tell = (next: OpenTable): void => {
      if (!stop.signal.aborted) setTable(next)
    }
    setTable(nothingOpen)
    const open = async (): Promise<void> => {
      const count = await client.open(id, source ?? { rows: rows.sample })
      if (count !== undefined) return tell({ id, count, counted: true, whole, error: undefined })
      tell({ id, count: 0, counted: false, whole, error: undefined })
      const all = await client.count(
        id,
        (progress) => tell({ id, count: progress.count, counted: false, whole, error: undefined }),
        stop.signal
      )
      tell({ id, count: all, counted: true, whole, error: undefined })
    }
    open().catch((error: unknown) => tell({ ...nothingOpen, error: (error as Error).message }))
    return () => stop.abort()
  }, [client, rows, chosen])
  return table
}

const nothingOpen: OpenTable = {
  id: undefined,
  count: 0,
  counted: false,
  whole: true,
  error: undefined
}

/** What a query has found. */
export interface Found {
  /** Numbers of the rows; undefined where nothing is looked for. */
  readonly numbers: ReadonlyArray<number> | undefined
  /** Undefined when all was looked at. */
  readonly progress: number | undefined
  readonly stopped: boolean
  readonly stop: () => void
}

const all: Found = { numbers: undefined, progress: undefined, stopped: false, stop: () => {} }

/** Rows that fit a query, as they are found. */
export const useSearch = (client: TableClient, { id }: OpenTable, query: Query): Found => {
  const [found, setFound] = useState<Found>(all)
  useEffect(() => {
    if (id === undefined || isEmpty(query)) {
      setFound(all)
      return undefined
    }
    const stop = new AbortController()
    let left = false
    let numbers: ReadonlyArray<number> = []
    const state = (progress: number | undefined, stopped = false): Found => ({
      numbers,
      progress,
      stopped,
      stop: () => stop.abort()
    })
    setFound(state(0))
    client
      .search(
        id,
        query,
        ({ found = [], progress }) => {
          numbers = found.length === 0 ? numbers : [...numbers, ...found]
          if (!left) setFound(state(progress))
        },
        stop.signal
      )
      .then(
        () => left || setFound(state(undefined, stop.signal.aborted)),
        () => left || setFound(state(undefined, true))
      )
    return () => {
      left = true
      stop.abort()
    }
  }, [client, id, query])
  return found
}

/** Rows with their numbers, kept until the next ones are there. */
export const useRows = (
  client: TableClient,
  { id }: OpenTable,
  numbers: ReadonlyArray<number>
): {
  readonly rows: ReadonlyArray<readonly [number: number, row: Row]>
  readonly error: string | undefined
  readonly loading: boolean
} => {
  const key = `${id} ${numbers.join(" ")}`
  const [state, setState] = useState<{
    readonly key: string
    readonly rows: ReadonlyArray<readonly [number, Row]>
    readonly error: string | undefined
  }>({ key: "", rows: [], error: undefined })
  useEffect(() => {
    if (id === undefined) return undefined
    let left = false
    client.rows(id, numbers).then(
      (rows) =>
        left ||
        setState({
          key,
          rows: rows.map((row, i) => [numbers[i]!, row] as const),
          error: undefined
        }),
      (error: unknown) => left || setState({ key, rows: [], error: (error as Error).message })
    )
    return () => {
      left = true
    }
  }, [client, key])
  return { rows: state.rows, error: state.error, loading: state.key !== key }
}
