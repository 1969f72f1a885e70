/**
 * The queue of a run: it holds the next shards that are missing in the folder, and gets them again
 * where Redis has lost them.
 */
import type { Queue } from "bullmq"
import type { Broker } from "./Broker.ts"
import { queueKeys, type ShardJob, type TraceContext } from "./messages.ts"
import type { OneShard, RunFolder } from "./RunFolder.ts"
import type { RunPlan } from "./RunPlan.ts"
import { within } from "./within.ts"

export interface ShardQueueOptions {
  readonly broker: Broker
  readonly queue: string
  readonly run: string
  readonly plan: RunPlan
  readonly folder: RunFolder
  /** No row of a source beyond it is worked on. */
  readonly maxRows: number
  /** At most so many shards are worked on at the same time. */
  readonly concurrency: number | undefined
  readonly trace: TraceContext | undefined
}

/** So often it is made sure that the queue still holds what it should. */
const refillMs = 5000
/** At most so many shards wait. */
const mostQueued = 1000
/** BullMQ's greatest number for what may wait. */
const lastPriority = 2 ** 21 - 1

export class ShardQueue {
  readonly #options: ShardQueueOptions
  readonly #queue: Queue
  /** Shards that are in the queue, as far as is known. */
  readonly #queued = new Map<string, OneShard>()
  /** Shards that failed at each try, with why. */
  readonly failed = new Map<string, string>()
  #isFilling = false
  #filledAt = -Infinity

  constructor(options: ShardQueueOptions) {
    const { broker, queue, run } = options
    this.#options = options
    this.#queue = new broker.bull.Queue(run, broker.options(queueKeys(queue).prefix))
    // Redis that is away comes back.
    this.#queue.on("error", () => {})
  }

  /** What failed for good is tried again by a run that is started again. */
  async begin(): Promise<void> {
    await this.#queue.clean(0, 0, "failed")
  }

  /** A shard is there. */
  done(name: string): void {
    this.#queued.delete(name)
    this.failed.delete(name)
  }

  /** Whether there is a shard that could still be worked on. */
  get hasMore(): boolean {
    const { folder, maxRows } = this.#options
    return folder.missing(1, maxRows, (name) => this.failed.has(name)).length > 0
  }

  /** Hears which shards failed for good. */
  async look(): Promise<void> {
    for (const { failedReason, name } of await this.#queue.getFailed(0, 19))
      this.failed.set(name, failedReason)
  }

  /** Adds shards, and those again that Redis has lost; one that a worker has is in good hands. */
  async fill(now: number, atHand: ReadonlySet<string>): Promise<void> {
    if (this.#isFilling) return
    this.#isFilling = true
    try {
      const { concurrency, folder, maxRows } = this.#options
      const room = mostQueued - this.#queued.size
      const more =
        room < mostQueued / 2
          ? []
          : folder.missing(room, maxRows, (name) => this.#queued.has(name) || this.failed.has(name))
      for (const shard of more) this.#queued.set(shard.name, shard)
      await this.#add(more)
      if (now - this.#filledAt < refillMs) return
      this.#filledAt = now
      // With fewer slots than a model takes requests none of them is without any.
      if (concurrency !== undefined) await this.#queue.setGlobalConcurrency(concurrency)
      await this.#add(await this.#lost(atHand))
    } catch {
      // Redis is away: the next time.
    } finally {
      this.#isFilling = false
    }
  }

  /** Removes all of it from Redis. */
  async remove(): Promise<void> {
    await this.#queue.obliterate({ force: true })
  }

  async close(): Promise<void> {
    await within(this.#queue.close(), 1000, undefined)
  }

  /** Shards that should be in the queue and are not. */
  async #lost(atHand: ReadonlySet<string>): Promise<ReadonlyArray<OneShard>> {
    const counts = await this.#queue.getJobCounts(
      "wait",
      "prioritized",
      "active",
      "delayed",
      "failed"
    )
    const there = Object.values(counts).reduce((sum, count) => sum + count, 0)
    if (there >= this.#queued.size + this.failed.size) return []
    return [...this.#queued.values()].filter(({ name }) => !atHand.has(name))
  }

  async #add(shards: ReadonlyArray<OneShard>): Promise<void> {
    const { plan, run, trace } = this.#options
    if (shards.length === 0) return
    await this.#queue.addBulk(
      shards.map(({ from, index, name, part, to }) => {
        const signature = plan.signature.slice(0, 12)
        const shard = { run, signature, stage: part, index, from, to }
        const data: ShardJob = trace === undefined ? shard : { ...shard, trace }
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
}
