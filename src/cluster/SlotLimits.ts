/**
 * The limits of models in the process of a slot: what it may use of them comes from its worker, and
 * what models say of themselves goes to all slots.
 */
import { LeasedPace } from "../models/asking/LeasedPace.ts"
import { LeasedTurns, type WantedTurns } from "../models/asking/LeasedTurns.ts"
import type { SharedGate } from "../models/asking/SharedLimits.ts"
import type { FromSlot, ToSlot } from "./slotMessages.ts"

export class SlotLimits {
  readonly #send: (message: FromSlot) => void
  readonly #paces = new Map<string, LeasedPace>()
  readonly #turns = new Map<string, LeasedTurns>()
  /** Who has asked for turns: an answer may come when the shard is another. */
  readonly #asking = new Map<number, LeasedTurns>()
  #asked = 0
  readonly #onPaused = new Map<string, Array<(ms: number, why: string) => void>>()
  readonly #onChanged: Array<() => void> = []
  #slots = 1
  #rank = 0
  #all = 1

  constructor(send: (message: FromSlot) => void) {
    this.#send = send
  }

  /** A gate's part, for the shard that is worked on. */
  readonly gate = (gate: string): SharedGate => ({
    atOnce: (most, inFlight) => this.#turnsOf(gate).of(most, inFlight),
    withIdle: (most) => Math.floor((most * this.#all) / this.#slots),
    pace: (kind, perSecond, wake) => {
      const pace = `${gate}-${kind}`
      const leased = new LeasedPace(
        perSecond,
        (amount) => this.#send({ kind: "lease", pace, amount, perSecond }),
        wake
      )
      this.#paces.set(pace, leased)
      return leased
    },
    paused: (ms, why) => this.#send({ kind: "paused", gate, ms, why }),
    onPaused: (listener) =>
      void this.#onPaused.set(gate, [...(this.#onPaused.get(gate) ?? []), listener]),
    onChanged: (listener) => void this.#onChanged.push(listener)
  })

  #turnsOf(gate: string): LeasedTurns {
    const there = this.#turns.get(gate)
    if (there !== undefined) return there
    const turns: LeasedTurns = new LeasedTurns(
      // One at least: of more slots than there are turns each gets one when another has none.
      (most) =>
        Math.max(1, Math.floor(most / this.#slots) + (this.#rank < most % this.#slots ? 1 : 0)),
      (wanted) => void this.#asking.set(this.#want(gate, wanted), turns),
      () => this.#changed()
    )
    this.#turns.set(gate, turns)
    return turns
  }

  #want(gate: string, wanted: WantedTurns): number {
    const id = ++this.#asked
    this.#send({ kind: "turns", id, gate, wanted })
    return id
  }

  #changed(): void {
    for (const changed of this.#onChanged) changed()
  }

  /** Forgets the gates of a shard that is done, and gives up its turns. */
  clear(): void {
    for (const [gate, turns] of this.#turns) {
      turns.close()
      this.#want(gate, { most: 0, wanted: 0, inFlight: 0 })
    }
    this.#turns.clear()
    this.#asking.clear()
    this.#paces.clear()
    this.#onPaused.clear()
    this.#onChanged.length = 0
  }

  hear(message: Extract<ToSlot, { readonly kind: "share" | "pause" | "grant" | "turns" }>): void {
    switch (message.kind) {
      case "share":
        this.#slots = message.slots
        this.#rank = message.rank
        this.#all = message.all
        for (const turns of this.#turns.values()) turns.settle()
        this.#changed()
        return
      case "pause":
        for (const paused of this.#onPaused.get(message.gate) ?? []) paused(message.ms, message.why)
        return
      case "grant": {
        const { afterMs, amount, pace } = message
        const leased = this.#paces.get(pace)
        setTimeout(() => leased?.granted(amount), afterMs)
        return
      }
      case "turns":
        this.#asking.get(message.id)?.granted(message.count)
        this.#asking.delete(message.id)
    }
  }
}
