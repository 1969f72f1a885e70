/** What a node at work may ask: rows go on, wait and end; work runs beside; the run is told. */
import type * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type { Row } from "../../columns/Row.ts"
import type { AnsweredLate } from "../../step/Attempts.ts"
import type { Keeping } from "../keep/Keeping.ts"
import type { Credit, Item, Token } from "../plan/Item.ts"
import type { PlanEdge, PlanNode } from "../plan/linked.ts"
import type { StepCounts } from "../watch/StepCounts.ts"
import type { StepTally } from "../watch/Tally.ts"
import type { Launched, Leaving } from "./NodeRun.ts"

/** How the machine serves its nodes. */
export interface Moves {
  /** Sends a row that leaves a node over its edges, or over some of them. */
  send(node: PlanNode, leaving: Leaving, edges?: ReadonlyArray<PlanEdge>): void
  /** A row of this source row is at work. */
  hold(credit: Credit | undefined): void
  /** A row needs no more work for now: its source row may make place for another. */
  rest(item: { readonly credit: Credit | undefined }): void
  /** A row waits for a job of a batch API, or has its answer: meanwhile it takes no place. */
  park(item: { readonly credit: Credit | undefined }, isResting: boolean): void
  /** One row fewer is on its way to where the token waits. */
  release(token: Token): void
  /** A row, and whatever waits for it, is done with at a node. */
  leave(item: Item): void
  /** A node that numbers rows has given all of them. */
  numbered(node: PlanNode, total: number): void
  /** Whether a node that makes rows of its own may give another one. */
  hasPlace(node: PlanNode, given: number): boolean
  /** Whether as many source rows are at work as may be. */
  readonly full: boolean
  /** A leaf has all its rows. */
  leafDone(): void

  /** Starts, or goes on after something outside has happened. */
  wake(): void
  /** Runs an effect beside the machine and goes on with its result. */
  launch<A, E>(
    effect: Effect.Effect<A, E>,
    done: (exit: Exit.Exit<A, E>) => void,
    options?: { readonly abandonable?: boolean }
  ): Launched
  /** What was launched may be left from now on when the run is to stop, or no more. */
  mayAbandon(launched: Launched, abandonable: boolean): void
  /** What was launched waits for nothing that the machine could still do, or no more. */
  restsNow(launched: Launched, isResting: boolean): void
  /** Whether no new rows are admitted. */
  readonly stopping: boolean
  /** A source has more rows, but may give none of them: once all others are through, the run ends. */
  outOfBudget(): void

  /** What is taken from earlier runs and kept for later ones. */
  readonly keeping: Keeping
  /** The key of a row by what it holds, where keys are wanted. */
  keyOf(row: Row): string | undefined
  /** A new file for rows that have to wait. */
  spillPath(node: string): string

  readonly tallies: ReadonlyMap<string, StepTally>
  /** What counts the rows of a step. */
  countsOf(step: string): StepCounts
  /** Is told of a step's answers that took more than one attempt. */
  readonly onLate: (step: string, answered: AnsweredLate) => void
  /** Tells the person who runs the pipeline. */
  readonly warn: (sentence: string) => void
}
