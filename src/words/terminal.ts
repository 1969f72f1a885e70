/** Figures and tables as a person reads them in a terminal. */
import { displayWidth } from "../columns/displayWidth.ts"

/** A count in at most five characters: 812, 1.2k, 34k, 5.6M. */
export const amount = (count: number): string => {
  if (count < 1000) return String(Math.round(count))
  const [unit, scaled] = count < 999_500 ? ["k", count / 1000] : ["M", count / 1_000_000]
  return `${scaled < 9.95 ? scaled.toFixed(1) : Math.round(scaled)}${unit}`
}

/** About so many of something: 1 row, 34k rows. */
export const amountOf = (count: number, one: string, many = `${one}s`): string =>
  `${amount(count)} ${count === 1 ? one : many}`

/** A time span: 0.4 s, 12 s, 3 min 20 s, 2 h 5 min. */
export const duration = (seconds: number): string => {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 59.5) return `${Math.round(seconds)} s`
  const minutes = Math.floor(Math.round(seconds) / 60)
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds) % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/**
 * Rows of cells in columns that line up; columns that are empty throughout take no room. Where a
 * line would be wider than `width`, every row is a few lines: its cells one after the other.
 */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>, width = Infinity): string => {
  const widths =
    rows[0]?.map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column]!)))) ?? []
  const line = (row: ReadonlyArray<string>): string =>
    row
      .flatMap((cell, column) =>
        widths[column] === 0 ? [] : [cell + " ".repeat(widths[column]! - displayWidth(cell))]
      )
      .join(gap)
      .trimEnd()
  const lines = rows.map((row) => `${gap}${line(row)}`)
  return lines.some((each) => displayWidth(each) > width)
    ? rows.map((row) => stacked(row, width)).join("\n")
    : lines.join("\n")
}

const gap = "  "

/** The cells of a row in as many lines as they take, the later ones further in. */
const stacked = (row: ReadonlyArray<string>, width: number): string => {
  const lines: Array<string> = []
  let line = ""
  for (const cell of row.filter((each) => each !== "")) {
    const longer = `${line}${gap}${cell}`
    const fits = line.trim() === "" || displayWidth(longer) <= width
    if (!fits) lines.push(line)
    line = fits ? longer : `${gap}${gap}${cell}`
  }
  return [...lines, line].join("\n")
}
