import fc from "fast-check"
import { expect, it } from "vitest"
import { KeySet } from "../../../src/steps/filter/KeySet.ts"

it("a set of keys holds what a set of texts holds, through all its sizes", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 4 }),
      fc.array(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 4, maxLength: 4 }), {
        maxLength: 200
      }),
      (width, keys) => {
        const set = new KeySet(width)
        const seen = new Set<string>()
        for (const key of keys) {
          const words = Uint32Array.from(key.slice(0, width))
          const text = words.join(" ")
          expect(set.has(words)).toBe(seen.has(text))
          expect(set.add(words)).toBe(!seen.has(text))
          seen.add(text)
        }
        expect(set.size).toBe(seen.size)
      }
    )
  )
})

it("a set that has grown many times still holds its first keys and no others", () => {
  const set = new KeySet(2)
  const key = (i: number): Uint32Array => Uint32Array.of(i, Math.imul(i, 0x9e_37_79_b1))
  const all = Array.from({ length: 20_000 }, (_, i) => i + 1)
  expect(all.every((i) => set.add(key(i)))).toBe(true)
  expect(all.every((i) => set.has(key(i)))).toBe(true)
  expect(set.has(key(20_001))).toBe(false)
  expect(set.size).toBe(20_000)
})
