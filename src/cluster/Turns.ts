/**
 * Turns at models, which all slots of a run lease from one place: Redis keeps for each gate how
 * many each slot has and how many that is in all. What a slot gives up is another's from then on.
 */
import type { Redis } from "ioredis"
import type { WantedTurns } from "../models/asking/LeasedTurns.ts"
import type { runKeys } from "./messages.ts"

const keptSeconds = 600

/** Sets what a slot has: at least its requests in flight, else what is wanted and left by others. */
const lease = `
local own = tonumber(redis.call("HGET", KEYS[1], ARGV[1]) or "0")
local all = tonumber(redis.call("HGET", KEYS[1], "all") or "0")
local left = tonumber(ARGV[2]) - (all - own)
local count = math.max(tonumber(ARGV[4]), math.min(tonumber(ARGV[3]), left))
if ARGV[5] == "more" then count = math.max(count, own) end
if count > 0 then redis.call("HSET", KEYS[1], ARGV[1], count) else redis.call("HDEL", KEYS[1], ARGV[1]) end
redis.call("HSET", KEYS[1], "all", all - own + count)
redis.call("EXPIRE", KEYS[1], ARGV[6])
redis.call("SADD", KEYS[2], ARGV[7])
redis.call("EXPIRE", KEYS[2], ARGV[6])
return count
`

type Keys = Pick<ReturnType<typeof runKeys>, "turns" | "gates">

const take = async (
  redis: Redis,
  keys: Keys,
  gate: string,
  field: string,
  { inFlight, most, wanted }: WantedTurns,
  mode: "these" | "more" = "these"
): Promise<number> =>
  Number(
    await redis.eval(
      lease,
      2,
      `${keys.turns}${gate}`,
      keys.gates,
      field,
      most,
      wanted,
      inFlight,
      mode,
      keptSeconds,
      gate
    )
  )

const none: WantedTurns = { most: 0, wanted: 0, inFlight: 0 }

const fieldOf = (worker: string, slot: number): string => `${slot}@${worker}`

interface Held {
  readonly slot: number
  readonly gate: string
  readonly most: number
  readonly count: number
}

/** The turns of a worker's slots. */
export class Turns {
  readonly #redis: Redis
  readonly #keys: Keys
  readonly #worker: string
  /** What slots have, by their fields and gates. */
  readonly #held = new Map<string, Held>()

  constructor(redis: Redis, keys: Keys, worker: string) {
    this.#redis = redis
    this.#keys = keys
    this.#worker = worker
  }

  /** Leases turns for a slot, in place of those that it has; gives how many it has now. */
  async take(slot: number, gate: string, wanted: WantedTurns): Promise<number> {
    const key = `${slot} ${gate}`
    const had = this.#held.get(key)?.count ?? 0
    // What is given up is not said again while that is under way.
    this.#held.set(key, { slot, gate, most: wanted.most, count: Math.min(had, wanted.wanted) })
    const field = fieldOf(this.#worker, slot)
    const count = await take(this.#redis, this.#keys, gate, field, wanted)
    this.#held.set(key, { slot, gate, most: wanted.most, count })
    return count
  }

  /** Says again what slots have: Redis may have been emptied. */
  async sayAgain(): Promise<void> {
    for (const { count, gate, most, slot } of this.#held.values()) {
      if (count === 0) continue
      const said = { most, wanted: count, inFlight: count }
      await take(this.#redis, this.#keys, gate, fieldOf(this.#worker, slot), said, "more")
    }
  }

  /** Gives up what a slot has whose process has ended. */
  async giveUp(slot: number): Promise<void> {
    const own = [...this.#held.values()].filter((held) => held.slot === slot && held.count > 0)
    await Promise.all(own.map(({ gate }) => this.take(slot, gate, none)))
  }
}

/** Gives up what workers have that are not there any more. */
export const giveUpTurnsOfOthers = async (
  redis: Redis,
  keys: Keys,
  live: () => Promise<ReadonlyMap<string, unknown>>
): Promise<void> => {
  const held: Array<{ readonly gate: string; readonly field: string }> = []
  for (const gate of await redis.smembers(keys.gates))
    for (const field of await redis.hkeys(`${keys.turns}${gate}`))
      if (field.includes("@")) held.push({ gate, field })
  if (held.length === 0) return
  // Only now: whoever has turns has said before that it is there.
  const there = await live()
  for (const { field, gate } of held)
    if (!there.has(field.slice(field.indexOf("@") + 1))) await take(redis, keys, gate, field, none)
}
