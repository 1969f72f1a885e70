/**
 * The machine of a run: it moves rows from node to node, tells nodes when all of a row's
 * descendants have passed, and admits new rows as others leave.
 */
import { join } from "node:path"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type { Row } from "../../columns/Row.ts"
import type { AnsweredLate } from "../../step/Attempts.ts"
import { copied } from "../../step/lineage.ts"
import type { Worker } from "../../step/Worker.ts"
import type { Keeping } from "../keep/Keeping.ts"
import { contentKey } from "../keep/keys.ts"
import { type Credit, type Item, type Place, type Token } from "../plan/Item.ts"
import type { LinkedPlan, PlanEdge, PlanNode, Region } from "../plan/linked.ts"
import { enter, leave, markOf } from "../watch/atWork.ts"
import { failureIn } from "../watch/failures.ts"
import type { StepCounts } from "../watch/StepCounts.ts"
import type { Gauge, StepTally } from "../watch/Tally.ts"
import type { Moves } from "./Moves.ts"
import type { Launched, Leaving, NodeRun } from "./NodeRun.ts"
import { spillName } from "./SpilledRows.ts"

/**
 * How the machine ends: all leaves are complete, it was told to stop and nothing is under way any
 * more, or an error that no row can get past.
 */
export type MachineEnd =
  | { readonly _tag: "Done" }
  | { readonly _tag: "Stopped" }
  | { readonly _tag: "Failed"; readonly error: unknown }

/** Something that runs beside the machine, which alone changes it. */
type Beside = { -readonly [K in keyof Launched]: Launched[K] }

/**
 * Beyond so many rows that wait for an earlier one, no new row is admitted while any is at work:
 * memory stays bounded behind a row that hangs.
 */
const longestLag = 100_000

/** At most so many rows wait for jobs of batch APIs at once. */
const mostResting = 100_000

// Long enough that switching costs nothing, short enough that timers, sockets and the display stay alive.
const sliceMs = 8

export class Machine implements Moves {
  readonly #plan: LinkedPlan
  readonly tallies: ReadonlyMap<string, StepTally>
  readonly #counts: ReadonlyMap<string, StepCounts>
  /** At most so many source rows are at work at once. */
  readonly #maxActive: number
  /** How many are. */
  readonly #gauge: Gauge
  #runs: ReadonlyArray<NodeRun> = []
  readonly #marks: ReadonlyArray<number>
  readonly #beside = new Set<Beside>()
  /** What is taken from earlier runs and kept for later ones. */
  readonly keeping: Keeping
  readonly #fork: <A, E>(effect: Effect.Effect<A, E>) => Fiber.Fiber<A, E>
  readonly #onEnd: (end: MachineEnd) => void
  /** Is told of a step's answers that took more than one attempt. */
  readonly onLate: (step: string, answered: AnsweredLate) => void
  /** Tells the person who runs the pipeline. */
  readonly warn: (sentence: string) => void
  readonly #nextStage: () => Effect.Effect<ReadonlyMap<string, Worker>, unknown> | undefined
  #runWith: ((node: PlanNode, worker: Worker) => NodeRun) | undefined
  #leavesLeft: number
  #scheduled = false
  #stopping = false
  #outOfBudget = false
  /** How much of what runs beside waits for jobs of batch APIs. */
  #resting = 0
  /** Is told that nothing moves any more until such a job is done. */
  readonly #onRest: () => void
  #ended = false
  #spills = 0

  constructor(options: {
    readonly plan: LinkedPlan
    readonly tallies: ReadonlyMap<string, StepTally>
    readonly counts: ReadonlyMap<string, StepCounts>
    readonly maxActive: number
    readonly gauge: Gauge
    readonly keeping: Keeping
    readonly onLate: (step: string, answered: AnsweredLate) => void
    readonly warn: (sentence: string) => void
    readonly fork: <A, E>(effect: Effect.Effect<A, E>) => Fiber.Fiber<A, E>
    /** Loads the steps of the next stage, which then are told to go on; undefined if there is none. */
    readonly nextStage: () => Effect.Effect<ReadonlyMap<string, Worker>, unknown> | undefined
    readonly onRest: () => void
    readonly onEnd: (end: MachineEnd) => void
  }) {
    this.#plan = options.plan
    this.tallies = options.tallies
    this.#counts = options.counts
    this.#maxActive = options.maxActive
    this.#gauge = options.gauge
    this.keeping = options.keeping
    this.onLate = options.onLate
    this.warn = options.warn
    this.#fork = options.fork
    this.#onRest = options.onRest
    this.#onEnd = options.onEnd
    this.#nextStage = options.nextStage
    this.#leavesLeft = options.plan.leaves.length
    this.#marks = options.plan.nodes.map(({ name }) => markOf(name))
  }

