import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { LeasedPace } from "../../src/models/asking/LeasedPace.ts"

describe("a leased pace", () => {
  it("lets no more go than it was granted, whenever grants come, and asks for the next when it has none", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 500, noNaN: true }),
        fc.array(fc.record({ waitsMs: fc.nat(300), grants: fc.boolean() }), { maxLength: 60 }),
        (perSecond, events) => {
          let asked: number | undefined
          let granted = 0
          let gone = 0
          let now = 0
          const pace = new LeasedPace(
            perSecond,
            (amount) => {
              expect(asked).toBeUndefined()
              asked = amount
            },
            () => {}
          )
          for (const { grants, waitsMs } of events) {
            now += waitsMs
            if (grants && asked !== undefined) {
              granted += asked
              const lease = asked
              asked = undefined
              pace.granted(lease)
            }
            while (pace.waitMs(now) === 0) {
              pace.take(1)
              gone++
            }
            expect(asked).toBeGreaterThanOrEqual(1)
            // The last of a lease may go with the fraction that is left of it.
            expect(gone).toBeLessThan(granted + 1)
          }
        }
      )
    )
  })

  it("gives up what nobody has used for a second, so that a rest gathers no burst", () => {
    const asked: Array<number> = []
    const pace = new LeasedPace(
      100,
      (amount) => asked.push(amount),
      () => {}
    )
    expect(pace.waitMs(0)).toBe(Infinity)
    expect(asked).toEqual([10])
    pace.granted(10)
    expect(pace.waitMs(1)).toBe(0)
    pace.take(4)
    expect(pace.waitMs(900)).toBe(0)
    expect(pace.waitMs(1200)).toBe(Infinity)
    expect(asked).toEqual([10, 10])
  })

  it("asks for what a large request has used beyond its lease", () => {
    const asked: Array<number> = []
    const pace = new LeasedPace(
      100,
      (amount) => asked.push(amount),
      () => {}
    )
    pace.waitMs(0)
    pace.granted(10)
    pace.waitMs(0)
    pace.take(400)
    pace.waitMs(0)
    expect(asked).toEqual([10, 391])
  })
})
