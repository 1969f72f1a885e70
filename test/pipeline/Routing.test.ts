import fc from "fast-check"
import { expect, it } from "vitest"
import { sampleNSteps } from "../../src/index.ts"

const names = ["a", "b", "c", "d"]

it("sampleNSteps gives n different steps in their order, the same for the same batch", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.integer(), fc.nat(), (n, seed, number) => {
      const chosen = sampleNSteps(n, { seed }).choose(names, { number, rows: [] })
      expect(chosen).toHaveLength(Math.min(n, names.length))
      expect(chosen).toEqual(names.filter((name) => chosen.includes(name)))
      expect(sampleNSteps(n, { seed }).choose(names, { number, rows: [] })).toEqual(chosen)
    })
  )
})

it("sampleNSteps gives every step about as many batches", () => {
  const counts = new Map<string, number>()
  for (let number = 0; number < 4000; number++)
    for (const name of sampleNSteps(2).choose(names, { number, rows: [] }))
      counts.set(name, (counts.get(name) ?? 0) + 1)
  for (const name of names) expect(Math.abs(counts.get(name)! - 2000)).toBeLessThan(150)
})

it("sampleNSteps refuses a number of steps that makes no sense", () => {
  expect(() => sampleNSteps(0)).toThrow(
    "sampleNSteps(0): the number of steps must be a whole number from 1 on"
  )
})
