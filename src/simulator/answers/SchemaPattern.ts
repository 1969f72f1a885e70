/**
 * Schema patterns: strings that match a regular expression. Reads literals, classes, groups,
 * alternatives and quantifiers; look-around and back references are beyond it.
 */
import type { Dice } from "./Dice.ts"

/** One piece of a pattern: how to write it once. */
type Piece = (dice: Dice) => string

const range = (from: string, to: string): ReadonlyArray<string> =>
  Array.from({ length: Math.max(0, to.charCodeAt(0) - from.charCodeAt(0)) + 1 }, (_, at) =>
    String.fromCharCode(from.charCodeAt(0) + at)
  )

const lower = range("a", "z")
const digits = range("0", "9")
const wordSigns = [...lower, ...range("A", "Z"), ...digits, "_"]
const printable = range(" ", "~")
const classes: Readonly<Record<string, ReadonlyArray<string>>> = {
  d: digits,
  w: wordSigns,
  s: [" "],
  D: printable.filter((sign) => !/\d/.test(sign)),
  W: printable.filter((sign) => /\W/.test(sign)),
  S: [...lower, ...digits],
  n: ["\n"],
  t: ["\t"],
  r: ["\r"]
}

class Unreadable extends Error {}

/** Reads a pattern from left to right. */
class Reader {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  read(): Piece {
    const piece = this.#alternatives()
    if (this.#at < this.#source.length) throw new Unreadable()
    return piece
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  #sign(): string {
    const sign = this.#source[this.#at++]
    if (sign === undefined) throw new Unreadable()
    return sign
  }

  #alternatives(): Piece {
    const options: Array<Piece> = []
    do {
      const pieces: Array<Piece> = []
      while (this.#at < this.#source.length && !"|)".includes(this.#source[this.#at] ?? ""))
        pieces.push(this.#repeated())
      options.push((dice) => pieces.map((piece) => piece(dice)).join(""))
    } while (this.#take("|"))
    return (dice) => dice.pick(options)(dice)
  }

  #repeated(): Piece {
    const piece = this.#atom()
    let [least, most] = [1, 1]
    const counts = /^\{(\d+)(,?)(\d*)\}/.exec(this.#source.slice(this.#at))
    if (this.#take("*")) [least, most] = [0, 6]
    else if (this.#take("+")) [least, most] = [1, 6]
    else if (this.#take("?")) [least, most] = [0, 1]
    else if (counts !== null) {
      this.#at += counts[0].length
      least = Number(counts[1])
      most = counts[2] === "" ? least : counts[3] === "" ? least + 5 : Number(counts[3])
    } else return piece
    this.#take("?")
    return (dice) =>
      Array.from({ length: dice.between(least, Math.min(most, least + 8)) }, () =>
        piece(dice)
      ).join("")
  }

  #atom(): Piece {
    const sign = this.#sign()
    switch (sign) {
      case "^":
      case "$":
        return () => ""
      case ".":
        return (dice) => dice.pick(lower)
      case "(": {
        if (this.#take("?:") === false && this.#take("?")) throw new Unreadable()
        const group = this.#alternatives()
        if (!this.#take(")")) throw new Unreadable()
        return group
      }
      case "[":
        return this.#class()
      case "\\": {
        const signs = this.#escaped()
        return (dice) => dice.pick(signs)
      }
      default:
        return () => sign
    }
  }

  #escaped(): ReadonlyArray<string> {
    const sign = this.#sign()
    if (/[bBpPkxucv1-9]/.test(sign)) throw new Unreadable()
    return classes[sign] ?? [sign]
  }

  #class(): Piece {
    const negated = this.#take("^")
    const signs: Array<string> = []
    while (!this.#take("]")) {
      const first = this.#take("\\") ? this.#escaped() : [this.#sign()]
      const hasRange =
        first.length === 1 && this.#source[this.#at] === "-" && this.#source[this.#at + 1] !== "]"
      if (!hasRange) {
        signs.push(...first)
        continue
      }
      this.#at++
      const last = this.#take("\\") ? this.#escaped() : [this.#sign()]
      signs.push(...range(first[0] ?? "", last[0] ?? ""))
    }
    // letters read better than whatever else is not excluded
    const [letters, others] = [lower, printable].map((all) =>
      all.filter((sign) => !signs.includes(sign))
    )
    const allowed = negated ? (letters?.length ? letters : (others ?? [])) : signs
    if (allowed.length === 0) throw new Unreadable()
    return (dice) => dice.pick(allowed)
  }
}

const tries = 20

/** Writes a string that matches a pattern and fits the lengths; undefined if none was found. */
export const stringMatching = (
  dice: Dice,
  pattern: string,
  minLength: number,
  maxLength: number
): string | undefined => {
  try {
    const wanted = new RegExp(pattern, "u")
    const write = new Reader(pattern).read()
    for (let attempt = 0; attempt < tries; attempt++) {
      const text = write(dice)
      if (text.length >= minLength && text.length <= maxLength && wanted.test(text)) return text
    }
  } catch (error) {
    if (!(error instanceof Unreadable || error instanceof SyntaxError)) throw error
  }
  return undefined
}
