/** How pictures look: colours for light and dark, and the icon of each kind of card. */
import { type Card, styles } from "./cards.ts"
import type { Change } from "./changes.ts"
import { fonts } from "./measure.ts"

interface Palette {
  readonly ground: string
  readonly frame: string
  readonly card: string
  readonly border: string
  readonly ink: string
  readonly quiet: string
  readonly way: string
  readonly label: string
  /** How much of a card's colour its icon's ground takes. */
  readonly tint: number
  readonly looks: Readonly<Record<Card["look"], string>>
  readonly chips: Readonly<Record<Change["kind"], string>>
}

const light: Palette = {
  ground: "#f6f8fa",
  frame: "#d8dee4",
  card: "#ffffff",
  border: "#d0d7de",
  ink: "#1f2328",
  quiet: "#59636e",
  way: "#8b949e",
  label: "#eaeef2",
  tint: 0.11,
  looks: {
    source: "#0f766e",
    step: "#1d63d8",
    task: "#7a3ee6",
    global: "#a4550a",
    join: "#bd2c6f",
    routing: "#59636e",
    subset: "#1a7f37"
  },
  chips: {
    reads: "#59636e",
    renames: "#1d63d8",
    adds: "#1a7f37",
    retypes: "#a4550a",
    removes: "#c4302b"
  }
}

const dark: Palette = {
  ground: "#0d1117",
  frame: "#262c36",
  card: "#171c24",
  border: "#323a45",
  ink: "#e6edf3",
  quiet: "#9aa4af",
  way: "#69737f",
  label: "#232a33",
  tint: 0.17,
  looks: {
    source: "#38d3c0",
    step: "#70aeff",
    task: "#b191ff",
    global: "#f0b14a",
    join: "#ff85b6",
    routing: "#9aa4af",
    subset: "#56d364"
  },
  chips: {
    reads: "#a3adb8",
    renames: "#79b4ff",
    adds: "#56d364",
    retypes: "#f0b14a",
    removes: "#ff8a80"
  }
}

export type Theme = "auto" | "light" | "dark"

/**
 * The style sheet. Plain rules rather than variables, which some viewers do not know; they show the
 * light picture.
 */
export const styleSheet = (theme: Theme): string => {
  const letters = Object.entries(styles).map(
    ([name, { bold, font, size }]) =>
      `.dp-${name}{font:${bold === true ? "600 " : ""}${size}px ${fonts[font]}}`
  )
  const fixed = [
    ...letters,
    ".dp text{white-space:pre}",
    ".dp-way{fill:none;stroke-width:1.6}",
    ".dp-some{stroke-dasharray:5 4}",
    ".dp-icon{fill:none;stroke-width:1.7;stroke-linecap:round;stroke-linejoin:round}"
  ]
  if (theme !== "auto") return [...fixed, ...colours(theme === "dark" ? dark : light)].join("\n")
  return [
    ...fixed,
    ...colours(light),
    `@media (prefers-color-scheme:dark){`,
    ...colours(dark),
    "}"
  ].join("\n")
}

const colours = ({
  border,
  card,
  chips,
  frame,
  ground,
  ink,
  label,
  looks,
  quiet,
  tint,
  way
}: Palette): ReadonlyArray<string> => [
  `.dp-ground{fill:${ground};stroke:${frame}}`,
  `.dp-card{fill:${card};stroke:${border}}`,
  `.dp-rule{stroke:${border};opacity:.7}`,
  `.dp-title,.dp-name,.dp-column{fill:${ink}}`,
  `.dp-subtitle,.dp-kind,.dp-type,.dp-more,.dp-label,.dp-tab{fill:${quiet}}`,
  `.dp-way{stroke:${way}}`,
  `.dp-head{fill:${way}}`,
  `.dp-tag{fill:${label};stroke:${border}}`,
  ...Object.entries(looks).flatMap(([look, colour]) => [
    `.dp-${look} .dp-badge{fill:${colour};fill-opacity:${tint}}`,
    `.dp-${look} .dp-icon{stroke:${colour}}`,
    `.dp-${look} .dp-edge{fill:${colour}}`,
    `.dp-${look} .dp-model{fill:${colour}}`
  ]),
  ...Object.entries(chips).flatMap(([kind, colour]) => [
    `.dp-${kind} rect{fill:${colour};fill-opacity:${tint}}`,
    `.dp-${kind} text{fill:${colour}}`
  ])
]

/** Icons, drawn in a square of 16. */
export const icons: Readonly<Record<Card["look"], string>> = {
  source:
    "M2.5 3.8c0-1 2.5-1.8 5.5-1.8s5.5.8 5.5 1.8-2.5 1.8-5.5 1.8-5.5-.8-5.5-1.8zM2.5 3.8v5.4c0 .9 1.9 1.6 4.4 1.8M13.5 3.8v3M8.5 12h5.5M12 9.8l2.2 2.2-2.2 2.2",
  step: "M2 4.5h12M2 8h7.5M2 11.5h4M11 12.6l1.7 1.7 2.6-3.2",
  task: "M8 1.8l1.5 4.7 4.7 1.5-4.7 1.5L8 14.2 6.5 9.5 1.8 8l4.7-1.5zM13.2 1.6v2.4M12 2.8h2.4",
  global: "M8 1.8l6.2 3.1L8 8 1.8 4.9zM1.8 8L8 11.1 14.2 8M1.8 11.1L8 14.2l6.2-3.1",
  join: "M2.5 2.5c0 4 5.5 2.8 5.5 6.7V14M13.5 2.5c0 4-5.5 2.8-5.5 6.7M5.6 11.6L8 14l2.4-2.4",
  routing: "M8 14V9.5C8 6 3 7 3 2.8M8 9.5C8 6 13 7 13 2.8M1.2 4.4L3 2.4l1.8 2M11.2 4.4l1.8-2 1.8 2",
  subset: "M2 2.8h12v10.4H2zM2 6.4h12M6.4 6.4v6.8M2 9.8h12"
}
