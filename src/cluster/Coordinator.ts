/**
 * The coordinator of a run over Redis: it announces the run, keeps the queue filled with shards
 * that are missing in the folder, adds up what workers report, and stops the run at a budget. All
 * that it knows it can learn again from the folder, so it may be killed and started again, and so
 * may Redis.
 */
import { hostname } from "node:os"
import { setTimeout as sleep } from "node:timers/promises"
import type { Queue } from "bullmq"
import { isRunning } from "../disk/isRunning.ts"
import { RunStopped, type StopReason } from "../engine/watch/RunStopped.ts"
import { dollars } from "../words/figures.ts"
import { amount } from "../words/terminal.ts"
import type { Broker } from "./Broker.ts"
import { AllRefused, AlreadyCoordinated, ShardsFailed } from "./brokerProblems.ts"
import { type ShardFigures, Sums } from "./figures.ts"
import {
  type Announcement,
  goneMs,
  lookNow,
  queueKeys,
  read,
  runIdOf,
  runKeys,
  type ShardJob,
  timeOf,
  type WorkerShare,
  WorkerState
} from "./messages.ts"
import { type OneShard, RunFolder } from "./RunFolder.ts"
import { type RunPlan } from "./RunPlan.ts"
import { within } from "./within.ts"

/** When a run is to stop, over all its workers. */
export interface ClusterBudgets {
  readonly maxCost?: number | undefined
  readonly maxTokens?: number | undefined
  readonly maxRows?: number | undefined
  readonly maxErrorRate?: number | undefined
}

/** Workers of this machine, which live as long as their coordinator. */
export interface LocalWorkers {
  /** Why they do not take the run; undefined if they do. */
  readonly refused: () => boolean
  readonly stop: () => Promise<void>
  readonly stopNow: () => void
}

export interface CoordinatorOptions extends ClusterBudgets {
  readonly folder: string
  readonly plan: RunPlan
  readonly broker: Broker
  readonly queue: string
  readonly prices?: Announcement["prices"] | undefined
  /** The smallest `maxConcurrency` that was set for a model; undefined if there is none. */
  readonly concurrency?: number | undefined
  /** Starts the workers of this machine, for a run by its name; undefined if there are to be none. */
  readonly startWorkers?: ((run: string) => LocalWorkers) | undefined
  /** Is given what a person may want to read. */
  readonly say: (line: string) => void
}

/** A run as it stands. */
export interface ClusterState {
  readonly pipeline: string
  readonly seconds: number
  readonly shards: { readonly all: number; readonly done: number; readonly active: number }
  readonly rows: { readonly all: number; readonly done: number; readonly before: number }
  readonly workers: ReadonlyArray<WorkerState>
  readonly sums: Sums
  readonly stopping: StopReason | undefined
  /** Whether Redis answers. */
  readonly hears: boolean
}

const tickMs = { usual: 200, withBudgets: 50 }
/** What workers report so often, and more often where a budget could be overspent. */
const reportMs = { usual: 1000, withBudgets: 100 }
/** So often it is made sure that the queue still holds what it should. */
const refillMs = 5000
/** At most so many shards wait in the queue. */
const mostQueued = 1000
const leaseMs = 10_000
/** BullMQ's greatest number for what may wait. */
const lastPriority = 2 ** 21 - 1
const leastRows = 100
/** With so many failed shards, and fewer done, the others are not tried. */
const mostFailed = 5
const stopMs = 40_000

export class Coordinator {
  readonly #options: CoordinatorOptions
  readonly #folder: RunFolder
  readonly #queue: Queue
  readonly #run: string
  readonly #keys: ReturnType<typeof runKeys>
  readonly #started = performance.now()
  /** Shards that are in the queue, as far as is known. */
  readonly #queued = new Map<string, OneShard>()
  readonly #failed = new Map<string, string>()
  readonly #done = new Set<string>()
  /** What shards that are not done were last said to have counted, by their names. */
  readonly #open = new Map<string, ShardFigures>()
  readonly #refusals = new Set<string>()
  readonly #me = `${hostname()} ${process.pid}`
  /** Workers that are there, by their names. */
  #live: ReadonlyMap<string, WorkerState> = new Map()
  /** What each of them was last told. */
  #shares: Readonly<Record<string, string>> = {}
  #sums = new Sums()
  #stopping: { readonly reason: StopReason; readonly detail?: string } | undefined
  #isLeaving = false
  #isOver = false
  #rowsBefore = 0
  #hears = true
  #isAdding = false
  #lookEveryMs = 0
  #lookedAt = -Infinity
  #filledAt = -Infinity
  #saidAt = -Infinity

