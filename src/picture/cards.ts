/** Cards: what stands in each item of a picture, line by line, and how large that makes it. */
import { type Change, changeText } from "./changes.ts"
import { fitted, textWidth, type TextStyle, wrapped } from "./measure.ts"
import type { Column, Item, Role, RoutingItem, StepItem, SubsetItem } from "./Picture.ts"

/** A piece of text in a card, placed from the card's corner. `tone` is a class of the style sheet. */
export interface Text {
  readonly x: number
  readonly y: number
  readonly text: string
  readonly tone: "name" | "kind" | "model" | "column" | "type" | "more" | "label"
  /** Its end rather than its beginning is at `x`. */
  readonly end?: boolean
}

/** A change of a column, on a coloured ground. */
export interface Chip {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly text: string
  readonly kind: Change["kind"]
}

/** An item as it is drawn, and how much room it needs. */
export interface Card {
  readonly width: number
  readonly height: number
  readonly look: Role | "routing" | "subset"
  readonly texts: ReadonlyArray<Text>
  readonly chips: ReadonlyArray<Chip>
  /** Where a line across separates the head from what is below. */
  readonly rule: number | undefined
  /** The columns that flow out of it, in a tab of its own at the card's edge. */
  readonly tab: Tab | undefined
  /** All there is to know, for who points at it. */
  readonly tooltip: string
}

export interface Tab {
  readonly width: number
  readonly text: string
  readonly tooltip: string
}

export const styles: Readonly<
  Record<Text["tone"] | "chip" | "tab" | "title" | "subtitle", TextStyle>
> = {
  title: { font: "text", size: 17, bold: true },
  subtitle: { font: "text", size: 12.5 },
  name: { font: "text", size: 14, bold: true },
  kind: { font: "text", size: 11.5 },
  model: { font: "code", size: 11 },
  column: { font: "code", size: 11 },
  type: { font: "code", size: 10.5 },
  more: { font: "text", size: 11 },
  label: { font: "text", size: 11.5 },
  chip: { font: "code", size: 10.5 },
  tab: { font: "code", size: 10.5 }
}

export const tabHeight = 19
export const chipHeight = 18
const padding = 14
const icon = 30
const chipPadding = 7
const gap = 5
const narrowest = 190
const widest = 264
const mostChips = 8
const mostRows = 12

/** The cards of a picture's items, those of steps all of one width. */
export const cardsOf = (items: ReadonlyArray<Item>): ReadonlyArray<Card> => {
  const wanted = items.map((item) => (item.what === "step" ? wantedWidth(item) : 0))
  const width = Math.ceil(Math.min(widest, Math.max(narrowest, ...wanted)))
  return items.map((item) =>
    item.what === "step"
      ? stepCard(item, width)
      : item.what === "routing"
        ? routingCard(item)
        : subsetCard(item)
  )
}

const head = padding + icon + 11

const wantedWidth = ({ changes, gathers, model, name, type, ...step }: StepItem): number => {
  const lines = [
    textWidth(name, styles.name),
    ...kindTexts({ type, gathers, model }).map((text) => textWidth(text, styles.kind)),
    textWidth(model?.name ?? "", styles.model)
  ]
  const chips = changes
    .slice(0, mostChips)
    .map((change) => textWidth(changeText(change), styles.chip) + 2 * (chipPadding + padding))
  return Math.max(
    head + Math.max(...lines) + padding,
    ...chips,
    textWidth(tabText(step), styles.tab) + 40
  )
}

/** What the step is, and how it brings flows together. */
const kindTexts = ({
  gathers,
  model,
  type
}: Pick<StepItem, "type" | "gathers" | "model">): ReadonlyArray<string> => [
  model === undefined || model.provider === "" ? type : `${type} · ${model.provider}`,
  ...(gathers === undefined ? [] : [gathers])
]

const stepCard = (item: StepItem, width: number): Card => {
  const room = width - head - padding
  const name = wrapped(item.name, room, styles.name)
  const kind = kindTexts(item).map((text) => fitted(text, room, styles.kind))
  const texts: Array<Text> = []
  let y = padding - 3
  const add = (text: string, tone: Text["tone"], height: number, x = head): void => {
    texts.push({ x, y: y + height * 0.76, text, tone })
    y += height
  }
  for (const line of name) add(line, "name", 18)
  for (const line of kind) add(line, "kind", 15)
  if (item.model !== undefined) add(fitted(item.model.name, room, styles.model), "model", 15)
  y = Math.max(y + padding - 4, padding * 2 + icon - 4)
  const shown =
    item.changes.length > mostChips ? item.changes.slice(0, mostChips - 1) : item.changes
  const rule = shown.length === 0 ? undefined : y
  if (rule !== undefined) y += 9
  const { chips, end } = placedChips(shown, width, y)
  y = end
  if (shown.length < item.changes.length) {
    y += gap
    add(`and ${item.changes.length - shown.length} more columns`, "more", 14, padding)
  }
  if (rule !== undefined) y += 9
  return {
    width,
    height: Math.round(y),
    look: item.role,
    texts,
    chips,
    rule,
    tab: tabOf(item, width),
    tooltip: stepTooltip(item)
  }
}

