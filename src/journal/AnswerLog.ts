/** What a run needs of a log of answers, wherever it keeps them. */
import type * as Effect from "effect/Effect"
import type { JournalError } from "./JournalError.ts"
import type { Ticket, Turn } from "./Leases.ts"
import type { AskerHashes, LoggedResponse, Spent } from "./LoggedResponse.ts"
import type { Candidate } from "./SegmentIndex.ts"
import type { Located } from "./segments.ts"

/** Questions that are asked at this moment, so that of two runs one asks and the other waits. */
export interface AnswerLeases {
  /** Waits for the turn to ask a question. */
  turn(ticket: Ticket): Effect.Effect<Turn>
  /** The question is asked, whoever else asks it. */
  announce(ticket: Ticket): void
  /** The question was answered, and the answer is kept. */
  answered(ticket: Ticket, located: Located): void
  /** The question got no answer; nothing happens if it was not asked. */
  dropped(ticket: Ticket): void
  /** Answers to a question that others got of late. */
  answersOf(key: string): ReadonlyArray<Located>
}

export interface AnswerLog {
  readonly leases: AnswerLeases
  /** How often places of answers have changed: places that were found before count no more. */
  readonly rebuilds: number
  /** Answers that were found damaged since the log was opened. */
  readonly damage: ReadonlyArray<unknown>
  /**
   * The answers under a key, oldest first, at most `limit` of them, or all below 0. The offsets of
   * any two differ by 64 or more.
   */
  candidates(key: string, limit: number): ReadonlyArray<Candidate>
  /** The answer at a place under its key; undefined if it is damaged or gone. */
  read(key: string, located: Located): LoggedResponse | undefined
  /**
   * Keeps an answer, or what was spent on none; done once it counts as kept. `asker` is the
   * entry's, where its hashes are known.
   */
  append(entry: LoggedResponse, asker?: AskerHashes): Effect.Effect<Located, JournalError>
  /** What is kept can be found from now on; false if it cannot be. */
  indexPending(): boolean
  /** What the requests of runs have cost so far, by step. */
  spent(runs: ReadonlyArray<string>): ReadonlyArray<Spent>
}
