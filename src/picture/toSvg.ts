/**
 * Pipelines as SVG: a card for each step, the columns that flow between them, for light and dark
 * grounds.
 */
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import { type Card, cardsOf, type Chip, chipHeight, styles, tabHeight, type Text } from "./cards.ts"
import {
  type Curve,
  type Direction,
  type Layout,
  layoutOf,
  type Placed,
  type Point
} from "./layout.ts"
import { icons, styleSheet, type Theme } from "./look.ts"
import { fitted, inLines, textWidth } from "./measure.ts"
import { type Item, nameOf, type Picture, pictureOf } from "./Picture.ts"
import { escaped, escapedLines } from "./xml.ts"

export interface SvgOptions {
  /** Which way rows flow. Default: down, or to the right where that makes a wide picture narrower. */
  readonly direction?: Direction
  /** Colours: those of the page's scheme (`auto`, the default), `light` or `dark`. */
  readonly theme?: Theme
  /**
   * How many rows went from one step to another, or, where `to` is undefined, into the subset of a
   * leaf. Undefined: nothing is written there.
   */
  readonly counts?: (from: string, to: string | undefined) => number | undefined
}

/**
 * Draws a pipeline as an SVG picture: a card for each step with what it adds, removes and renames,
 * the columns that flow on below it, routings, joins, and the subsets of the dataset with their
 * columns.
 *
 * The text is one file without scripts, fonts or links, and the same for the same pipeline. It
 * follows the light or dark scheme of the page, as an `<img>` too.
 *
 * @example
 *   const svg = toSvg(pipeline, {
 *     counts: (from, to) => (from === "generate" && to === undefined ? 228 : undefined)
 *   })
 */
