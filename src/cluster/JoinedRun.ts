/**
 * A run that a worker has joined: its shards come from the run's queue, each slot works on one, and
 * the worker reports what its slots do. A shard whose process died is worked on again at once.
 */
import { hostname } from "node:os"
import type { Job, Worker } from "bullmq"
import type { Redis } from "ioredis"
import { counted } from "../words/figures.ts"
import type { Broker } from "./Broker.ts"
import {
  Announcement,
  lookNow,
  queueKeys,
  read,
  runKeys,
  ShardJob,
  timeOf,
  type WorkerState
} from "./messages.ts"
import { nodeMajor } from "./planShards.ts"
import { Slot } from "./Slot.ts"
import { within } from "./within.ts"
import { WorkerLimits } from "./WorkerLimits.ts"

export interface WorkerOptions {
  readonly broker: Broker
  readonly queue: string
  readonly slots: number
  /** The module that the process of a slot begins with. */
  readonly slotEntry: URL
  /** Of distilabel-ts. */
  readonly version: string
  /** The only run that is taken; undefined for any. */
  readonly run?: string | undefined
  /** The address of an OpenTelemetry collector, which gets the spans of its slots. */
  readonly otlp?: string | undefined
  /** Is given what a person may want to read. */
  readonly say: (line: string) => void
}

/** Why a worker has left a run. */
export type JoinedEnd = "over" | "refused" | "stopped"

export interface JoinedOptions extends WorkerOptions {
  /** The worker's own. */
  readonly name: string
  readonly found: Announcement
}

/** A lease that its worker does not renew for so long is another's; it looks for such so often. */
const leases = { lockDuration: 30_000, stalledInterval: 10_000, maxStalledCount: 100 }

/** A shard at which so many processes die has something that kills them. */
const mostDeaths = 5

/** Shards that take less are fetched before a slot is free for them, so many for each slot. */
const quickMs = 1000
const fetchedBefore = 2

const keptSeconds = 600

/** Slots wait thirty seconds for answers under way. */
const closeMs = 35_000

/** A coordinator that is away for so long has left its run. */
const leftMs = 120_000

