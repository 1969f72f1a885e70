import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  addValue,
  bucketStart,
  emptyHistogram,
  merged,
  quantile
} from "../../src/report/figures/Histogram.ts"
import { addUntil, emptyTimeline } from "../../src/report/figures/Timeline.ts"

const values = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), {
  minLength: 1,
  maxLength: 200
})
const histogramOf = (all: ReadonlyArray<number>) => {
  const histogram = emptyHistogram()
  for (const value of all) addValue(histogram, value)
  return histogram
}

describe("a histogram", () => {
  it("counts every value once, in the bucket in which it lies", () => {
    fc.assert(
      fc.property(values, (all) => {
        const { count, counts, max, min } = histogramOf(all)
        expect(count).toBe(all.length)
        expect(counts.reduce((sum, held) => sum + held, 0)).toBe(all.length)
        expect([min, max]).toEqual([Math.min(...all), Math.max(...all)])
        for (const [bucket, held] of counts.entries()) {
          // Where a value is the border itself, rounding may put it on either side.
          const near = all.filter(
            (value) =>
              value >= bucketStart(bucket) * (1 - 1e-9) &&
              value < bucketStart(bucket + 1) * (1 + 1e-9)
          ).length
          expect(held).toBeLessThanOrEqual(near)
        }
      })
    )
  })

  it("tells quantiles as near as a bucket is wide", () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (all, share) => {
        const exact = all.toSorted((a, b) => a - b)[Math.ceil(share * all.length) - 1]!
        const told = quantile(histogramOf(all), share)!
        expect(Math.abs(told - exact)).toBeLessThanOrEqual(Math.max(1, exact * 0.19 + 1e-6))
      })
    )
    expect(quantile(emptyHistogram(), 0.5)).toBeUndefined()
  })

  it("takes what is no time and no count for nothing", () => {
    expect(histogramOf([NaN, -1, Infinity])).toEqual(emptyHistogram())
  })

  it("is the same for all values at once and for parts that are put together", () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const { sum, ...whole } = histogramOf([...a, ...b])
        const { sum: sums, ...parts } = merged([histogramOf(a), histogramOf(b), emptyHistogram()])
        expect(parts).toEqual(whole)
        expect(sums).toBeCloseTo(sum, -3)
      })
    )
  })
})

describe("a timeline", () => {
  it("keeps all that was counted, in at most 240 buckets, however long it goes on", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ after: fc.double({ min: 0.1, max: 1e6, noNaN: true }), rows: fc.nat(1e5) }),
          { minLength: 1, maxLength: 80 }
        ),
        (events) => {
          const timeline = emptyTimeline()
          let until = 0
          for (const { after, rows } of events)
            addUntil(timeline, (until += after), { rows, answers: 1, tokens: 0 })
          const total = (line: ReadonlyArray<number>): number =>
            line.reduce((sum, value) => sum + value, 0)
          expect(timeline.rows.length).toBeLessThanOrEqual(240)
          expect(timeline.rows.length).toBe(timeline.answers.length)
          expect(timeline.until).toBe(until)
          expect(total(timeline.rows)).toBeCloseTo(
            events.reduce((sum, { rows }) => sum + rows, 0),
            3
          )
          expect(total(timeline.answers)).toBeCloseTo(events.length, 6)
        }
      )
    )
  })

  it("spreads what happened in a long pause over all of it", () => {
    const timeline = emptyTimeline()
    addUntil(timeline, 1000, { rows: 10, answers: 0, tokens: 0 })
    expect(timeline.rows.map((value) => Math.round(value * 1e6) / 1e6)).toEqual(
      Array.from({ length: 10 }, () => 1)
    )
    addUntil(timeline, 1000, { rows: 5, answers: 0, tokens: 0 })
    expect(timeline.rows).toHaveLength(10)
  })
})
