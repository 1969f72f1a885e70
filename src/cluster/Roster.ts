/**
 * The workers of a run, as they report themselves: who is there, what each does, what all of it has
 * come to; and what part of the models' limits each of them has.
 */
import type { Redis } from "ioredis"
import { type ShardFigures, Sums } from "./figures.ts"
import { laneName, type Presence } from "./Lanes.ts"
import { goneMs, read, type runKeys, timeOf, type WorkerShare, WorkerState } from "./messages.ts"
import type { RunFolder } from "./RunFolder.ts"
import { giveUpTurnsOfOthers } from "./Turns.ts"

const againMs = 5000

export class Roster {
  readonly #redis: Redis
  readonly #keys: ReturnType<typeof runKeys>
  readonly #folder: RunFolder
  readonly #say: (line: string) => void
  /** What shards that are not done were last said to have counted, by their names. */
  readonly #open = new Map<string, ShardFigures>()
  /** Why workers do not take the run. */
  readonly refusals = new Set<string>()
  /** Workers that are there, by their names. */
  #live: ReadonlyMap<string, WorkerState> = new Map()
  /** What each of them was last told. */
  #shares: Readonly<Record<string, string>> = {}
  #toldAt = 0
  /** What the steps have counted, of shards that are done and of those at work. */
  sums = new Sums()
  /** Source rows that are through, of shards that are done and of those at work. */
  through = 0
  /** When workers were there, by the names of their lanes. */
  readonly present = new Map<string, Presence>()

  constructor(
    redis: Redis,
    keys: ReturnType<typeof runKeys>,
    folder: RunFolder,
    say: (line: string) => void
  ) {
    this.#redis = redis
    this.#keys = keys
    this.#folder = folder
    this.#say = say
  }

  get workers(): ReadonlyArray<WorkerState> {
    return [...this.#live.values()]
  }

  /** The shards that workers have at hand. */
  get atHand(): ReadonlySet<string> {
    return new Set(
      this.workers.flatMap(({ next = [], shards }) => [...shards.map(({ name }) => name), ...next])
    )
  }

  /** Hears what workers report. */
  async hear(): Promise<void> {
    const now = timeOf(await this.#redis.time())
    this.#take(await this.#redis.hgetall(this.#keys.workers), now)
  }

  /** A shard is there: its own figures count from now on. */
  done(name: string): void {
    this.#open.delete(name)
  }

  /** Adds up what is known. */
  add(): void {
    this.sums = this.#folder.sums.copy()
    this.through = this.#folder.sourceRows
    for (const [name, figures] of this.#open) {
      this.sums.add(figures)
      if (this.#folder.readsSource(name)) this.through += figures.through
    }
  }

  /** Divides what models take at once among all slots, as they come and go. */
  async divide(left: number): Promise<void> {
    // Who has come back to a Redis that was emptied is to hear it again.
    if (performance.now() - this.#toldAt > againMs) {
      this.#toldAt = performance.now()
      this.#shares = {}
      await this.#giveUpTurns()
    }
    const all = [...this.#live].toSorted(([a], [b]) => (a < b ? -1 : 1))
    const slots = all.reduce((sum, [, state]) => sum + state.slots, 0)
    const ofBusy = left < slots
    const count = (state: WorkerState): number => (ofBusy ? state.shards.length : state.slots)
    const total = Math.max(
      1,
      all.reduce((sum, [, state]) => sum + count(state), 0)
    )
    let first = 0
    const shares: Record<string, string> = {}
    for (const [name, state] of all) {
      const share: WorkerShare = { slots: total, first, ofBusy, all: Math.max(total, slots) }
      shares[name] = JSON.stringify(share)
      first += count(state)
    }
    const changed = Object.entries(shares).filter(([name, share]) => this.#shares[name] !== share)
    this.#shares = shares
    if (changed.length > 0) await this.#redis.hset(this.#keys.shares, Object.fromEntries(changed))
  }

  /** What workers had leased that are gone is for the others. */
  async #giveUpTurns(): Promise<void> {
    await giveUpTurnsOfOthers(this.#redis, this.#keys, async () => {
      await this.hear()
      return this.#live
    })
  }

  /** Takes what workers have reported. */
  #take(states: Readonly<Record<string, string>>, now: number): void {
    const live = new Map<string, WorkerState>()
    for (const [worker, text] of Object.entries(states)) {
      const state = read(WorkerState, text)
      if (state === undefined || now - state.at > goneMs) continue
      for (const { figures, name } of state.shards)
        // An attempt counts what the ones before it have cost as soon as it has begun.
        if (figures !== undefined && !this.#folder.has(name)) this.#open.set(name, figures)
      if (state.refused === undefined) {
        this.#seen(state, now)
        if (state.left !== true) live.set(worker, state)
      } else {
        const sentence = `worker on ${state.host} (process ${state.pid}): ${state.refused}`
        if (!this.refusals.has(sentence)) this.#say(sentence)
        this.refusals.add(sentence)
      }
    }
    this.#live = live
    this.add()
  }

  /** A worker was there at the time of its report. */
  #seen({ at, deaths, host, pid, slots }: WorkerState, now: number): void {
    const name = laneName(host, pid)
    const last = Date.now() - (now - at)
    const first = this.present.get(name)?.first ?? last
    this.present.set(name, { slots, first, last, restarts: deaths })
  }
}
