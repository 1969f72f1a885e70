/**
 * The order of long prompts: providers keep the beginning of a prompt for some minutes, and take
 * less for one that begins alike. So the first request of a new beginning goes alone, those that
 * begin alike wait for its answer and follow it near each other, and only a few beginnings are in
 * use at a time.
 */
import { hash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { isLongPrompt, shortestPrefix } from "../chat/longPrompts.ts"

/** Beginnings of this length, and of each twice as long as the one before. */
const mostLengths = 6
/** As long as most providers keep a beginning that nobody uses. */
const warmMs = 300_000
/** Beginnings that are in use at a time. */
const mostOpen = 8
/** Who has been overtaken by so many goes next. */
const mostOvertaking = 2000
const mostKnown = 20_000

interface Waiting {
  /** Its beginnings, the shortest first. */
  readonly prefixes: ReadonlyArray<string>
  readonly arrived: number
  state: "waiting" | "started" | "left"
  resume: (() => void) | undefined
  /** The longest beginning that it shared with others when it went. */
  group: string | undefined
}

/** Stands for the beginning of a long prompt of a step; undefined for one that is short. */
export const prefixKey = (step: string, prompt: string): string | undefined =>
  isLongPrompt(prompt.length)
    ? hash("sha256", `${step}\n${prompt.slice(0, shortestPrefix)}`).slice(0, 32)
    : undefined

export class PrefixOrder {
  readonly #limit: number
  readonly #now: () => number
  /** Oldest first. */
  readonly #waiting = new Set<Waiting>()
  /** Who waits, by each of its beginnings. */
  readonly #waitingBy = new Map<string, Set<Waiting>>()
  /** How many prompts had a beginning. */
  readonly #seen = new Map<string, number>()
  /** When a beginning was last answered; the longest ago first. */
  readonly #answered = new Map<string, number>()
  /** Beginnings whose first request is on its way. */
  readonly #pending = new Map<string, Waiting>()
  /** Beginnings in use, by how many requests with them are on their way. */
  readonly #open = new Map<string, number>()
  #inFlight = 0
  #started = 0

  /** At most `limit` requests are on their way at once; `now` counts milliseconds. */
  constructor(limit: number, now: () => number) {
    this.#limit = limit
    this.#now = now
  }

  /** Asks with a prompt when it is its turn. */
  inOrder<A, E, R>(prompt: string, ask: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.suspend(() => {
      const waiting = this.#arrived(prompt)
      const turn = Effect.suspend(() =>
        waiting.state === "started"
          ? Effect.void
          : Effect.callback<void>((resume) => {
              waiting.resume = () => resume(Effect.void)
            })
      )
      return Effect.onExit(Effect.andThen(turn, ask), (exit) =>
        Effect.sync(() => this.#left(waiting, Exit.isSuccess(exit)))
      )
    })
  }

  #arrived(prompt: string): Waiting {
    const waiting: Waiting = {
      prefixes: prefixesOf(prompt),
      arrived: this.#started,
      state: "waiting",
      resume: undefined,
      group: undefined
    }
    this.#waiting.add(waiting)
    for (const prefix of waiting.prefixes) {
      remember(this.#seen, prefix, (this.#seen.get(prefix) ?? 0) + 1)
      const same = this.#waitingBy.get(prefix)
      if (same === undefined) this.#waitingBy.set(prefix, new Set([waiting]))
      else same.add(waiting)
    }
    this.#followed(waiting)
    this.#startMore()
    return waiting
  }

  /** Whoever is on the way with a beginning that nobody shared until now has it in use. */
  #followed(follower: Waiting): void {
    const prefix = this.#groupOf(follower)
    const leader = prefix === undefined ? undefined : this.#pending.get(prefix)
    if (prefix === undefined || leader === undefined || leader.group !== undefined) return
    leader.group = prefix
    this.#open.set(prefix, (this.#open.get(prefix) ?? 0) + 1)
  }

  #left(waiting: Waiting, isAnswered: boolean): void {
    if (waiting.state === "waiting") this.#leaveLine(waiting)
    else this.#inFlight--
    waiting.state = "left"
    const now = this.#now()
    for (const prefix of waiting.prefixes) {
      if (this.#pending.get(prefix) === waiting) this.#pending.delete(prefix)
      if (isAnswered) remember(this.#answered, prefix, now)
    }
    const { group } = waiting
    if (group !== undefined) {
      const left = (this.#open.get(group) ?? 1) - 1
      if (left > 0 || this.#waitingBy.has(group)) this.#open.set(group, left)
      else this.#open.delete(group)
    }
    this.#startMore()
  }

  #leaveLine(waiting: Waiting): void {
    this.#waiting.delete(waiting)
    for (const prefix of waiting.prefixes) {
      const same = this.#waitingBy.get(prefix)
      same?.delete(waiting)
      if (same?.size === 0) {
        this.#waitingBy.delete(prefix)
        if (this.#open.get(prefix) === 0) this.#open.delete(prefix)
      }
    }
  }

  #startMore(): void {
    while (this.#inFlight < this.#limit) {
      const next = this.#next()
      if (next === undefined) return
      this.#leaveLine(next)
      next.state = "started"
      next.group = this.#groupOf(next)
      if (next.group !== undefined)
        this.#open.set(next.group, (this.#open.get(next.group) ?? 0) + 1)
      this.#inFlight++
      this.#started++
      const now = this.#now()
      for (const prefix of next.prefixes)
        if (!this.#isWarm(prefix, now)) this.#pending.set(prefix, next)
      next.resume?.()
    }
  }

  /** Who goes next: of those whose beginning is in use the oldest, else the oldest of all. */
  #next(): Waiting | undefined {
    const [oldest] = this.#waiting
    if (oldest === undefined) return undefined
    if (this.#started - oldest.arrived > mostOvertaking && this.#mayStart(oldest)) return oldest
    let next: Waiting | undefined
    for (const prefix of this.#open.keys()) {
      if (this.#pending.has(prefix)) continue
      const first = this.#firstOf(this.#waitingBy.get(prefix))
      if (first !== undefined && (next === undefined || first.arrived < next.arrived)) next = first
    }
    if (next !== undefined) return next
    for (const waiting of this.#waiting) {
      if (!this.#mayStart(waiting)) continue
      const group = this.#groupOf(waiting)
      // A beginning that nobody shares is no beginning in use.
      if (group === undefined || this.#open.has(group) || this.#open.size < mostOpen) return waiting
    }
    return undefined
  }

  #firstOf(waiting: Iterable<Waiting> = []): Waiting | undefined {
    for (const each of waiting) if (this.#mayStart(each)) return each
    return undefined
  }

  /** Whether nobody is on the way whose answer would make it cheaper. */
  #mayStart({ prefixes }: Waiting): boolean {
    return !prefixes.some((prefix) => this.#pending.has(prefix))
  }

  /** The longest beginning that it shares with others. */
  #groupOf({ prefixes }: Waiting): string | undefined {
    return prefixes.findLast((prefix) => (this.#seen.get(prefix) ?? 0) > 1)
  }

  #isWarm(prefix: string, now: number): boolean {
    const at = this.#answered.get(prefix)
    return at !== undefined && now - at < warmMs
  }
}

/** Stands at the end of a map's order, at whose beginning it forgets what is too much. */
const remember = (map: Map<string, number>, key: string, value: number): void => {
  map.delete(key)
  map.set(key, value)
  if (map.size <= mostKnown) return
  const [first] = map.keys()
  if (first !== undefined) map.delete(first)
}

/** The beginnings of a prompt, hashed, the shortest first. */
const prefixesOf = (prompt: string): ReadonlyArray<string> => {
  const prefixes: Array<string> = []
  for (
    let length = shortestPrefix;
    length <= prompt.length && prefixes.length < mostLengths;
    length *= 2
  )
    prefixes.push(hash("sha1", prompt.slice(0, length), "base64url"))
  return prefixes
}
