/**
 * The limits of models at a worker: what its slots may use of them comes from Redis, and what one
 * of them has met of a model's own limits goes to all.
 */
import type { Redis } from "ioredis"
import { takeLease } from "./Leases.ts"
import { Pause, read, type runKeys, WorkerShare } from "./messages.ts"
import type { Slot, SlotAsks } from "./Slot.ts"
import { Turns } from "./Turns.ts"

/** What slots have is said again so often. */
const againMs = 10_000

interface WorkerLimitsOptions {
  readonly redis: Redis
  readonly keys: ReturnType<typeof runKeys>
  /** The worker's own. */
  readonly name: string
  readonly slots: ReadonlyArray<Slot>
}

export class WorkerLimits {
  readonly #options: WorkerLimitsOptions
  readonly #turns: Turns
  /** The share that the slots know of. */
  #sharedAs: string | undefined
  #saidAt = performance.now()

  constructor(options: WorkerLimitsOptions) {
    const { keys, name, redis } = options
    this.#options = options
    this.#turns = new Turns(redis, keys, name)
  }

  /** What a slot needs of the limits of a model, or has met of them. */
  asked(slot: Slot, asked: SlotAsks): void {
    const { keys, name, redis, slots } = this.#options
    switch (asked.kind) {
      case "lease": {
        const { amount, pace, perSecond } = asked
        takeLease(redis, `${keys.paces}${pace}`, amount, perSecond).then(
          (afterMs) => slot.tell({ kind: "grant", pace, amount, afterMs }),
          // A slot that never hears of it asks again with its next shard.
          () => {}
        )
        return
      }
      case "turns": {
        const { gate, id, wanted } = asked
        this.#turns.take(slots.indexOf(slot), gate, wanted).then(
          (count) => slot.tell({ kind: "turns", id, count }),
          () => slot.tell({ kind: "turns", id, count: undefined })
        )
        return
      }
      case "paused": {
        const { gate, ms, why } = asked
        for (const other of slots) if (other !== slot) other.tell({ kind: "pause", gate, ms, why })
        const pause: Pause = { by: name, gate, ms, why }
        redis.publish(keys.news, JSON.stringify(pause)).catch(() => {})
      }
    }
  }

  /** Another worker has met a pause. */
  paused(text: string): void {
    const { name, slots } = this.#options
    const pause = read(Pause, text)
    if (pause === undefined || pause.by === name) return
    const { gate, ms, why } = pause
    for (const slot of slots) slot.tell({ kind: "pause", gate, ms, why })
  }

  /** The process of a slot has ended: what it had in flight has ended with it. */
  async ended(slot: Slot): Promise<void> {
    // Where Redis is away, the coordinator sees that the worker is.
    await this.#turns.giveUp(this.#options.slots.indexOf(slot)).catch(() => {})
  }

  /** Hears what part of the limits is the worker's, and tells each slot which of how many it is. */
  async look(): Promise<void> {
    const { keys, name, redis } = this.#options
    this.#shared(await redis.hget(keys.shares, name))
    if (performance.now() - this.#saidAt < againMs) return
    this.#saidAt = performance.now()
    await this.#turns.sayAgain()
  }

  #shared(text: string | null): void {
    if (text === null || text === this.#sharedAs) return
    const share = read(WorkerShare, text)
    if (share === undefined) return
    this.#sharedAs = share.ofBusy ? undefined : text
    const { slots } = this.#options
    const counted = share.ofBusy ? slots.filter(({ work }) => work !== undefined) : slots
    counted.forEach((slot, i) =>
      slot.tell({ kind: "share", slots: share.slots, rank: share.first + i, all: share.all })
    )
  }
}
