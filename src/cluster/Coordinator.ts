/**
 * The coordinator of a run over Redis: it announces the run, keeps the queue filled with shards
 * that are missing in the folder, adds up what workers report, and stops the run at a budget. All
 * that it knows it can learn again from the folder, so it may be killed and started again, and so
 * may Redis.
 */
import { hostname } from "node:os"
import { setTimeout as sleep } from "node:timers/promises"
import { isRunning } from "../disk/isRunning.ts"
import { RunStopped, type StopReason } from "../engine/watch/RunStopped.ts"
import type { Broker } from "./Broker.ts"
import { AllRefused, AlreadyCoordinated, ShardsFailed } from "./brokerProblems.ts"
import { type ClusterBudgets, detailOfStop, reasonToStop, type Stop } from "./budgets.ts"
import type { ClusterState } from "./ClusterState.ts"
import {
  type Announcement,
  lookNow,
  queueKeys,
  runIdOf,
  runKeys,
  timeOf,
  type TraceContext
} from "./messages.ts"
import { retriedText } from "./retryShards.ts"
import { Roster } from "./Roster.ts"
import { RunFolder } from "./RunFolder.ts"
import type { RunPlace } from "./RunPlace.ts"
import { type RunPlan } from "./RunPlan.ts"
import { ShardQueue } from "./ShardQueue.ts"
import { within } from "./within.ts"

/** Workers of this machine, which live as long as their coordinator. */
export interface LocalWorkers {
  /** Why they do not take the run; undefined if they do. */
  readonly refused: () => boolean
  readonly stop: () => Promise<void>
  readonly stopNow: () => void
}

export interface CoordinatorOptions extends ClusterBudgets {
  readonly place: RunPlace
  readonly plan: RunPlan
  readonly broker: Broker
  readonly queue: string
  readonly prices?: Announcement["prices"] | undefined
  /** The smallest `maxConcurrency` that was set for a model; undefined if there is none. */
  readonly concurrency?: number | undefined
  /** Whether shards with error rows are worked on again. */
  readonly retryFailed?: boolean | undefined
  /** The span that the work on shards belongs to; undefined where nobody listens. */
  readonly trace?: TraceContext | undefined
  /** Starts the workers of this machine, for a run by its name; undefined if there are to be none. */
  readonly startWorkers?: ((run: string) => LocalWorkers) | undefined
  /** Is given what a person may want to read. */
  readonly say: (line: string) => void
}

/** What stops a run that is coordinated, and what it is like at any time. */
export interface CoordinatorControl {
  readonly stop: (reason: StopReason) => void
  readonly stopNow: () => void
  readonly state: () => ClusterState
}

const tickMs = { usual: 200, withBudgets: 50 }
/** What workers report so often, and more often where a budget could be overspent. */
const reportMs = { usual: 1000, withBudgets: 100 }
const leaseMs = 10_000
/** With so many failed shards, and fewer done, the others are not tried. */
const mostFailed = 5
const stopMs = 40_000

export class Coordinator {
  readonly #options: CoordinatorOptions
  readonly #folder: RunFolder
  readonly #queue: ShardQueue
  readonly #roster: Roster
  readonly #run: string
  readonly #keys: ReturnType<typeof runKeys>
  readonly #started = performance.now()
  readonly #me = `${hostname()} ${process.pid}`
  #stopping: Stop | undefined
  #isLeaving = false
  #isOver = false
  #rowsBefore = 0
  #hears = true
  #lookEveryMs = 0
  /** Why shards could not be looked at the last time. */
  #unreachable: string | undefined
  #lookedAt = -Infinity
  #saidAt = -Infinity