  /**
   * Takes the nodes at work, in the plan's order, before any row moves. `runWith` makes the node of
   * a step that a later stage has loaded.
   */
  take(runs: ReadonlyArray<NodeRun>, runWith: (node: PlanNode, worker: Worker) => NodeRun): void {
    this.#runs = runs
    this.#runWith = runWith
  }

  /** What counts the rows of a step. */
  countsOf(step: string): StepCounts {
    return this.#counts.get(step)!
  }

  /** The key of a row by what it holds, where keys are wanted. */
  keyOf(row: Row): string | undefined {
    return this.keeping.keyed ? contentKey(row) : undefined
  }

  /** A new file for rows that have to wait. */
  spillPath(node: string): string {
    return join(this.keeping.spillDirectory, spillName(this.#spills++, node))
  }

  get full(): boolean {
    return this.#gauge.active >= this.#maxActive
  }

  hasPlace(node: PlanNode, given: number): boolean {
    if (this.#resting >= mostResting) return false
    return this.#gauge.active === 0 || (!this.full && this.#lag(node, given) < longestLag)
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
  launch<A, E>(
    effect: Effect.Effect<A, E>,
    done: (exit: Exit.Exit<A, E>) => void,
    { abandonable = false } = {}
  ): Launched {
    const beside: Beside = { fiber: this.#fork(effect), abandonable, resting: false }
    this.#beside.add(beside)
    beside.fiber.addObserver((exit) => {
      this.#beside.delete(beside)
      if (beside.resting) this.#resting--
      if (this.#ended) return
      // What was left halfway when the run was to stop is taken up by the next run.
      const left = this.#stopping && Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
      try {
        if (!left) done(exit as Exit.Exit<A, E>)
      } catch (thrown) {
        this.fail(thrown)
      }
      this.wake()
    })
    return beside
  }

  /** What was launched may be left from now on when the run is to stop, or no more. */
  mayAbandon(beside: Beside, abandonable: boolean): void {
    beside.abandonable = abandonable
    if (abandonable && this.#stopping) beside.fiber.interruptUnsafe()
  }

  /** What was launched waits for nothing that the machine could still do, or no more. */
  restsNow(beside: Beside, isResting: boolean): void {
    if (isResting === beside.resting || !this.#beside.has(beside)) return
    beside.resting = isResting
    this.#resting += isResting ? 1 : -1
    this.wake()
  }

  /** Takes up nothing new, and ends when what is under way is done. */
  stopAdmitting(): void {
    if (this.#stopping || this.#ended) return
    this.#stopping = true
    for (const { abandonable, fiber } of this.#beside) if (abandonable) fiber.interruptUnsafe()
    this.wake()
  }

  /** Whether nothing moves until a job of a batch API is done. */
  get rests(): boolean {
    return this.#resting > 0 && this.#resting === this.#beside.size && !this.#scheduled
  }

  /** Whether it admits no new rows. */
  get stopping(): boolean {
    return this.#stopping
  }

  /** A source has more rows, but may give none of them: once all others are through, the run ends. */
  outOfBudget(): void {
    this.#outOfBudget = true
  }

  /** Ends at once: what is under way is left. */
  stopNow(): void {
    this.#end({ _tag: "Stopped" })
  }

  /** Stops all that runs beside the machine and waits until it has stopped. */
  readonly stop: Effect.Effect<void> = Effect.suspend(() => {
    this.#ended = true
    return Fiber.interruptAll([...this.#beside].map(({ fiber }) => fiber))
  })

  /** Sends a row that leaves a node over its edges, or over some of them. */
  send(node: PlanNode, leaving: Leaving, edges: ReadonlyArray<PlanEdge> = node.outs): void {
    const started =
      node.starts.length === 0 ? none : node.starts.map((region) => newToken(region, leaving))
    const tokens = started.length === 0 ? leaving.tokens : leaving.tokens.concat(started)
    for (let i = 0; i < edges.length; i++) {
      const edge = edges[i]!
      const kept = tokens.every(({ region }) => edge.regions.has(region))
        ? tokens
        : tokens.filter(({ region }) => edge.regions.has(region))
      for (const token of kept) token.live++
      this.hold(leaving.credit)
      const row = i === 0 ? leaving.row : copied(leaving.row)
      const { credit, failure, key, path, position } = leaving
      // Other nodes may change the row: they get no text of it.
      const text = edge.to.kind === "leaf" ? leaving.text : undefined
      this.#runs[edge.to.id]!.receive(
        { row, failure, position, path, tokens: kept, key, credit, text },
        edge
      )
    }
    // They were held until all edges had the row, so that a first edge could not complete them alone.
    for (const token of started) this.release(token)
  }

  /** A row of this source row is at work. */
  hold(credit: Credit | undefined): void {
    if (credit !== undefined && credit.active++ === 0) this.#gauge.active++
  }

  /** A row, and whatever waits for it, is done with at a node. */
  leave(item: Item): void {
    // First, since the last token may end the run, and whoever looks at it then shall find no row at work.
    this.rest(item)
    for (const token of item.tokens) this.release(token)
  }

  /** A row needs no more work for now: its source row may make place for another. */
  rest({ credit }: { readonly credit: Credit | undefined }): void {
    if (credit !== undefined && --credit.active === 0) this.#gauge.active--
  }

  /** A row waits for a job of a batch API, or has its answer: meanwhile it takes no place. */
  park({ credit }: { readonly credit: Credit | undefined }, isResting: boolean): void {
    if (credit === undefined) return
    const { resting = 0 } = credit
    credit.resting = resting + (isResting ? 1 : -1)
    if (isResting) {
      if (resting === 0) this.#gauge.resting++
      this.rest({ credit })
    } else {
      if (resting === 1) this.#gauge.resting--
      this.hold(credit)
    }
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
    for (const { edge, to } of node.starts)
      if (edge !== undefined) this.#runs[to.id]!.end?.(edge, total)
  }

  /** How many positions of a source are given but not in order at all places that wait for them. */
  #lag(node: PlanNode, given: number): number {
    let first = given
    for (const { to } of node.starts) {
      const waitsFor = this.#runs[to.id]!.waitsFor
      if (waitsFor !== undefined && waitsFor < first) first = waitsFor
    }
    return given - first
  }

  #drain(): void {
    if (this.#stopping) {
      if (this.#beside.size === 0) this.#end({ _tag: "Stopped" })
      return
    }
    const deadline = performance.now() + sliceMs
    // From the leaves back: rows that are nearly done go first, so that few are under way.
    for (let i = this.#runs.length - 1; i >= 0 && !this.#ended;) {
      if (!this.#work(i)) {
        i--
        continue
      }
      i = this.#runs.length - 1
      if (performance.now() > deadline) {
        this.wake()
        return
      }
    }
    if (this.rests) this.#onRest()
    if (this.#ended || this.#scheduled || this.#beside.size > 0) return
    if (this.#outOfBudget) this.#end({ _tag: "Stopped" })
    else if (!this.#enterStage())
      this.fail(
        new Error(
          "the run stands still although rows are missing; this is a defect of distilabel-ts"
        )
      )
  }

  /** A slice of a node's work, where the watchdog can see whose it is. */
  #work(node: number): boolean {
    const mark = this.#marks[node]!
    const before = enter(mark)
    try {
      return this.#runs[node]!.work?.() === true
    } finally {
      leave(mark, before)
    }
  }

  /** Goes on with the next stage, once all rows are through this one; false if there is none. */
  #enterStage(): boolean {
    const loading = this.#nextStage()
    if (loading === undefined) return false
    this.launch(
      loading,
      (exit) => {
        if (Exit.isFailure(exit)) throw failureIn(exit.cause)
        for (const node of this.#plan.nodes) {
          const run = this.#runs[node.id]
          const worker = node.step === undefined ? undefined : exit.value.get(node.name)
          if (run?.enter !== undefined && worker !== undefined)
            run.enter(this.#runWith!(node, worker))
        }
      },
      { abandonable: true }
    )
    return true
  }

  #end(end: MachineEnd): void {
    if (this.#ended) return
    this.#ended = true
    this.#onEnd(end)
  }
}

const none: ReadonlyArray<Token> = []

const newToken = (region: Region, { path, position }: Place): Token => ({
  region,
  place: { position, path },
  live: 1,
  arms: undefined
})