/** Chips from left to right, in as many rows as they need. */
const placedChips = (
  changes: ReadonlyArray<Change>,
  width: number,
  top: number
): { readonly chips: ReadonlyArray<Chip>; readonly end: number } => {
  const chips: Array<Chip> = []
  const room = width - 2 * padding
  let x = padding
  let y = top
  for (const change of changes) {
    const text = fitted(changeText(change), room - 2 * chipPadding, styles.chip)
    const wide = Math.ceil(textWidth(text, styles.chip)) + 2 * chipPadding
    if (x > padding && x + wide > padding + room) {
      x = padding
      y += chipHeight + gap
    }
    chips.push({ x, y, width: wide, text, kind: change.kind })
    x += wide + gap
  }
  return { chips, end: chips.length === 0 ? top : y + chipHeight }
}

/** The columns that flow: their names where they are few and short, else how many. */
const tabText = ({ columns, open }: Pick<StepItem, "columns" | "open">): string => {
  if (columns.length === 0) return open ? "any columns" : "no columns"
  const names = [...columns.map(({ name }) => name), ...(open ? ["…"] : [])].join(", ")
  return columns.length <= 3 && textWidth(names, styles.tab) <= 190
    ? names
    : `${columns.length} ${columns.length === 1 ? "column" : "columns"}${open ? ", …" : ""}`
}

const tabOf = (item: StepItem, width: number): Tab => {
  const text = fitted(tabText(item), width - 40, styles.tab)
  return { width: Math.ceil(textWidth(text, styles.tab)) + 18, text, tooltip: columnsTooltip(item) }
}

const columnsTooltip = ({
  columns,
  open
}: {
  readonly columns: ReadonlyArray<Column>
  readonly open: boolean
}): string =>
  [
    ...columns.map(({ name, type }) => `${name}: ${type}`),
    ...(open ? ["… and any other column"] : [])
  ].join("\n")

const stepTooltip = (item: StepItem): string => {
  const changes = item.changes.map(
    (change) => changeText(change) + ("type" in change ? `: ${change.type}` : "")
  )
  return [
    item.name,
    ...kindTexts(item),
    ...(item.model === undefined ? [] : [item.model.name]),
    ...changes
  ].join("\n")
}

/** A type, cut at its end: brackets that are open at the cut are told apart by the dots alone. */
const shortened = (type: string, room: number): string => {
  if (textWidth(type, styles.type) <= room) return type
  if (type.startsWith("{")) {
    const keys = type.slice(2, -2).split(", ")
    for (let kept = keys.length - 1; kept > 0; kept--) {
      const text = `{ ${keys.slice(0, kept).join(", ")}, … }`
      if (textWidth(text, styles.type) <= room) return text
    }
    return "{ … }"
  }
  return fitted(type, room, styles.type)
}

const routingCard = ({ text }: RoutingItem): Card => {
  const shown = fitted(text, 220, styles.label)
  const width = Math.ceil(textWidth(shown, styles.label)) + 44
  return {
    width,
    height: 28,
    look: "routing",
    texts: [{ x: 30, y: 18, text: shown, tone: "label" }],
    chips: [],
    rule: undefined,
    tab: undefined,
    tooltip: text
  }
}

const subsetText = "subset of the dataset"

const subsetCard = ({ columns, name, open }: SubsetItem): Card => {
  const shown = columns.length > mostRows ? columns.slice(0, mostRows - 1) : columns
  const rows = shown.map((column) => ({
    name: fitted(column.name, 170, styles.column),
    type: shortened(column.short, 150)
  }))
  const wanted = rows.map(
    (row) => textWidth(row.name, styles.column) + textWidth(row.type, styles.type) + 18
  )
  const rest = columns.length - shown.length
  const more = [
    ...(rest > 0 ? [`and ${rest} more columns`] : []),
    ...(open ? ["any other column"] : [])
  ].join(", ")
  const title = wrapped(name, widest - head - padding, styles.name)
  const heads = title.map((line) => head + textWidth(line, styles.name) + padding)
  const width = Math.ceil(
    Math.max(
      narrowest - 20,
      head + textWidth(subsetText, styles.kind) + padding,
      ...heads,
      ...[...wanted, textWidth(more, styles.more)].map((wide) => wide + 2 * padding)
    )
  )
  const texts: Array<Text> = title.map((text, i) => ({
    x: head,
    y: (title.length === 1 ? 25 : 21) + i * 18,
    text,
    tone: "name"
  }))
  let y = 11 + title.length * 18 + (title.length === 1 ? -2 : 0)
  texts.push({ x: head, y: y + 12, text: subsetText, tone: "kind" })
  y += 26
  const rule = rows.length === 0 && !open ? undefined : y
  if (rule !== undefined) y += 7
  for (const row of rows) {
    texts.push(
      { x: padding, y: y + 12, text: row.name, tone: "column" },
      { x: width - padding, y: y + 12, text: row.type, tone: "type", end: true }
    )
    y += 17
  }
  if (more !== "") {
    texts.push({ x: padding, y: y + 12, text: more, tone: "more" })
    y += 17
  }
  return {
    width,
    height: y + (rule === undefined ? 2 : 8),
    look: "subset",
    texts,
    chips: [],
    rule,
    tab: undefined,
    tooltip: `${name}\n${columnsTooltip({ columns, open })}`
  }
}
