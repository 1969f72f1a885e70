/** Tables: rows that are read when they are looked at. */
import type { Row } from "../../columns/Row.ts"

/** Some rows that lie together. */
export interface RowBlock {
  /** The number of the first; the table's first row is 0. */
  readonly first: number
  readonly count: number
  /** The rows with their numbers, without those of which it is known that nobody looks for them. */
  readonly rows: ReadonlyArray<readonly [number: number, row: Row]>
  /** The share of the table that lies before the end of these rows. */
  readonly progress: number
}

export interface Table {
  /** How many rows there are; undefined where they must be counted first. */
  readonly count: number | undefined
  /** Rows by their numbers; fewer at the end. */
  readonly rows: (from: number, to: number) => Promise<ReadonlyArray<Row>>
  /**
   * All rows in order, block by block. Rows that cannot hold a text may be left out; it is in small
   * letters.
   */
  readonly blocks: (holding?: string) => AsyncGenerator<RowBlock>
  /**
   * Counts the rows, and tells how many there are so far, with the share of the table that was
   * looked at.
   */
  readonly countRows: (
    told: (count: number, progress: number) => void,
    signal: AbortSignal
  ) => Promise<number>
}

/** Rows that are there already. */
export const listTable = (rows: ReadonlyArray<Row>): Table => ({
  count: rows.length,
  rows: async (from, to) => rows.slice(from, to),
  async *blocks() {
    if (rows.length > 0)
      yield {
        first: 0,
        count: rows.length,
        rows: rows.map((row, i) => [i, row] as const),
        progress: 1
      }
  },
  countRows: async () => rows.length
})

/** The rows of several tables, one after the other. */
export const joinedTable = (tables: ReadonlyArray<Table>): Table => {
  const [only] = tables
  if (only !== undefined && tables.length === 1) return only
  const counts: Array<number> = tables.map(({ count }) => count ?? -1)
  const countOf = async (
    i: number,
    told: (count: number, progress: number) => void = () => {},
    signal = new AbortController().signal
  ): Promise<number> => {
    if (counts[i]! < 0) {
      const count = await tables[i]!.countRows(told, signal)
      if (!signal.aborted) counts[i] = count
      return count
    }
    return counts[i]!
  }
  return {
    get count() {
      return counts.every((count) => count >= 0)
        ? counts.reduce((sum, count) => sum + count, 0)
        : undefined
    },
    rows: async (from, to) => {
      const found: Array<Row> = []
      let before = 0
      for (let i = 0; i < tables.length && before < to; i++) {
        const here = counts[i]! >= 0 ? counts[i]! : undefined
        // Of a table that nobody has counted, rows are asked for before it is counted.
        if (here === undefined || before + here > from)
          found.push(...(await tables[i]!.rows(Math.max(0, from - before), to - before)))
        if (found.length >= to - from) break
        before += await countOf(i)
      }
      return found
    },
    async *blocks(holding) {
      let before = 0
      for (const [i, table] of tables.entries()) {
        let seen = 0
        for await (const { count, first, progress, rows } of table.blocks(holding)) {
          seen = first + count
          const start = before
          yield {
            first: start + first,
            count,
            rows: rows.map(([number, row]) => [start + number, row] as const),
            progress: (i + progress) / tables.length
          }
        }
        counts[i] = seen
        before += seen
      }
    },
    countRows: async (told, signal) => {
      let before = 0
      for (const i of tables.keys()) {
        if (signal.aborted) break
        before += await countOf(
          i,
          (count, progress) => told(before + count, (i + progress) / tables.length),
          signal
        )
        told(before, (i + 1) / tables.length)
      }
      return before
    }
  }
}
