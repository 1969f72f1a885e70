/**
 * Workers: steps that are open and ready. The engine calls them; they know nothing of queues, ids
 * or files.
 */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { Columns } from "../columns/Columns.ts"
import type { Row } from "../columns/Row.ts"
import type { AnsweredLate } from "./Attempts.ts"
import type { RowFailed } from "./StepFailed.ts"

/**
 * What user code may return: the values, or a promise, an effect, a stream or an (async) iterable
 * of them. `R` are the services that the effect or the stream requires.
 */
export type Produced<A, R = never> =
  // Iterable already, but the compiler explains what does not fit by the member that is most alike.
  | ReadonlyArray<A>
  | Iterable<A>
  | AsyncIterable<A>
  | PromiseLike<Iterable<A>>
  | Effect.Effect<Iterable<A>, unknown, R>
  | Stream.Stream<A, unknown, R>

/** One row that came out, and why it is an error row if it is one. */
export interface Outcome {
  readonly row: Row
  readonly failure?: RowFailed | undefined
}

/** Rows that come some at a time, as files give them. */
export class RowChunks {
  readonly chunks: AsyncIterable<ReadonlyArray<Row>>

  constructor(chunks: AsyncIterable<ReadonlyArray<Row>>) {
    this.chunks = chunks
  }
}

/** A generator at work, as whoever reads from it sees it. */
export interface SourceAtWork extends Pick<RowAtWork, "onRequests" | "onLate"> {
  /** Is told that a call was left since the run is to stop: the work is not to be waited for. */
  onLeft(): void
  /** No row from this position on is wanted: nothing need be asked for it ahead. */
  readonly most: number
  /** The position of the row that is made now. */
  readonly position: () => number
  /** What the generator kept when it had made the rows before; undefined if it begins anew. */
  readonly state: unknown
}

/** Makes rows, from position `offset` on. */
export interface GeneratorWorker {
  readonly kind: "generator"
  readonly generate: (offset: number, atWork: SourceAtWork) => Produced<Row> | RowChunks
  /** A row that was made just now, with what there is to tell of how. */
  readonly completed?: ((row: Row) => Row) | undefined
  /** What it keeps over a resume, as it is after the row that it made last. */
  readonly state?: (() => unknown) | undefined
  /** How many rows there will be, if known. */
  readonly total?: number | undefined
  /** The columns with their types in the files that they come from, where those say them. */
  readonly columns?: Columns | undefined
  /** What makes a row an error row from the beginning: what was thrown; undefined if it is none. */
  readonly failureOf?: ((row: Row) => unknown) | undefined
  /** Whether it gives its rows only once, so that no run can look at them before it begins. */
  readonly once?: boolean | undefined
}

/** Works on several rows in one call. */
export interface BatchWorker {
  readonly kind: "batch"
  readonly process: (rows: ReadonlyArray<Row>) => Produced<Row>
  /**
   * Whether a global step reads its rows one after the other, so that they need not be in memory
   * together.
   */
  readonly streams?: boolean | undefined
  /** How many calls may be under way at once. Default 1. */
  readonly replicas?: number | undefined
}

/** What is known of a row at work, and what it tells of itself. */
export interface RowAtWork {
  /** Which row it is among those of its source, and which of several that came of it: `17`, `17.2`. */
  readonly place: string
  /** What it holds, as a short text: the same for equal rows, wherever they stand. */
  readonly content: string
  /**
   * Is told how many requests of the row are under way: a row without any can be left, to be taken
   * up again by a later run.
   */
  onRequests(underWay: number): void
  /** Is told whether the row waits for a job of a batch API, and for nothing else. */
  onResting?(isResting: boolean): void
  /** Is told of an answer that took more than one attempt. */
  onLate(answered: AnsweredLate): void
  /** Whether what made error rows before is asked for again. */
  readonly retriesFailed: boolean
}

/** Works on one row at a time, many of them at once: steps that wait for a model. */
export interface RowWorker {
  readonly kind: "row"
  readonly process: (row: Row, atWork: RowAtWork) => Effect.Effect<ReadonlyArray<Outcome>, unknown>
  /**
   * How many rows may be at work at once that have asked nothing yet: more would only wait, and
   * take memory. Default: all.
   */
  readonly ahead?: (() => number) | undefined
}

/** What was thrown at a row, with columns that it has all the same. */
export class RowThrew {
  readonly thrown: unknown
  readonly columns: Row

  constructor(thrown: unknown, columns: Row) {
    this.thrown = thrown
    this.columns = columns
  }
}

/** Works on what came out of each branch for one row of their common flow, branches in their order. */
export interface JoinWorker {
  readonly kind: "join"
  readonly process: (arms: ReadonlyArray<ReadonlyArray<Row>>) => Produced<Row>
}

export type Worker = GeneratorWorker | BatchWorker | RowWorker | JoinWorker
