import { expect, it } from "vitest"
import { Lanes } from "../../src/cluster/Lanes.ts"

it("lanes tell of every shard and all of their time, in a few thousand bars however many there are", () => {
  const lanes = new Lanes()
  const shards = 30_000
  for (let i = 0; i < shards; i++) {
    const slot = i % 3
    const began = Math.floor(i / 3) * 1000 + slot
    lanes.add(String(i), {
      host: "here",
      pid: slot,
      worker: slot === 2 ? 8 : 7,
      through: 0,
      began,
      // Each rests for a tenth of a second before the next.
      seconds: i === 4711 ? 60 : 0.9,
      steps: []
    })
  }
  const present = new Map([["here:7", { slots: 2, first: 0, last: 10_000_000, restarts: 1 }]])
  const { longest, shardMs, workers } = lanes.figures(present)
  const bars = workers.flatMap(({ slots }) => slots.flat())
  expect(bars.length).toBeLessThanOrEqual(4000)
  expect(bars.reduce((sum, bar) => sum + bar.shards, 0)).toBe(shards)
  expect(workers.map(({ name, slots }) => [name, slots.length])).toEqual([
    ["here:7", 2],
    ["here:8", 1]
  ])
  expect(workers.reduce((sum, { busyMs }) => sum + busyMs, 0)).toBeCloseTo(shards * 900 + 59_100)
  expect([workers[0]!.presentMs, workers[0]!.restarts]).toEqual([20_000_000, 1])
  expect([longest[0]!.name, shardMs.count]).toEqual(["4711", shards])
})
