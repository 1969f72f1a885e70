/**
 * Clusters as a picture: a point for each text where its projection is, in the colour of its
 * cluster.
 */

/** A text in the plane. */
export interface PlacedText {
  readonly x: number
  readonly y: number
  /** The number of its cluster; below 0 for none. */
  readonly cluster: number
  readonly label: string
}

/** More points make a file that nothing shows; fewer of them look the same. */
const mostPoints = 5000
/** Clusters in the legend, the largest first. */
const mostNamed = 20
const [width, height, legend, margin] = [800, 600, 280, 24]

const colours = [
  "#4e79a7",
  "#f28e2b",
  "#59a14f",
  "#e15759",
  "#76b7b2",
  "#edc948",
  "#b07aa1",
  "#ff9da7",
  "#9c755f",
  "#8cd17d"
]
const noise = "#b8bcc6"

/** The picture as SVG. */
export const clusterPicture = (texts: ReadonlyArray<PlacedText>): string => {
  const shown = texts.filter((_, i) => (i * mostPoints) % texts.length < mostPoints)
  const scaleX = scaleOf(
    texts.map(({ x }) => x),
    width
  )
  const scaleY = scaleOf(
    texts.map(({ y }) => y),
    height
  )
  const points = shown.map(
    ({ cluster, x, y }) =>
      `<circle cx="${scaleX(x).toFixed(1)}" cy="${(height - scaleY(y)).toFixed(1)}" r="3" fill="${colourOf(cluster)}"/>`
  )
  const clusters = [...Map.groupBy(texts, ({ cluster }) => cluster)].toSorted(
    ([, a], [, b]) => b.length - a.length
  )
  const names = clusters.slice(0, mostNamed).map(([cluster, own], i) => {
    const y = margin + i * 24
    return `<circle cx="${width + 12}" cy="${y - 4}" r="5" fill="${colourOf(cluster)}"/><text x="${width + 26}" y="${y}">${escaped(shortened(own[0]!.label))} (${own.length})</text>`
  })
  const note = [
    ...(clusters.length > mostNamed ? [`${clusters.length - mostNamed} more clusters`] : []),
    ...(shown.length < texts.length ? [`${shown.length} of ${texts.length} texts shown`] : [])
  ].join(", ")
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width + legend} ${height}" font-family="sans-serif" font-size="14">
<title>Text clusters</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<g fill-opacity="0.7">
${points.join("\n")}
</g>
<g fill="#1b1e25">
${names.join("\n")}
<text x="${width + 12}" y="${height - 12}" fill="#5b6372">${note}</text>
</g>
</svg>
`
}

const colourOf = (cluster: number): string =>
  cluster < 0 ? noise : colours[cluster % colours.length]!

/** Places values between the margins. */
const scaleOf = (values: ReadonlyArray<number>, size: number): ((value: number) => number) => {
  const [least, most] = values.reduce<readonly [number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity]
  )
  const span = most - least || 1
  return (value) => margin + ((value - least) / span) * (size - 2 * margin)
}

const shortened = (label: string): string => (label.length > 28 ? `${label.slice(0, 27)}…` : label)

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" }
const escaped = (text: string): string =>
  text.replaceAll(/[&<>]/g, (character) => entities[character]!)
