/**
 * Leases of paces, which all workers of a run take from one place: Redis keeps for each pace the
 * time at which the next lease may be used. effect's own limiter would need a client of its own,
 * and its burst is a whole window.
 */
import type { Redis } from "ioredis"

/** What may gather while nobody asks. */
const burstMs = 1000

/** A pace that nobody has asked for so long is forgotten. */
const keptMs = 3_600_000

const script = `
local time = redis.call("TIME")
local now = time[1] * 1000 + time[2] / 1000
local next = tonumber(redis.call("GET", KEYS[1]) or "0")
if next < now - tonumber(ARGV[2]) then next = now - tonumber(ARGV[2]) end
redis.call("SET", KEYS[1], string.format("%.3f", next + tonumber(ARGV[1])), "PX", ARGV[3])
return tostring(math.max(0, next - now))
`

/** Takes a lease of a pace; gives after how many milliseconds it may be used. */
export const takeLease = async (
  redis: Redis,
  key: string,
  amount: number,
  perSecond: number
): Promise<number> =>
  Number(await redis.eval(script, 1, key, (amount / perSecond) * 1000, burstMs, keptMs))
