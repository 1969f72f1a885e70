/**
 * The limits of models in the process of a slot: what it may use of them comes from its worker, and
 * what models say of themselves goes to all slots.
 */
import { LeasedPace } from "../models/asking/LeasedPace.ts"
import type { SharedGate } from "../models/asking/SharedLimits.ts"
import type { FromSlot, ToSlot } from "./slotMessages.ts"

export class SlotLimits {
  readonly #send: (message: FromSlot) => void
  readonly #paces = new Map<string, LeasedPace>()
  readonly #onPaused = new Map<string, Array<(ms: number, why: string) => void>>()
  readonly #onChanged: Array<() => void> = []
  #slots = 1
  #rank = 0

  constructor(send: (message: FromSlot) => void) {
    this.#send = send
  }

  /** A gate's part, for the shard that is worked on. */
  readonly gate = (gate: string): SharedGate => ({
    shareOf: (most) =>
      Math.max(1, Math.floor(most / this.#slots) + (this.#rank < most % this.#slots ? 1 : 0)),
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

  /** Forgets the gates of a shard that is done. */
  clear(): void {
    this.#paces.clear()
    this.#onPaused.clear()
    this.#onChanged.length = 0
  }

  hear(message: Extract<ToSlot, { readonly kind: "share" | "pause" | "grant" }>): void {
    switch (message.kind) {
      case "share":
        this.#slots = message.slots
        this.#rank = message.rank
        for (const changed of this.#onChanged) changed()
        return
      case "pause":
        for (const paused of this.#onPaused.get(message.gate) ?? []) paused(message.ms, message.why)
        return
      case "grant": {
        const { afterMs, amount, pace } = message
        const leased = this.#paces.get(pace)
        setTimeout(() => leased?.granted(amount), afterMs)
      }
    }
  }
}