  private constructor(options: CoordinatorOptions) {
    const { broker, folder, plan, queue } = options
    this.#options = options
    this.#run = runIdOf(folder, plan)
    this.#keys = runKeys(queue, this.#run)
    this.#folder = new RunFolder(folder, plan, (name) => {
      this.#done.add(name)
      this.#queued.delete(name)
      this.#failed.delete(name)
      this.#open.delete(name)
    })
    this.#queue = new broker.bull.Queue(this.#run, broker.options(queueKeys(queue).prefix))
    // Redis that is away comes back.
    this.#queue.on("error", () => {})
  }

  /**
   * Works through a run, until all of its shards are there. `onReady` is given what stops it, and
   * what it is like at any time.
   */
  static async run(
    options: CoordinatorOptions,
    onReady: (control: {
      readonly stop: (reason: StopReason) => void
      readonly stopNow: () => void
      readonly state: () => ClusterState
    }) => void
  ): Promise<ClusterState> {
    const coordinator = new Coordinator(options)
    await coordinator.#lease()
    let workers: LocalWorkers | undefined
    try {
      await coordinator.#begin()
      if (!coordinator.#folder.isDone) workers = options.startWorkers?.(coordinator.#run)
      onReady({
        stop: (reason) => (coordinator.#stopping ??= { reason }),
        stopNow: () => {
          workers?.stopNow()
          coordinator.#isLeaving = true
        },
        state: () => coordinator.state()
      })
      await coordinator.#until(workers)
      return coordinator.state()
    } finally {
      await coordinator.#leave(workers)
    }
  }

  /** Whether what is spent between two looks could be too much. */
  get #hasBudget(): boolean {
    const { maxCost, maxTokens } = this.#options
    return maxCost !== undefined || maxTokens !== undefined
  }

  get #workers(): ReadonlyArray<WorkerState> {
    return [...this.#live.values()]
  }

  /** How the run stands. */
  state(): ClusterState {
    const { plan } = this.#options
    return {
      pipeline: plan.pipeline,
      seconds: (performance.now() - this.#started) / 1000,
      shards: {
        ...this.#folder.shards,
        active: this.#workers.reduce((sum, { shards }) => sum + shards.length, 0)
      },
      rows: { ...this.#folder.rows, before: this.#rowsBefore },
      workers: this.#workers,
      sums: this.#sums,
      stopping: this.#stopping?.reason,
      hears: this.#hears
    }
  }

  /** Only one coordinates a run: what another left behind on this machine is taken over. */
  async #lease(): Promise<void> {
    const { broker, folder } = this.#options
    for (let tries = 0; ; tries++) {
      const taken = await broker.redis.set(this.#keys.coordinator, this.#me, "PX", leaseMs, "NX")
      if (taken === "OK") return
      const by = await broker.redis.get(this.#keys.coordinator)
      const [host = "", pid = ""] = by?.split(" ") ?? []
      if (by !== null && host === hostname() && !isRunning(Number(pid)))
        await broker.redis.del(this.#keys.coordinator)
      else if (tries > leaseMs / 500 || host === hostname())
        throw new AlreadyCoordinated({ folder, by: `process ${pid} on ${host}` })
      else await sleep(500)
    }
  }

  async #begin(): Promise<void> {
    const { broker, say } = this.#options
    for (const warning of await broker.warnings()) say(warning)
    // What failed for good is tried again by a run that is started again.
    await this.#queue.clean(0, 0, "failed")
    await broker.redis.del(this.#keys.workers, this.#keys.shares)
    this.#folder.look()
    this.#rowsBefore = this.#folder.rows.done
    await this.#announce()
  }

  async #until(workers: LocalWorkers | undefined): Promise<void> {
    const { folder, plan } = this.#options
    const { maxRows = Infinity } = this.#options
    while (this.#stopping === undefined && !this.#isLeaving) {
      await this.#tick()
      if (workers?.refused() === true) throw new AllRefused({ details: [...this.#refusals] })
      const left = this.#folder.missing(1, maxRows, (name) => this.#failed.has(name)).length
      const { all, done } = this.#folder.shards
      const hopeless = this.#failed.size >= mostFailed && this.#failed.size > done
      if (this.#failed.size > 0 && (left === 0 || hopeless)) {
        throw new ShardsFailed({
          pipeline: plan.pipeline,
          folder,
          failed: this.#failed.size,
          shards: all,
          details: [...this.#failed].slice(0, mostFailed).map(([name, why]) => `${name} ${why}`)
        })
      }
      if (left === 0) break
      await sleep(this.#hasBudget ? tickMs.withBudgets : tickMs.usual)
    }
    if (this.#stopping === undefined && !this.#folder.isDone) this.#stopping = { reason: "maxRows" }
    if (this.#stopping !== undefined) throw await this.#stopped()
  }

  async #tick(): Promise<void> {
    const now = performance.now()
    if (now - this.#lookedAt > this.#lookEveryMs) {
      this.#folder.look()
      this.#lookedAt = performance.now()
      // A folder with very many shards is looked at less often.
      this.#lookEveryMs = 10 * (this.#lookedAt - now)
    }
    await this.#heard()
    this.#checkBudgets()
    void this.#fill(now)
  }

  /**
   * Says that the run is there, and hears what workers report; a Redis that is away is no
   * hindrance.
   */
  async #heard(): Promise<void> {
    const { redis } = this.#options.broker
    const heard = (async () => {
      if (performance.now() - this.#saidAt > 1000) {
        this.#saidAt = performance.now()
        await this.#announce()
        for (const { failedReason, name } of await this.#queue.getFailed(0, 19))
          this.#failed.set(name, failedReason)
      }
      const now = timeOf(await redis.time())
      this.#take(await redis.hgetall(this.#keys.workers), now)
      await this.#divide()
      return true as const
    })()
    this.#hears = await within(heard, 2000, false)
  }

  /** Divides what models take at once among all slots, as they come and go. */
  async #divide(): Promise<void> {
    const all = [...this.#live].toSorted(([a], [b]) => (a < b ? -1 : 1))
    const slots = all.reduce((sum, [, state]) => sum + state.slots, 0)
    const { all: known, done } = this.#folder.shards
    const left = known - done
    const ofBusy = left < slots
    const count = (state: WorkerState): number => (ofBusy ? state.shards.length : state.slots)
    const total = Math.max(
      1,
      all.reduce((sum, [, state]) => sum + count(state), 0)
    )
    let first = 0
    const shares: Record<string, string> = {}
    for (const [name, state] of all) {
      const share: WorkerShare = { slots: total, first, ofBusy }
      shares[name] = JSON.stringify(share)
      first += count(state)
    }
    const changed = Object.entries(shares).filter(([name, share]) => this.#shares[name] !== share)
    this.#shares = shares
    if (changed.length > 0)
      await this.#options.broker.redis.hset(this.#keys.shares, Object.fromEntries(changed))
  }

  #take(states: Readonly<Record<string, string>>, now: number): void {
    const { say } = this.#options
    const live = new Map<string, WorkerState>()
    for (const [worker, text] of Object.entries(states)) {
      const state = read(WorkerState, text)
      if (state === undefined || now - state.at > goneMs) continue
      for (const { figures, name } of state.shards)
        // An attempt counts what the ones before it have cost as soon as it has begun.
        if (figures !== undefined && !this.#done.has(name)) this.#open.set(name, figures)
      if (state.left === true) continue
      if (state.refused === undefined) live.set(worker, state)
      else {
        const sentence = `worker on ${state.host} (process ${state.pid}): ${state.refused}`
        if (!this.#refusals.has(sentence)) say(sentence)
        this.#refusals.add(sentence)
      }
    }
    this.#live = live
    this.#sums = this.#folder.sums.copy()
    for (const figures of this.#open.values()) this.#sums.add(figures)
  }

  #checkBudgets(): void {
    const { maxCost = Infinity, maxErrorRate = 0.5, maxTokens = Infinity } = this.#options
    const cost = this.#sums.of((tally) => tally.cost)
    const tokens = this.#sums.of((tally) => tally.inputTokens + tally.outputTokens)
    if (cost >= maxCost) this.#stopping ??= { reason: "maxCost" }
    if (tokens >= maxTokens) this.#stopping ??= { reason: "maxTokens" }
    for (const { done, failed, name, reasons } of this.#sums.steps.values()) {
      if (done + failed < leastRows || failed <= (done + failed) * maxErrorRate) continue
      const [most] = [...reasons].toSorted((a, b) => b[1] - a[1])
      this.#stopping ??= {
        reason: "maxErrorRate",
        detail: `at '${name}' ${failed} of ${done + failed} rows failed, most with ${most?.[0] ?? "an error"}`
      }
    }
  }

  /** Adds shards to the queue, and those again that it has lost. */
  async #fill(now: number): Promise<void> {
    if (this.#isAdding) return
    this.#isAdding = true
    try {
      const room = mostQueued - this.#queued.size
      const more =
        room < mostQueued / 2
          ? []
          : this.#folder.missing(
              room,
              this.#options.maxRows ?? Infinity,
              (name) => this.#queued.has(name) || this.#failed.has(name)
            )
      for (const shard of more) this.#queued.set(shard.name, shard)
      if (now - this.#filledAt > refillMs) {
        // With fewer slots than a model takes requests none of them is without any.
        const { concurrency } = this.#options
        if (concurrency !== undefined) await this.#queue.setGlobalConcurrency(concurrency)
        // Who has come back to a Redis that was emptied is to hear it again.
        this.#shares = {}
      }
      const again =
        now - this.#filledAt > refillMs
          ? await this.#lost(new Set(more.map(({ name }) => name)))
          : []
      if (now - this.#filledAt > refillMs) this.#filledAt = now
      await this.#add([...more, ...again])
    } catch {
      // Redis is away: the next time.
    } finally {
      this.#isAdding = false
    }
  }

  /** Shards that should be in the queue and are not; one that a worker has at hand is in good hands. */
  async #lost(added: ReadonlySet<string>): Promise<ReadonlyArray<OneShard>> {
    const counts = await this.#queue.getJobCounts(
      "wait",
      "prioritized",
      "active",
      "delayed",
      "failed"
    )
    const there = Object.values(counts).reduce((sum, count) => sum + count, 0)
    if (there + added.size >= this.#queued.size + this.#failed.size) return []
    const atHand = new Set(this.#workers.flatMap(({ shards }) => shards.map(({ name }) => name)))
    return [...this.#queued.values()].filter(({ name }) => !added.has(name) && !atHand.has(name))
  }

  async #add(shards: ReadonlyArray<OneShard>): Promise<void> {
    const { plan } = this.#options
    if (shards.length === 0) return
    await this.#queue.addBulk(
      shards.map(({ from, index, name, part, to }) => {
        const signature = plan.signature.slice(0, 12)
        const data: ShardJob = { run: this.#run, signature, stage: part, index, from, to }
        return {
          name,
          data,
          opts: {
            jobId: `${part}-${index}`,
            // One that is tried again comes before later ones: what is merged waits for it.
            priority: Math.min(index + 1, lastPriority),
            attempts: 3,
            removeOnComplete: true,
            stackTraceLimit: 0
          }
        }
      })
    )
  }

  async #announce(): Promise<void> {
    const { broker, plan, prices, queue } = this.#options
    const stopping = this.#isOver ? "over" : this.#stopping?.reason
    const announcement: Announcement = {
      run: this.#run,
      pipeline: plan.pipeline,
      folder: this.#options.folder,
      version: plan.version,
      node: plan.node,
      shards: this.#folder.shards.all,
      by: this.#me,
      at: timeOf(await broker.redis.time()),
      ...(prices === undefined ? {} : { prices }),
      everyMs: this.#hasBudget ? reportMs.withBudgets : reportMs.usual,
      ...(stopping === undefined ? {} : { stopping })
    }
    await broker.redis
      .pipeline()
      .hset(queueKeys(queue).runs, this.#run, JSON.stringify(announcement))
      .set(this.#keys.coordinator, this.#me, "PX", leaseMs)
      .exec()
    if (stopping !== undefined) await broker.redis.publish(this.#keys.news, lookNow)
  }

  /** Has all workers hand back their shards, and says why the run was stopped. */
  async #stopped(): Promise<RunStopped> {
    const { folder, maxCost, maxTokens, plan } = this.#options
    const { detail, reason } = this.#stopping!
    await within(this.#announce(), 2000, undefined)
    const until = performance.now() + stopMs
    while (this.#live.size > 0 && performance.now() < until && !this.#isLeaving) {
      await sleep(tickMs.usual)
      await this.#heard()
    }
    this.#folder.look()
    this.#take({}, 0)
    const spent =
      reason === "maxCost"
        ? `${dollars(this.#sums.of(({ cost }) => cost))} of ${dollars(maxCost!)}`
        : reason === "maxTokens"
          ? `${amount(this.#sums.of((tally) => tally.inputTokens + tally.outputTokens))} of ${amount(maxTokens!)}`
          : detail
    return new RunStopped({
      pipeline: plan.pipeline,
      reason,
      ...(spent === undefined ? {} : { detail: spent }),
      directory: folder,
      rows: this.#folder.rows.done,
      total: this.#folder.rows.all,
      left: 0
    })
  }

  /** Takes back what it has said, as far as Redis hears it. */
  async #leave(workers: LocalWorkers | undefined): Promise<void> {
    const { broker, queue } = this.#options
    const { redis } = broker
    const taken = (async () => {
      this.#isOver = true
      await this.#announce()
      await workers?.stop()
      const until = performance.now() + 3000
      while (this.#live.size > 0 && performance.now() < until) {
        await sleep(tickMs.usual)
        await this.#heard()
      }
      await this.#queue.obliterate({ force: true })
      await redis.hdel(queueKeys(queue).runs, this.#run)
      await redis.del(this.#keys.workers, this.#keys.shares, this.#keys.coordinator)
    })()
    await within(taken, this.#isLeaving ? 500 : stopMs, undefined)
    workers?.stopNow()
    await within(this.#queue.close(), 1000, undefined)
  }
}
