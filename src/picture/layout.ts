/** Where things stand: cards by dagre, ways as curves around them. */
import { createRequire } from "node:module"
import { type Card, tabHeight } from "./cards.ts"
import { orderAsWritten } from "./order.ts"
import type { Way } from "./Picture.ts"

export type Direction = "down" | "right"

export interface Point {
  readonly x: number
  readonly y: number
}

/** A card's place: its corner, and the tab's where it has one. */
export interface Placed extends Point {
  readonly card: Card
  readonly tab: Point | undefined
}

/** A way's curve: its corner points, between which it swings, and where its label stands. */
export interface Curve {
  readonly way: Way
  readonly points: ReadonlyArray<Point>
  readonly label: Point | undefined
}

export interface Layout {
  readonly direction: Direction
  readonly width: number
  readonly height: number
  readonly cards: ReadonlyArray<Placed>
  readonly curves: ReadonlyArray<Curve>
}

/** So wide a picture may be before it goes to the right instead of down, if that makes it narrower. */
const widestDown = 1200

/**
 * Places cards from top to bottom, or from left to right where that is given, or a wide picture
 * becomes narrower by it.
 */
export const layoutOf = (
  cards: ReadonlyArray<Card>,
  ways: ReadonlyArray<Way>,
  labels: ReadonlyArray<number>,
  direction?: Direction
): Layout => {
  const first = placed(cards, ways, labels, direction ?? "down")
  if (direction !== undefined || first.width <= widestDown) return first
  const other = placed(cards, ways, labels, "right")
  return other.width < first.width ? other : first
}

/** What dagre tells of a node or an edge. */
interface Told {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly points: ReadonlyArray<Point>
}

interface DagreGraph {
  readonly setGraph: (options: Readonly<Record<string, unknown>>) => void
  readonly setNode: (name: string, box: { readonly width: number; readonly height: number }) => void
  readonly setEdge: (
    from: string,
    to: string,
    label: Readonly<Record<string, unknown>>,
    name: string
  ) => void
  readonly node: (name: string) => Told
  readonly edge: (from: string, to: string, name: string) => Told
  readonly graph: () => { readonly width: number; readonly height: number }
}

// Dagre's own types are found under some of TypeScript's ways to resolve modules only.
interface Dagre {
  readonly Graph: new (options: { readonly multigraph: boolean }) => DagreGraph
  readonly layout: (
    graph: DagreGraph,
    options: { readonly customOrder: typeof orderAsWritten }
  ) => void
}

const require = createRequire(import.meta.url)

const placed = (
  cards: ReadonlyArray<Card>,
  ways: ReadonlyArray<Way>,
  labels: ReadonlyArray<number>,
  direction: Direction
): Layout => {
  const right = direction === "right"
  // Loaded with the first picture: most programs draw none.
  const { Graph, layout } = require("@dagrejs/dagre") as Dagre
  const graph = new Graph({ multigraph: true })
  graph.setGraph({
    rankdir: right ? "LR" : "TB",
    nodesep: right ? 26 : 34,
    ranksep: (right ? 64 : 54) + (labels.some((width) => width > 0) ? 22 : 0),
    edgesep: 18,
    rankalign: "top"
  })
  cards.forEach((card, i) => graph.setNode(String(i), boxOf(card, right)))
  ways.forEach(({ from, to }, i) => {
    const label = labels[i]! > 0 ? { width: labels[i], height: 18, labelpos: "c" } : {}
    graph.setEdge(String(from), String(to), { weight: 1, ...label }, String(i))
  })
  layout(graph, { customOrder: orderAsWritten })
  const told = cards.map((_, i) => graph.node(String(i)))
  const boxes = told.map(({ height, width, x, y }): Box =>
    right
      ? { start: x - width / 2, end: x + width / 2, low: y - height / 2, high: y + height / 2 }
      : { start: y - height / 2, end: y + height / 2, low: x - width / 2, high: x + width / 2 }
  )
  const bands = bandsOf(boxes)
  const turn = ({ x, y }: Point): Corner =>
    right ? { along: x, across: y } : { along: y, across: x }
  const corners = ways.map((way, i) => {
    const { points, x, y } = graph.edge(String(way.from), String(way.to), String(i))
    const passed = bands.filter(
      ({ end, start }) => start > boxes[way.from]!.end && end < boxes[way.to]!.start
    )
    const through = cornersOf(
      points.slice(1, -1).map(turn),
      passed,
      labels[i]! > 0 ? turn({ x, y }) : undefined
    )
    // Beside a taller card a way goes straight on before it turns.
    const { end, high, low } = boxes[way.from]!
    const clear = bands.find((band) => band.start <= end && band.end >= end)?.end ?? end
    return clear - end < 1 ? through : [{ along: clear, across: (low + high) / 2 }, ...through]
  })
  const ends = portsOf(ways, boxes, corners)
  return {
    direction,
    width: graph.graph().width,
    height: graph.graph().height,
    cards: cards.map((card, i) => placedCard(card, told[i]!, right)),
    curves: ways.map((way, i) => {
      const { x, y } = graph.edge(String(way.from), String(way.to), String(i))
      const all = [ends[i]!.from, ...corners[i]!, ends[i]!.to]
      return {
        way,
        label: labels[i]! > 0 ? { x, y } : undefined,
        points: all.map(({ across, along }) =>
          right ? { x: along, y: across } : { x: across, y: along }
        )
      }
    })
  }
}

