import { setTimeout as sleep } from "node:timers/promises"
import { Redis } from "ioredis"
import { describe, expect, it } from "vitest"
import { runKeys } from "../../src/cluster/messages.ts"
import { giveUpTurnsOfOthers, Turns } from "../../src/cluster/Turns.ts"
import { LeasedTurns } from "../../src/models/asking/LeasedTurns.ts"
import { hasRedis, redisServer } from "./redisServer.ts"

const keys = runKeys("test", "run")

/** A process that has so many requests to make, one of several at the same model. */
const processOf = (turns: Turns, slot: number, most: number, onChange: (by: number) => void) => {
  let inFlight = 0
  let share = most
  let left = 0
  let woken = (): void => {}
  const leased: LeasedTurns = new LeasedTurns(
    () => share,
    (wanted) =>
      void turns.take(slot, "gate", wanted).then(
        (count) => leased.granted(count),
        () => leased.granted(undefined)
      ),
    () => woken()
  )
  const look = (): void => {
    while (left > 0 && inFlight < leased.of(most, () => inFlight)) {
      left--
      inFlight++
      onChange(1)
      void sleep(Math.random() * 8).then(() => {
        inFlight--
        onChange(-1)
        leased.of(most, () => inFlight)
        look()
      })
    }
    if (left === 0 && inFlight === 0) through?.()
  }
  let through: (() => void) | undefined
  woken = look
  return {
    share: (count: number) => {
      share = count
      leased.settle()
      look()
    },
    asks: async (count: number) => {
      left = count
      const { promise, resolve } = Promise.withResolvers<void>()
      through = resolve
      look()
      await promise
      leased.close()
      await turns.take(slot, "gate", { most: 0, wanted: 0, inFlight: 0 })
    }
  }
}

describe.skipIf(!hasRedis)("turns at a model", () => {
  it("are never more than there are, however shares change, and all get theirs", async () => {
    await using server = await redisServer()
    const redis = new Redis(server.address)
    const most = 5
    let inFlight = 0
    let highest = 0
    const changed = (by: number): void => {
      inFlight += by
      highest = Math.max(highest, inFlight)
    }
    // More slots than there are turns.
    const slots = Array.from({ length: 7 }, (_, i) =>
      processOf(new Turns(redis, keys, `worker-${i % 3}`), i, most, changed)
    )
    const shaken = setInterval(() => {
      for (const slot of slots) slot.share(1 + Math.floor(Math.random() * most))
    }, 3)
    await Promise.all(slots.map((slot) => slot.asks(40)))
    clearInterval(shaken)
    expect(highest).toBe(most)
    expect(await redis.hgetall(`${keys.turns}gate`)).toEqual({ all: "0" })
    redis.disconnect()
  })

  it("of a worker that is gone are for others, and a Redis that was emptied is told them again", async () => {
    await using server = await redisServer()
    const redis = new Redis(server.address)
    const [gone, there] = [new Turns(redis, keys, "gone"), new Turns(redis, keys, "there")]
    const want = (wanted: number) => ({ most: 4, wanted, inFlight: 0 })
    expect(await gone.take(0, "gate", want(3))).toBe(3)
    expect(await there.take(0, "gate", want(4))).toBe(1)
    await giveUpTurnsOfOthers(redis, keys, async () => new Map([["there", {}]]))
    expect(await there.take(0, "gate", want(4))).toBe(4)
    await redis.flushall()
    await there.sayAgain()
    expect(await gone.take(1, "gate", want(3))).toBe(0)
    await there.giveUp(0)
    expect(await gone.take(1, "gate", want(3))).toBe(3)
    redis.disconnect()
  })

  it("that are in flight are not taken away, and what is said again takes none that were leased since", async () => {
    await using server = await redisServer()
    const redis = new Redis(server.address)
    const turns = new Turns(redis, keys, "worker")
    expect(await turns.take(0, "gate", { most: 4, wanted: 4, inFlight: 0 })).toBe(4)
    expect(await turns.take(1, "gate", { most: 4, wanted: 2, inFlight: 1 })).toBe(1)
    const [count] = await Promise.all([
      turns.take(0, "gate", { most: 8, wanted: 6, inFlight: 4 }),
      turns.sayAgain()
    ])
    expect(count).toBe(6)
    expect(await redis.hget(`${keys.turns}gate`, "all")).toBe("7")
    redis.disconnect()
  })
})
