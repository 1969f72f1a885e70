/**
 * How wide text will be: no browser is asked, so widths are those of Helvetica and Arial, with room
 * for fonts that run a little wider.
 */
import { displayWidth } from "../columns/displayWidth.ts"

/** The fonts of a picture, those first whose widths the figures below fit. */
export const fonts = {
  text: `-apple-system, "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", sans-serif`,
  code: `ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace`
}

/** A way to write: which font, how large, how heavy. */
export interface TextStyle {
  readonly font: keyof typeof fonts
  readonly size: number
  readonly bold?: boolean
}

// Widths in thousandths of the size, by groups of characters that share one.
const groups: ReadonlyArray<readonly [width: number, characters: string]> = [
  [200, "'ijl"],
  [270, " !,./:;I[]\\ft|"],
  [340, '()-`r"{}*'],
  [500, "Jckszvxy^"],
  [556, "0123456789abdeghnopquL_$#?"],
  [600, "+<=>~FTZ"],
  [670, "ABEKPSVXY&"],
  [722, "CDHNRUw"],
  [778, "GOQ"],
  [833, "Mm"],
  [950, "W%"],
  [1015, "@"]
]
const widths = new Map(
  groups.flatMap(([width, characters]) => [...characters].map((character) => [character, width]))
)

// Segoe UI, Roboto and San Francisco run up to so much wider than Helvetica.
const slack = 1.07
const boldness = 1.06
const codeCell = 605
const wide = 1030
const emoji = 1400

/** Made when a text is first measured: opening ICU's data takes 20 ms. */
let segmenter: Intl.Segmenter | undefined

const lost = "\uFFFD"

/** The text on one line, without what cannot be shown or turns around what follows. */
export const legible = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\t\r\n\u2028\u2029]/g, " ")
    .replaceAll(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/g, lost)

/** The characters of a text as a reader counts them: an emoji of several code points is one. */
export const graphemes = (text: string): ReadonlyArray<string> =>
  Array.from(
    (segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" })).segment(text),
    ({ segment }) => segment
  )

/** The width of a text in pixels, rather too much than too little. */
export const textWidth = (text: string, { bold = false, font, size }: TextStyle): number => {
  const thousandths = graphemes(text).reduce(
    (sum, grapheme) => sum + (font === "code" ? codeWidth(grapheme) : proportionalWidth(grapheme)),
    0
  )
  return (thousandths / 1000) * size * (font === "code" ? 1 : slack * (bold ? boldness : 1))
}

const isEmoji = (grapheme: string): boolean =>
  /\p{Emoji_Presentation}|\p{Regional_Indicator}|\uFE0F/u.test(grapheme)

const codeWidth = (grapheme: string): number =>
  isEmoji(grapheme)
    ? emoji
    : displayWidth(grapheme) > 1
      ? wide
      : displayWidth(grapheme) === 0
        ? 0
        : grapheme.codePointAt(0)! > 0x2ff
          ? 720
          : codeCell

const proportionalWidth = (grapheme: string): number => {
  const plain = grapheme === lost ? wide : widths.get(grapheme)
  if (plain !== undefined) return plain
  if (isEmoji(grapheme)) return emoji
  const cells = displayWidth(grapheme)
  if (cells !== 1) return cells === 0 ? 0 : wide
  // A letter with an accent is as wide as the letter; of other scripts only the like is known.
  return widths.get(grapheme.normalize("NFD").charAt(0)) ?? (/\p{Lu}/u.test(grapheme) ? 780 : 690)
}

/** The name, or as much of its beginning and end as fits, with "…" for what is left out. */
export const fitted = (name: string, room: number, style: TextStyle): string => {
  const text = legible(name)
  if (textWidth(text, style) <= room) return text
  const all = graphemes(text)
  // The end of a name often tells it from its neighbours.
  const cut = (kept: number): string =>
    `${all
      .slice(0, Math.ceil(kept * 0.65))
      .join("")
      .trimEnd()}…${
      kept === 0
        ? ""
        : all
            .slice(all.length - Math.floor(kept * 0.35))
            .join("")
            .trimStart()
    }`
  let [fits, tooMany] = [0, all.length]
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1
    if (textWidth(cut(middle), style) <= room) fits = middle
    else tooMany = middle
  }
  return cut(fits)
}

/** Where a name may be broken, the best places first. */
const breaks = [/\s+/gu, /\/+/gu, /_+/gu, /[.:-]+/gu]

/**
 * A name on one or two lines, broken after a blank, a slash, a dash or the like; what does not fit
 * is cut out of the second.
 */
export const wrapped = (name: string, room: number, style: TextStyle): ReadonlyArray<string> => {
  const text = legible(name)
  if (textWidth(text, style) <= room) return [text]
  const halves = breaks
    .flatMap((places) =>
      [...text.matchAll(places)]
        .toReversed()
        .map(
          ({ 0: { length }, index }) =>
            [text.slice(0, index + length).trimEnd(), text.slice(index + length)] as const
        )
    )
    .filter(([first, second]) => first !== "" && second !== "" && textWidth(first, style) <= room)
  const whole = halves.find(([, second]) => textWidth(second, style) <= room)
  if (whole !== undefined) return whole
  const longest =
    halves.toSorted(([a], [b]) => b.length - a.length)[0]?.[0] ?? beginning(text, room, style)
  return [longest, fitted(text.slice(longest.length).trimStart(), room, style)]
}

/** A sentence on at most so many lines, broken at blanks; what does not fit is cut off. */
export const inLines = (
  sentence: string,
  room: number,
  style: TextStyle,
  most: number
): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let rest = legible(sentence).trim()
  while (rest !== "" && lines.length < most) {
    const fits = textWidth(rest, style) <= room ? rest : beginning(rest, room - style.size, style)
    const blank = fits === rest ? -1 : fits.lastIndexOf(" ")
    const line =
      fits === rest || lines.length === most - 1 || blank < fits.length / 2
        ? fits
        : fits.slice(0, blank)
    rest = rest.slice(line.length).trimStart()
    lines.push(rest !== "" && lines.length === most - 1 ? `${line.trimEnd()}…` : line.trimEnd())
  }
  return lines
}

/** As much of a text's beginning as fits. */
const beginning = (text: string, room: number, style: TextStyle): string => {
  let line = ""
  for (const grapheme of graphemes(text)) {
    if (line !== "" && textWidth(line + grapheme, style) > room) break
    line += grapheme
  }
  return line
}
