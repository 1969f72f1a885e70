/** Items: rows on their way through a run, with their place in the order and what waits for them. */
import type { Row } from "../../columns/Row.ts"
import type { RowFailed } from "../../step/StepFailed.ts"
import type { Region } from "./linked.ts"

/**
 * A row's place: the position of the row it came from at the last node that numbered rows, and
 * where several came of one, which of them.
 */
export interface Place {
  readonly position: number
  readonly path: ReadonlyArray<number>
}

/**
 * Something that waits until all rows that came of one row have passed: it counts how many are
 * still on their way.
 */
export interface Token {
  readonly region: Region
  readonly place: Place
  live: number
  /** Rows that reached a join, by branch. */
  arms: Array<Array<Item>> | undefined
}

/** A row on its way. An error row carries why it failed. */
export interface Item extends Place {
  readonly row: Row
  readonly failure: RowFailed | undefined
  readonly tokens: ReadonlyArray<Token>
  /** Which row it is, for those who keep what came of it; see `keys.ts`. */
  readonly key: string | undefined
  /** The source row's hold on an admission credit. */
  readonly credit: Credit | undefined
  /** At a leaf: the row as JSON, where that is known. */
  readonly text: string | undefined
}

/** Counts the rows that came of one source row and are still at work. */
export interface Credit {
  active: number
  /** Rows of it that wait for jobs of batch APIs. */
  resting?: number
}

export const atSource: ReadonlyArray<number> = []

/** Order of rows that came of one. */
export const byPath = (a: Place, b: Place): number => {
  const length = Math.min(a.path.length, b.path.length)
  for (let i = 0; i < length; i++) if (a.path[i] !== b.path[i]) return a.path[i]! - b.path[i]!
  return a.path.length - b.path.length
}

/** Order of rows: by position, then by path. */
export const byPlace = (a: Place, b: Place): number => a.position - b.position || byPath(a, b)