export const toSvg = (
  pipeline: AnyPipeline,
  { counts, direction, theme = "auto" }: SvgOptions = {}
): string => {
  const picture = pictureOf(pipeline, counts)
  const cards = cardsOf(picture.items)
  const labels = picture.ways.map(({ count }) =>
    count === undefined ? 0 : Math.ceil(textWidth(countText(count), styles.tab)) + 14
  )
  const layout = layoutOf(cards, picture.ways, labels, direction)
  const heading = headingOf(picture, layout.width)
  const left = margin + Math.max(0, (heading.width - layout.width) / 2)
  const width = Math.ceil(Math.max(layout.width, heading.width) + 2 * margin)
  const height = Math.ceil(layout.height + 2 * margin + heading.height)
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" class="dp" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif">`,
    `<title>${escaped(titleOf(picture))}</title>`,
    `<desc>${escaped(inWords(picture))}</desc>`,
    `<style>${styleSheet(theme)}</style>`,
    `<rect class="dp-ground" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="12"/>`,
    ...heading.lines,
    `<g transform="translate(${figure(left)} ${figure(margin + heading.height)})">`,
    ...layout.curves.map((curve) => curveText(curve, layout)),
    ...layout.cards.map((card) => cardText(card, layout)),
    ...layout.curves.flatMap(({ label, way: { count } }, i) =>
      label === undefined || count === undefined
        ? []
        : [labelText(label, labels[i]!, countText(count))]
    ),
    "</g>",
    "</svg>"
  ]
  return `${parts.join("\n")}\n`
}

const margin = 24

/** A figure without needless digits. */
const figure = (value: number): string => String(Math.round(value * 10) / 10)

const countText = (count: number): string =>
  `${count.toLocaleString("en")} ${count === 1 ? "row" : "rows"}`

const titleOf = ({ name }: Picture): string =>
  name.trim() === "" ? "Pipeline" : `Pipeline ${name}`

/** The picture for who cannot see it. */
const inWords = ({ description, items, ways }: Picture): string => {
  const steps = items.filter(({ what }) => what === "step").length
  const lines = items.flatMap((item, i) => {
    const next = ways.filter(({ from }) => from === i).map(({ to }) => wordsFor(items[to]!))
    return next.length === 0 ? [] : [`${nameOf(item)} → ${next.join(", ")}.`]
  })
  return [
    ...(description === "" ? [] : [description]),
    `${steps} ${steps === 1 ? "step" : "steps"}.`,
    ...lines
  ].join(" ")
}

const wordsFor = (item: Item): string =>
  item.what === "subset" ? `subset ${item.name}` : nameOf(item)

interface Heading {
  readonly lines: ReadonlyArray<string>
  readonly width: number
  readonly height: number
}

/** The pipeline's name and description above the picture. */
const headingOf = ({ description, name }: Picture, width: number): Heading => {
  const room = Math.max(width, 420)
  const title = fitted(name.trim(), room, styles.title)
  const sentences = inLines(description, Math.min(room, 720), styles.subtitle, 3)
  const first = title === "" ? 0 : 23
  return {
    lines: [
      ...(title === ""
        ? []
        : [`<text class="dp-title" x="${margin}" y="${margin + 14}">${escaped(title)}</text>`]),
      ...sentences.map(
        (text, i) =>
          `<text class="dp-subtitle" x="${margin}" y="${margin + first + 11 + i * 17}">${escaped(text)}</text>`
      )
    ],
    width: Math.max(
      textWidth(title, styles.title),
      ...sentences.map((text) => textWidth(text, styles.subtitle))
    ),
    height: first + sentences.length * 17 + (first + sentences.length === 0 ? 0 : 18)
  }
}

const cardText = ({ card, tab, x, y }: Placed, { direction }: Layout): string => {
  const { chips, height, look, rule, texts, tooltip, width } = card
  const pill = look === "routing"
  return [
    `<g class="dp-${look}" transform="translate(${figure(x)} ${figure(y)})">`,
    `<title>${escapedLines(tooltip)}</title>`,
    ...(tab === undefined || card.tab === undefined
      ? []
      : tabText(card.tab, { x: tab.x - x, y: tab.y - y }, direction)),
    `<rect class="dp-card" width="${width}" height="${height}" rx="${pill ? height / 2 : 10}"/>`,
    ...(pill ? [] : [`<rect class="dp-badge" x="14" y="14" width="30" height="30" rx="8"/>`]),
    `<path class="dp-icon" transform="translate(${pill ? "10 7) scale(.875" : "21 21"})" d="${icons[look]}"/>`,
    ...(rule === undefined
      ? []
      : [`<path class="dp-rule" d="M0.5 ${figure(rule)}H${width - 0.5}"/>`]),
    ...texts.map(lineText),
    ...chips.map(chipText),
    "</g>"
  ].join("")
}

const lineText = ({ end, text, tone, x, y }: Text): string =>
  `<text class="dp-${tone}" x="${figure(x)}" y="${figure(y)}"${end === true ? ` text-anchor="end"` : ""}>${escaped(text)}</text>`

const chipText = ({ kind, text, width, x, y }: Chip): string =>
  `<g class="dp-${kind}"><rect x="${figure(x)}" y="${figure(y)}" width="${width}" height="${chipHeight}" rx="${chipHeight / 2}"/>` +
  `<text class="dp-chip" x="${figure(x + 7)}" y="${figure(y + 12.6)}">${escaped(text)}</text></g>`

/** A tab hangs on the card's lower edge, or on its right one. */
const tabText = (
  { text, tooltip, width }: NonNullable<Card["tab"]>,
  { x, y }: Point,
  direction: Direction
): ReadonlyArray<string> => {
  const shape =
    direction === "down"
      ? `M${figure(x + 0.5)} ${figure(y - 4)}V${figure(y + tabHeight - 8.5)}q0 8 8 8H${figure(x + width - 8.5)}q8 0 8-8V${figure(y - 4)}z`
      : `M${figure(x - 4)} ${figure(y + 0.5)}H${figure(x + width - 8.5)}q8 0 8 8V${figure(y + tabHeight - 8.5)}q0 8-8 8H${figure(x - 4)}z`
  return [
    `<g><title>${escapedLines(tooltip)}</title><path class="dp-tag" d="${shape}"/><text class="dp-tab" x="${figure(x + width / 2)}" y="${figure(y + 13)}" text-anchor="middle">${escaped(text)}</text></g>`
  ]
}

/** A curve that leaves and arrives in the direction of the flow, with an arrow's head at its end. */
const curveText = ({ points, way: { routed } }: Curve, { direction }: Layout): string => {
  const right = direction === "right"
  const [start, ...rest] = points as [Point, ...ReadonlyArray<Point>]
  const tip = rest.at(-1)!
  const end = right ? { x: tip.x - 6, y: tip.y } : { x: tip.x, y: tip.y - 6 }
  let path = `M${figure(start.x)} ${figure(start.y)}`
  let before: Point = start
  for (const point of [...rest.slice(0, -1), end]) {
    path += bend(before, point, right)
    before = point
  }
  const head = right
    ? `M${figure(tip.x)} ${figure(tip.y)}l-8-4.2v8.4z`
    : `M${figure(tip.x)} ${figure(tip.y)}l-4.2-8h8.4z`
  return `<path class="dp-way${routed ? " dp-some" : ""}" d="${path}"/><path class="dp-head" d="${head}"/>`
}

/** How far a curve keeps its direction at its ends, as a share of the way. */
const swing = 0.62

const bend = (from: Point, to: Point, right: boolean): string => {
  if (Math.abs(right ? from.y - to.y : from.x - to.x) < 0.1)
    return `L${figure(to.x)} ${figure(to.y)}`
  const [overX, overY] = [(to.x - from.x) * swing, (to.y - from.y) * swing]
  return right
    ? `C${figure(from.x + overX)} ${figure(from.y)} ${figure(to.x - overX)} ${figure(to.y)} ${figure(to.x)} ${figure(to.y)}`
    : `C${figure(from.x)} ${figure(from.y + overY)} ${figure(to.x)} ${figure(to.y - overY)} ${figure(to.x)} ${figure(to.y)}`
}

const labelText = ({ x, y }: Point, width: number, text: string): string =>
  `<g><rect class="dp-tag" x="${figure(x - width / 2)}" y="${figure(y - 9)}" width="${width}" height="18" rx="9"/>` +
  `<text class="dp-tab" x="${figure(x)}" y="${figure(y + 3.8)}" text-anchor="middle">${escaped(text)}</text></g>`