/** The room of a card and its tab, which stands below it, or to its right. */
const boxOf = (
  { height, tab, width }: Card,
  right: boolean
): { readonly width: number; readonly height: number } =>
  right
    ? { width: width + (tab?.width ?? 0), height }
    : { width, height: height + (tab === undefined ? 0 : tabHeight) }

const placedCard = (card: Card, { height, width, x, y }: Told, right: boolean): Placed => {
  const corner = { x: x - width / 2, y: y - height / 2 }
  const { tab } = card
  if (tab === undefined) return { card, ...corner, tab: undefined }
  return {
    card,
    ...corner,
    tab: right
      ? { x: corner.x + card.width, y: y - tabHeight / 2 }
      : { x: x - tab.width / 2, y: corner.y + card.height }
  }
}

/** A box or a point by the direction in which rows flow, along, and the other one, across. */
interface Box {
  readonly start: number
  readonly end: number
  readonly low: number
  readonly high: number
}

interface Corner {
  readonly along: number
  readonly across: number
}

/**
 * Where each way leaves and arrives: in the middle of an edge, several that arrive side by side, in
 * the order in which they come.
 */
const portsOf = (
  ways: ReadonlyArray<Way>,
  boxes: ReadonlyArray<Box>,
  corners: ReadonlyArray<ReadonlyArray<Corner>>
): ReadonlyArray<{ readonly from: Corner; readonly to: Corner }> => {
  const middle = (i: number): number => (boxes[i]!.low + boxes[i]!.high) / 2
  const arriving = Map.groupBy(ways.keys(), (i) => ways[i]!.to)
  const offsets = ways.map(() => 0)
  for (const [to, all] of arriving) {
    const apart = Math.min(
      26,
      (boxes[to]!.high - boxes[to]!.low - 40) / Math.max(1, all.length - 1)
    )
    const comesFrom = (way: number): number =>
      corners[way]!.at(-1)?.across ?? middle(ways[way]!.from)
    all
      .toSorted((a, b) => comesFrom(a) - comesFrom(b) || a - b)
      .forEach((way, place) => {
        offsets[way] = (place - (all.length - 1) / 2) * apart
      })
  }
  return ways.map(({ from, to }, i) => ({
    from: { along: boxes[from]!.end, across: middle(from) },
    to: { along: boxes[to]!.start, across: middle(to) + offsets[i]! }
  }))
}

interface Band {
  readonly start: number
  readonly end: number
}

/** The stretches that hold cards: a way that passes one goes straight through it. */
const bandsOf = (boxes: ReadonlyArray<Box>): ReadonlyArray<Band> => {
  const bands: Array<{ start: number; end: number }> = []
  for (const { end, start } of boxes.toSorted((a, b) => a.start - b.start)) {
    const last = bands.at(-1)
    if (last !== undefined && start < last.end) last.end = Math.max(last.end, end)
    else bands.push({ start, end })
  }
  return bands
}

/** The corners of a way between its ends: where it enters and leaves each band, and its label. */
const cornersOf = (
  through: ReadonlyArray<Corner>,
  bands: ReadonlyArray<Band>,
  label: Corner | undefined
): ReadonlyArray<Corner> => {
  const crossings = bands.flatMap(({ end, start }) => {
    const inside = through.find(({ along }) => along >= start && along <= end)
    return inside === undefined
      ? []
      : [
          { along: start, across: inside.across },
          { along: end, across: inside.across }
        ]
  })
  const all =
    label === undefined ||
    crossings.some(
      ({ across, along }) => Math.abs(along - label.along) < 40 && across === label.across
    )
      ? crossings
      : [...crossings, label]
  return all.toSorted((a, b) => a.along - b.along)
}
