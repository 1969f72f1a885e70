import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cardsOf, chipHeight, styles, tabHeight } from "../../src/picture/cards.ts"
import { type Direction, type Layout, layoutOf, type Point } from "../../src/picture/layout.ts"
import { textWidth } from "../../src/picture/measure.ts"
import { pictureOf } from "../../src/picture/Picture.ts"
import { built, written } from "./graphs.ts"

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** The room of each card, and of its tab. */
const boxesOf = ({ cards }: Layout): ReadonlyArray<ReadonlyArray<Box>> =>
  cards.map(({ card, tab, x, y }) => [
    { left: x, right: x + card.width, top: y, bottom: y + card.height },
    ...(tab === undefined
      ? []
      : [{ left: tab.x, right: tab.x + card.tab!.width, top: tab.y, bottom: tab.y + tabHeight }])
  ])
const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right - 0.5 &&
  b.left < a.right - 0.5 &&
  a.top < b.bottom - 0.5 &&
  b.top < a.bottom - 0.5
const inside = ({ x, y }: Point, { bottom, left, right, top }: Box): boolean =>
  x > left + 0.5 && x < right - 0.5 && y > top + 0.5 && y < bottom - 0.5

/**
 * Points of a curve between two corners, as it is drawn: a cubic one whose handles lie in the
 * direction of the flow.
 */
const sampled = (from: Point, to: Point, direction: Direction): ReadonlyArray<Point> =>
  Array.from({ length: 11 }, (_, i) => {
    const t = i / 10
    const mix = (a: number, b: number, handle: number): number => {
      const [p1, p2] = [a + (b - a) * handle, b - (b - a) * handle]
      return a * (1 - t) ** 3 + 3 * p1 * t * (1 - t) ** 2 + 3 * p2 * t ** 2 * (1 - t) + b * t ** 3
    }
    const right = direction === "right"
    return { x: mix(from.x, to.x, right ? 0.62 : 0), y: mix(from.y, to.y, right ? 0 : 0.62) }
  })

const laidOut = fc
  .record({
    graph: written,
    direction: fc.constantFrom("down" as const, "right" as const),
    counted: fc.boolean()
  })
  .map(({ counted, direction, graph }) => {
    const picture = pictureOf(built(graph))
    const cards = cardsOf(picture.items)
    return {
      picture,
      layout: layoutOf(
        cards,
        picture.ways,
        picture.ways.map(() => (counted ? 60 : 0)),
        direction
      )
    }
  })

describe("in a picture", () => {
  it("no card lies on another, and all are inside", () => {
    fc.assert(
      fc.property(laidOut, ({ layout }) => {
        const boxes = boxesOf(layout)
        for (const [i, mine] of boxes.entries()) {
          for (const box of mine) {
            expect(box.left).toBeGreaterThanOrEqual(-0.5)
            expect(box.top).toBeGreaterThanOrEqual(-0.5)
            expect(box.right).toBeLessThanOrEqual(layout.width + 0.5)
            expect(box.bottom).toBeLessThanOrEqual(layout.height + 0.5)
          }
          for (const other of boxes.slice(i + 1))
            expect(mine.some((a) => other.some((b) => overlap(a, b)))).toBe(false)
        }
      }),
      { numRuns: 100 }
    )
  })

  it("no way runs through a card that it does not lead to", () => {
    fc.assert(
      fc.property(laidOut, ({ layout }) => {
        const boxes = boxesOf(layout)
        for (const { points, way } of layout.curves) {
          const others = boxes.flatMap((mine, i) => (i === way.from || i === way.to ? [] : mine))
          const hits = points
            .slice(1)
            .flatMap((point, i) => sampled(points[i]!, point, layout.direction))
            .flatMap((point) => others.filter((box) => inside(point, box)))
          expect(hits).toEqual([])
        }
      }),
      { numRuns: 100 }
    )
  })

  it("ways begin and end at their cards, and always go on", () => {
    fc.assert(
      fc.property(laidOut, ({ layout }) => {
        for (const { points, way } of layout.curves) {
          const [from, to] = [layout.cards[way.from]!, layout.cards[way.to]!]
          const [first, last] = [points[0]!, points.at(-1)!]
          const along = points.map(({ x, y }) => (layout.direction === "right" ? x : y))
          expect(along).toEqual(along.toSorted((a, b) => a - b))
          if (layout.direction === "down") {
            expect(first.y).toBeCloseTo(
              from.y + from.card.height + (from.tab === undefined ? 0 : tabHeight)
            )
            expect(last.y).toBeCloseTo(to.y)
            expect(last.x).toBeGreaterThan(to.x)
            expect(last.x).toBeLessThan(to.x + to.card.width)
          } else {
            expect(last.x).toBeCloseTo(to.x)
            expect(last.y).toBeGreaterThan(to.y)
            expect(last.y).toBeLessThan(to.y + to.card.height)
          }
        }
      }),
      { numRuns: 100 }
    )
  })

  it("every text is inside its card, chip or tab by the measured width", () => {
    fc.assert(
      fc.property(laidOut, ({ layout }) => {
        for (const {
          card: { chips, height, tab, texts, width }
        } of layout.cards) {
          for (const { end, text, tone, x, y } of texts) {
            const wide = textWidth(text, styles[tone])
            expect(end === true ? x - wide : x).toBeGreaterThanOrEqual(10)
            expect(end === true ? x : x + wide).toBeLessThanOrEqual(width - 10)
            expect(y).toBeLessThan(height - 2)
          }
          for (const { text, width: wide, x, y } of chips) {
            expect(textWidth(text, styles.chip)).toBeLessThanOrEqual(wide - 12)
            expect(x + wide).toBeLessThanOrEqual(width - 10)
            expect(y + chipHeight).toBeLessThan(height - 2)
          }
          if (tab !== undefined)
            expect(textWidth(tab.text, styles.tab)).toBeLessThanOrEqual(tab.width - 12)
        }
      }),
      { numRuns: 100 }
    )
  })

  it("branches stand in the order in which they are written", () => {
    const picture = pictureOf(
      built({
        routed: false,
        steps: [0, 1, 2, 3].map(() => ({ kind: "task", after: [0], name: "" }))
      })
    )
    const { cards } = layoutOf(
      cardsOf(picture.items),
      picture.ways,
      picture.ways.map(() => 0),
      "down"
    )
    const places = picture.items.flatMap((item, i) =>
      item.what === "step" && item.role === "task" ? [{ name: item.name, x: cards[i]!.x }] : []
    )
    expect(places.toSorted((a, b) => a.x - b.x).map(({ name }) => name)).toEqual([
      "s0",
      "s1",
      "s2",
      "s3"
    ])
  })
})
