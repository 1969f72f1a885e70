/** Nodes at work: what the machine tells them, and what they send through it. */
import type * as Fiber from "effect/Fiber"
import type { Row } from "../../columns/Row.ts"
import type { RowFailed } from "../../step/StepFailed.ts"
import type { Credit, Item, Place, Token } from "../plan/Item.ts"
import type { PlanEdge } from "../plan/linked.ts"

/** A node at work. */
export interface NodeRun {
  /** A row comes over an edge. */
  receive(item: Item, edge: PlanEdge): void
  /** All rows of a position have come over an ordered edge. */
  complete?(edge: PlanEdge, position: number): void
  /** There are so many positions in all on an ordered edge. */
  end?(edge: PlanEdge, total: number): void
  /** All rows that came of one row have reached a join. */
  fire?(token: Token): void
  /** Does a slice of work; false if there is none to do now. */
  work?(): boolean
  /** The node's step is loaded: it goes on as this one. */
  enter?(inner: NodeRun): void
  /**
   * How far the node's order lags behind, as the first position it waits for; undefined if it keeps
   * no order.
   */
  readonly waitsFor?: number | undefined
}

/** Work beside the machine. */
export interface Launched {
  readonly fiber: Fiber.Fiber<unknown, unknown>
  /** Whether it may be left when the run is to stop: nothing that it does is lost. */
  readonly abandonable: boolean
  /** Whether it waits for a job of a batch API. */
  readonly resting: boolean
}

/** A row that leaves a node. */
export interface Leaving extends Place {
  readonly row: Row
  readonly failure: RowFailed | undefined
  readonly tokens: ReadonlyArray<Token>
  readonly key: string | undefined
  readonly credit: Credit | undefined
  /** The row as JSON, where it was written just now: a leaf need not do so again. */
  readonly text?: string | undefined
}