export class JoinedRun {
  readonly ended: Promise<JoinedEnd>
  readonly #options: JoinedOptions
  readonly #slots: ReadonlyArray<Slot>
  readonly #free: Array<Slot>
  readonly #limits: WorkerLimits
  /** Shards that were taken before a slot was free for them. */
  readonly #next: Array<{
    readonly name: string
    readonly begin: (slot: Slot | undefined) => void
  }> = []
  /** Milliseconds that shards take here, the last ones above all. */
  #usualMs: number | undefined
  readonly #redis: Redis
  readonly #news: Redis
  readonly #worker: Worker
  readonly #leave: (end: JoinedEnd) => void
  readonly #report: NodeJS.Timeout
  #end: JoinedEnd | undefined
  #refusal: string | undefined
  #done = 0
  #isReporting = false
  #saidAt: number

  constructor(options: JoinedOptions) {
    this.#options = options
    const { broker, found, otlp, queue, say, slotEntry, slots } = options
    const { promise, resolve } = Promise.withResolvers<JoinedEnd>()
    this.ended = promise
    this.#leave = resolve
    this.#redis = broker.redis
    this.#saidAt = found.at
    this.#slots = Array.from(
      { length: slots },
      () =>
        new Slot({
          entry: slotEntry,
          place: found.folder,
          everyMs: found.everyMs,
          prices: found.prices,
          otlp,
          onAsk: (slot, asked) => this.#limits.asked(slot, asked)
        })
    )
    this.#free = [...this.#slots]
    this.#limits = new WorkerLimits({
      redis: this.#redis,
      keys: runKeys(queue, found.run),
      name: options.name,
      slots: this.#slots
    })
    this.#worker = new broker.bull.Worker(
      found.run,
      (job, token) => this.#work(job as Job<unknown>, token!),
      {
        ...broker.options(queueKeys(queue).prefix),
        ...leases,
        concurrency: slots,
        autorun: false,
        removeOnComplete: { count: 0 }
      }
    )
    // Redis that is away comes back; a lease that was lost is another's.
    this.#worker.on("error", () => {})
    this.#news = broker.another()
    this.#news.on("message", (_, text) => {
      if (text === lookNow) void this.#reported()
      else this.#limits.paused(text)
    })
    this.#news.subscribe(runKeys(queue, found.run).news).catch(() => {})
    this.#report = setInterval(() => void this.#reported(), found.everyMs)
    const other = this.#otherVersion()
    if (other === undefined) {
      say(
        `worker on ${hostname()}: joins '${found.pipeline}' (${counted(found.shards, "shard")}) with ${counted(slots, "slot")}`
      )
      for (const slot of this.#slots) slot.warm()
      void this.#reported()
      this.#worker.run().catch(() => {})
    } else this.#refuse(other)
  }

  /** Hands back what is worked on, and leaves. */
  stop(): void {
    void this.#close("stopped")
  }

  /** Leaves at once. */
  async stopNow(): Promise<void> {
    this.#end ??= "stopped"
    await this.#closeSlots()
    this.#leave(this.#end)
  }

  /** What is different here, before anything is loaded. */
  #otherVersion(): string | undefined {
    const { found, version } = this.#options
    if (found.version !== version)
      return `was planned with distilabel-ts ${found.version}, and here it is ${version}: install the same version here.`
    return found.node === nodeMajor
      ? undefined
      : `was planned with Node ${found.node}, and here it is ${nodeMajor}: use the same Node here.`
  }

  async #work(job: Job<unknown>, token: string): Promise<void> {
    const { bull } = this.#options.broker
    const wanted = read(ShardJob, JSON.stringify(job.data))
    if (wanted === undefined || wanted.run !== this.#options.found.run)
      throw new bull.UnrecoverableError("this is not a shard of the run")
    const handBack = async (): Promise<never> => {
      // Not failed: another takes it, or the same later.
      await job.moveToWait(token)
      throw new bull.WaitingError()
    }
    const slot = await this.#slotFor(job.name)
    if (slot === undefined) return handBack()
    const began = performance.now()
    try {
      await this.#worked(wanted, job.name, slot, handBack)
      this.#took(performance.now() - began)
    } finally {
      const next = this.#next.shift()
      if (next === undefined) this.#free.push(slot)
      else next.begin(slot)
    }
  }

  /** The next slot that is free; undefined if the worker leaves before. */
  async #slotFor(name: string): Promise<Slot | undefined> {
    return this.#free.pop() ?? new Promise((begin) => void this.#next.push({ name, begin }))
  }

  /**
   * Where shards take no longer than their way through Redis, the next ones are fetched before;
   * else each is left to whoever is free first.
   */
  #took(ms: number): void {
    this.#usualMs = this.#usualMs === undefined ? ms : 0.7 * this.#usualMs + 0.3 * ms
    const { slots } = this.#options
    this.#worker.concurrency = this.#usualMs < quickMs ? slots * (1 + fetchedBefore) : slots
  }

  async #worked(
    { index, stage, trace }: ShardJob,
    name: string,
    slot: Slot,
    handBack: () => Promise<never>
  ): Promise<void> {
    const { say } = this.#options
    for (let deaths = 1; ; deaths++) {
      if (this.#end !== undefined) return handBack()
      const end = await slot.run(name, { part: stage, index, trace })
      switch (end.kind) {
        case "worked":
          this.#done++
          return
        case "stopped":
          return handBack()
        case "refused":
          this.#refuse(end.message)
          return handBack()
        case "failed":
          throw new Error(end.message)
        case "died":
          void this.#limits.ended(slot)
          if (this.#end !== undefined) return handBack()
          say(`worker on ${hostname()}: the process at shard ${name} ended (${end.how})`)
          if (deaths === mostDeaths)
            throw new Error(
              `${counted(deaths, "process", "processes")} ended at it, the last by ${end.how}`
            )
      }
    }
  }

  /** What was fetched before does not wait for a shard that takes its time. */
  #letGo(): void {
    const longest = Math.max(0, ...this.#slots.map(({ work }) => work?.ms ?? 0))
    if (longest < quickMs || this.#next.length === 0) return
    this.#usualMs = longest
    this.#worker.concurrency = this.#slots.length
    for (const { begin } of this.#next.splice(0)) begin(undefined)
  }

  /** Says what the slots do, and hears whether the run is still there. */
  async #reported(left = false): Promise<void> {
    if (this.#isReporting && !left) return
    this.#isReporting = true
    this.#letGo()
    const { found, name, queue } = this.#options
    const keys = runKeys(queue, found.run)
    try {
      const now = timeOf(await this.#redis.time())
      const state: WorkerState = {
        host: hostname(),
        pid: process.pid,
        slots: this.#slots.length,
        at: now,
        done: this.#done,
        deaths: this.#slots.reduce((sum, { deaths }) => sum + deaths, 0),
        shards: this.#slots.flatMap(({ last, work }) =>
          work === undefined
            ? left && last !== undefined
              ? [{ name: last.name, ms: 0, figures: last.figures }]
              : []
            : [
                {
                  name: work.name,
                  ms: Math.round(work.ms),
                  ...(work.figures === undefined ? {} : { figures: work.figures })
                }
              ]
        ),
        ...(this.#next.length === 0 ? {} : { next: this.#next.map(({ name: shard }) => shard) }),
        ...(left ? { left } : {}),
        ...(this.#refusal === undefined ? {} : { refused: this.#refusal })
      }
      await this.#redis
        .pipeline()
        .hset(keys.workers, name, JSON.stringify(state))
        // What comes after the run has ended is forgotten by itself.
        .expire(keys.workers, keptSeconds)
        .exec()
      await this.#limits.look()
      this.#look(await this.#redis.hget(queueKeys(queue).runs, found.run), now)
    } catch {
      // Redis is away: the next time.
    } finally {
      this.#isReporting = false
    }
  }

  /** A run that is over is nobody's any more; one that Redis has forgotten is announced again. */
  #look(text: string | null, now: number): void {
    const announced = read(Announcement, text)
    if (announced === undefined) {
      if (now - this.#saidAt > leftMs) void this.#close("over")
      return
    }
    this.#saidAt = announced.at
    if (announced.stopping !== undefined) void this.#close("over")
  }

  #refuse(why: string): void {
    if (this.#refusal !== undefined) return
    this.#refusal = why
    const { found, say } = this.#options
    say(`worker on ${hostname()}: does not take the run of '${found.pipeline}': ${why}`)
    void this.#reported().then(() => this.#close("refused"))
  }

  async #close(end: JoinedEnd): Promise<void> {
    if (this.#end !== undefined) return
    this.#end = end
    for (const { begin } of this.#next.splice(0)) begin(undefined)
    for (const slot of this.#slots) slot.tell({ kind: "stop" })
    // Where Redis is away nothing can be handed back: leases run out by themselves.
    await within(this.#worker.close(), closeMs, undefined)
    await this.#closeSlots()
    // With what its last shards have cost.
    await within(this.#reported(true), 1000, undefined)
    this.#leave(end)
  }

  async #closeSlots(): Promise<void> {
    this.#news.disconnect()
    clearInterval(this.#report)
    await Promise.all(this.#slots.map((slot) => slot.close()))
    const gaveUp = Promise.all(this.#slots.map((slot) => this.#limits.ended(slot)))
    await within(gaveUp, 1000, undefined)
  }
}