  private constructor(options: CoordinatorOptions) {
    const { broker, place, plan, queue } = options
    this.#options = options
    this.#run = runIdOf(place, plan)
    this.#keys = runKeys(queue, this.#run)
    this.#folder = new RunFolder(place.folder, plan, (name) => {
      this.#queue.done(name)
      this.#roster.done(name)
    })
    this.#roster = new Roster(broker.redis, this.#keys, this.#folder, options.say)
    this.#queue = new ShardQueue({
      broker,
      queue,
      run: this.#run,
      plan,
      folder: this.#folder,
      maxRows: options.maxRows ?? Infinity,
      concurrency: options.concurrency,
      trace: options.trace
    })
  }

  /**
   * Works through a run, until all of its shards are there. `onReady` is given its control.
   */
  static async run(
    options: CoordinatorOptions,
    onReady: (control: CoordinatorControl) => void
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

  /** How the run stands. */
  state(): ClusterState {
    const { plan } = this.#options
    return {
      pipeline: plan.pipeline,
      seconds: (performance.now() - this.#started) / 1000,
      shards: {
        ...this.#folder.shards,
        active: this.#roster.workers.reduce((sum, { shards }) => sum + shards.length, 0)
      },
      rows: { ...this.#folder.rows, before: this.#rowsBefore },
      workers: this.#roster.workers,
      sums: this.#roster.sums,
      through: this.#roster.through,
      lanes: () => this.#folder.lanes.figures(this.#roster.present),
      stopping: this.#stopping?.reason,
      hears: this.#hears
    }
  }

  /** Only one coordinates a run: what another left behind on this machine is taken over. */
  async #lease(): Promise<void> {
    const { broker, place } = this.#options
    for (let tries = 0; ; tries++) {
      const taken = await broker.redis.set(this.#keys.coordinator, this.#me, "PX", leaseMs, "NX")
      if (taken === "OK") return
      const by = await broker.redis.get(this.#keys.coordinator)
      const [host = "", pid = ""] = by?.split(" ") ?? []
      if (by !== null && host === hostname() && !isRunning(Number(pid)))
        await broker.redis.del(this.#keys.coordinator)
      else if (tries > leaseMs / 500 || host === hostname())
        throw new AlreadyCoordinated({ folder: place.name, by: `process ${pid} on ${host}` })
      else await sleep(500)
    }
  }

  async #begin(): Promise<void> {
    const { broker, place, plan, retryFailed, say } = this.#options
    for (const warning of await broker.warnings()) say(warning)
    await this.#queue.begin()
    await broker.redis.del(this.#keys.workers, this.#keys.shares)
    if (retryFailed === true) say(retriedText(await place.retry(plan)))
    await place.bringShards(plan)
    this.#folder.look()
    this.#rowsBefore = this.#folder.rows.done
    await this.#announce()
  }

  async #until(workers: LocalWorkers | undefined): Promise<void> {
    const { place, plan } = this.#options
    while (this.#stopping === undefined && !this.#isLeaving) {
      await this.#tick()
      if (workers?.refused() === true) throw new AllRefused({ details: [...this.#roster.refusals] })
      const { failed, hasMore } = this.#queue
      const { all, done } = this.#folder.shards
      const hopeless = failed.size >= mostFailed && failed.size > done
      if (failed.size > 0 && (!hasMore || hopeless)) {
        throw new ShardsFailed({
          pipeline: plan.pipeline,
          folder: place.name,
          failed: failed.size,
          shards: all,
          details: [...failed].slice(0, mostFailed).map(([name, why]) => `${name} ${why}`)
        })
      }
      if (!hasMore) break
      await sleep(this.#hasBudget ? tickMs.withBudgets : tickMs.usual)
    }
    if (this.#stopping === undefined && !this.#folder.isDone) this.#stopping = { reason: "maxRows" }
    if (this.#stopping !== undefined) throw await this.#stopped()
  }

  async #tick(): Promise<void> {
    const now = performance.now()
    if (now - this.#lookedAt > this.#lookEveryMs) {
      await this.#look()
      this.#lookedAt = performance.now()
      // A folder with very many shards is looked at less often.
      this.#lookEveryMs = 10 * (this.#lookedAt - now)
    }
    await this.#heard()
    this.#stopping ??= reasonToStop(this.#options, this.#roster.sums)
    void this.#queue.fill(now, this.#roster.atHand)
  }

  /** Looks which shards have come. A store that is away is looked at again: what is there stays. */
  async #look(): Promise<void> {
    const { place, plan, say } = this.#options
    try {
      await place.bringShards(plan)
      this.#unreachable = undefined
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown)
      if (why !== this.#unreachable) say(`coordinator: ${why} It is tried again.`)
      this.#unreachable = why
    }
    this.#folder.look()
  }

  /**
   * Says that the run is there, and hears what workers report; a Redis that is away is no
   * hindrance.
   */
  async #heard(): Promise<void> {
    const heard = (async () => {
      if (performance.now() - this.#saidAt > 1000) {
        this.#saidAt = performance.now()
        await this.#announce()
        await this.#queue.look()
      }
      const { all, done } = this.#folder.shards
      await this.#roster.hear()
      await this.#roster.divide(all - done)
      return true as const
    })()
    this.#hears = await within(heard, 2000, false)
  }

  async #announce(): Promise<void> {
    const { broker, plan, prices, queue } = this.#options
    const stopping = this.#isOver ? "over" : this.#stopping?.reason
    const announcement: Announcement = {
      run: this.#run,
      pipeline: plan.pipeline,
      folder: this.#options.place.name,
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
    const { place, plan } = this.#options
    const { reason } = this.#stopping!
    await within(this.#announce(), 2000, undefined)
    const until = performance.now() + stopMs
    while (this.#roster.workers.length > 0 && performance.now() < until && !this.#isLeaving) {
      await sleep(tickMs.usual)
      await this.#heard()
    }
    await this.#look()
    this.#roster.add()
    const spent = detailOfStop(this.#stopping!, this.#options, this.#roster.sums)
    return new RunStopped({
      pipeline: plan.pipeline,
      reason,
      ...(spent === undefined ? {} : { detail: spent }),
      directory: place.name,
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
      while (this.#roster.workers.length > 0 && performance.now() < until) {
        await sleep(tickMs.usual)
        await this.#heard()
      }
      await this.#queue.remove()
      await redis.hdel(queueKeys(queue).runs, this.#run)
      await redis.del(this.#keys.workers, this.#keys.shares, this.#keys.coordinator)
    })()
    await within(taken, this.#isLeaving ? 500 : stopMs, undefined)
    workers?.stopNow()
    await this.#queue.close()
  }
}
