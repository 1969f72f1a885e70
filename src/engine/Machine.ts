/** The machine of a run: it moves rows from node to node, tells nodes when all of a row's descendants have passed, and admits new rows as others leave. */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type { Row } from "../columns/Row.ts"
import type { RowFailed } from "../step/StepFailed.ts"
import { type Credit, type Item, type Place, type Token } from "./Item.ts"
import { copied } from "./lineage.ts"
import type { Plan, PlanEdge, PlanNode, Region } from "./plan.ts"
import type { Gauge, StepTally } from "./Tally.ts"

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
  /** How far the node's order lags behind, as the first position it waits for; undefined if it keeps no order. */
  readonly waitsFor?: number | undefined
}

/** A row that leaves a node. */
export interface Leaving extends Place {
  readonly row: Row
  readonly failure: RowFailed | undefined
  readonly tokens: ReadonlyArray<Token>
  readonly credit: Credit | undefined
}

/** How the machine ends: all leaves are complete, or an error that no row can get past. */
export type MachineEnd = { readonly _tag: "Done" } | { readonly _tag: "Failed"; readonly error: unknown }

// Long enough that switching costs nothing, short enough that timers, sockets and the display stay alive.
const sliceMs = 8

export class Machine {
  readonly plan: Plan
  readonly tallies: ReadonlyMap<string, StepTally>
  /** At most so many source rows are at work at once. */
  readonly maxActive: number
  /** How many are. */
  readonly gauge: Gauge
  readonly #runs: Array<NodeRun> = []
  readonly #fibers = new Set<Fiber.Fiber<unknown, unknown>>()
  readonly #fork: <A, E>(effect: Effect.Effect<A, E>) => Fiber.Fiber<A, E>
  readonly #onEnd: (end: MachineEnd) => void
  #leavesLeft: number
  #scheduled = false
  #ended = false

  constructor(options: {
    readonly plan: Plan
    readonly tallies: ReadonlyMap<string, StepTally>
    readonly maxActive: number
    readonly gauge: Gauge
    readonly fork: <A, E>(effect: Effect.Effect<A, E>) => Fiber.Fiber<A, E>
    readonly runOf: (machine: Machine, node: PlanNode) => NodeRun
    readonly onEnd: (end: MachineEnd) => void
  }) {
    this.plan = options.plan
    this.tallies = options.tallies
    this.maxActive = options.maxActive
    this.gauge = options.gauge
    this.#fork = options.fork
    this.#onEnd = options.onEnd
    this.#leavesLeft = options.plan.leaves.length
    for (const node of options.plan.nodes) this.#runs.push(options.runOf(this, node))
  }

  /** Starts, or goes on after something outside has happened. */
  wake(): void {
    if (this.#scheduled || this.#ended) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      try {
        this.#drain()
      } catch (thrown) {
        this.fail(thrown)
      }
    })
  }

  /** Ends the run with an error. */
  fail(error: unknown): void {
    this.#end({ _tag: "Failed", error })
  }

  /** A leaf has all its rows. */
  leafDone(): void {
    if (--this.#leavesLeft === 0) this.#end({ _tag: "Done" })
  }

  /** Runs an effect beside the machine and goes on with its result. */
  launch<A, E>(effect: Effect.Effect<A, E>, done: (exit: Exit.Exit<A, E>) => void): void {
    const fiber = this.#fork(effect)
    this.#fibers.add(fiber)
    fiber.addObserver((exit) => {
      this.#fibers.delete(fiber)
      if (this.#ended) return
      try {
        done(exit)
      } catch (thrown) {
        this.fail(thrown)
      }
      this.wake()
    })
  }

  /** Stops all that runs beside the machine and waits until it has stopped. */
  readonly stop: Effect.Effect<void> = Effect.suspend(() => {
    this.#ended = true
    return Fiber.interruptAll([...this.#fibers])
  })

  /** Sends a row that leaves a node over its edges, or over some of them. */
  send(node: PlanNode, leaving: Leaving, edges: ReadonlyArray<PlanEdge> = node.outs): void {
    const started = node.starts.map((region) => newToken(region, leaving))
    const tokens = started.length === 0 ? leaving.tokens : [...leaving.tokens, ...started]
    for (let i = 0; i < edges.length; i++) {
      const edge = edges[i]!
      const kept = tokens.every(({ region }) => edge.regions.has(region)) ? tokens : tokens.filter(({ region }) => edge.regions.has(region))
      for (const token of kept) token.live++
      this.hold(leaving.credit)
      const row = i === 0 ? leaving.row : copied(leaving.row)
      const { credit, failure, path, position } = leaving
      this.#runs[edge.to.id]!.receive({ row, failure, position, path, tokens: kept, credit }, edge)
    }
    // They were held until all edges had the row, so that a first edge could not complete them alone.
    for (const token of started) this.release(token)
  }

  /** A row of this source row is at work. */
  hold(credit: Credit | undefined): void {
    if (credit !== undefined && credit.active++ === 0) this.gauge.active++
  }

  /** A row, and whatever waits for it, is done with at a node. */
  leave(item: Item): void {
    for (const token of item.tokens) this.release(token)
    this.rest(item)
  }

  /** A row needs no more work for now: its source row may make place for another. */
  rest({ credit }: { readonly credit: Credit | undefined }): void {
    if (credit !== undefined && --credit.active === 0) this.gauge.active--
  }

  /** One row fewer is on its way to where the token waits. */
  release(token: Token): void {
    if (--token.live > 0) return
    const { edge, to } = token.region
    if (edge === undefined) this.#runs[to.id]!.fire?.(token)
    else this.#runs[to.id]!.complete?.(edge, token.place.position)
  }

  /** A node that numbers rows has given all of them. */
  numbered(node: PlanNode, total: number): void {
    for (const { edge, to } of node.starts) if (edge !== undefined) this.#runs[to.id]!.end?.(edge, total)
  }

  /** How many positions of a source are given but not in order at all places that wait for them. */
  lag(node: PlanNode, given: number): number {
    let first = given
    for (const { to } of node.starts) {
      const waitsFor = this.#runs[to.id]!.waitsFor
      if (waitsFor !== undefined && waitsFor < first) first = waitsFor
    }
    return given - first
  }

  #drain(): void {
    const deadline = performance.now() + sliceMs
    // From the leaves back: rows that are nearly done go first, so that few are under way.
    for (let i = this.#runs.length - 1; i >= 0 && !this.#ended;) {
      if (this.#runs[i]!.work?.() !== true) {
        i--
        continue
      }
      i = this.#runs.length - 1
      if (performance.now() > deadline) {
        this.wake()
        return
      }
    }
    if (!this.#ended && !this.#scheduled && this.#fibers.size === 0) this.fail(new Error("the run stands still although rows are missing; this is a defect of distilabel-ts"))
  }

  #end(end: MachineEnd): void {
    if (this.#ended) return
    this.#ended = true
    this.#onEnd(end)
  }
}

const newToken = (region: Region, { path, position }: Place): Token => ({ region, place: { position, path }, live: 1, arms: undefined })
