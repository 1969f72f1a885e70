/**
 * CSV, byte by byte, by the rules of pandas: a quote that does not begin a value is text, what
 * follows a closing quote belongs to the value, lines end in LF, CR LF or CR, and empty lines do
 * not count. What it holds does not grow with the file.
 */
import { feedsIn } from "../../rows/utf8.ts"

/** The characters with a meaning, as bytes. */
export interface CsvMarks {
  readonly delimiter: number
  readonly quote: number | undefined
  readonly escape: number | undefined
}

/**
 * Is given the values of each line that is not empty, with the number of the line at which they
 * begin.
 */
export type OnLine = (
  values: ReadonlyArray<string>,
  quoted: ReadonlyArray<boolean>,
  line: number
) => void

const lineFeed = 10
const carriageReturn = 13

/** A value in quotes that is longer has most likely lost its end. */
const longestQuoted = 1 << 26

export class CsvParser {
  readonly #marks: CsvMarks
  readonly #onLine: OnLine
  readonly #doubled: string
  readonly #single: string
  #state:
    | "begin"
    | "plain"
    | "quoted"
    | "quote in quoted"
    | "escaped"
    | "escaped in quotes"
    | "after CR" = "begin"
  #values: Array<string> = []
  #quoted: Array<boolean> = []
  /** Finished parts of the current value. */
  #prefix = ""
  #isQuoted = false
  #hasDoubled = false
  /** Bytes of the current part that came before the current chunk. */
  #parts: Array<Buffer> = []
  #partsLength = 0
  /**
   * The line of the next byte, and that at which the current line of values and the current quote
   * began.
   */
  #line = 1
  #lineBegin = 1
  #quoteLine = 1

  constructor(marks: CsvMarks, onLine: OnLine) {
    this.#marks = marks
    this.#onLine = onLine
    this.#single = marks.quote === undefined ? "" : String.fromCharCode(marks.quote)
    this.#doubled = this.#single + this.#single
  }

  /** The line at which a quote was opened that is still open. */
  get openQuote(): number | undefined {
    return this.#state === "quoted" || this.#state === "escaped in quotes"
      ? this.#quoteLine
      : undefined
  }

  get isTooLong(): boolean {
    return this.#partsLength > longestQuoted && this.openQuote !== undefined
  }

  add(chunk: Buffer): void {
    const { delimiter, escape, quote } = this.#marks
    const { length } = chunk
    let start = 0
    let at = 0
    while (at < length) {
      switch (this.#state) {
        case "after CR":
          this.#state = "begin"
          if (chunk[at] === lineFeed) at++
          start = at
          continue
        case "begin": {
          const byte = chunk[at]!
          start = at
          if (byte === quote) {
            this.#isQuoted = true
            this.#quoteLine = this.#line
            this.#state = "quoted"
            start = ++at
          } else this.#state = "plain"
          continue
        }
        case "plain": {
          let byte = 0
          while (at < length) {
            byte = chunk[at]!
            if (
              byte === delimiter ||
              byte === lineFeed ||
              byte === carriageReturn ||
              byte === escape
            )
              break
            at++
          }
          if (at === length) break
          if (byte === escape) {
            this.#finishPart(chunk, start, at)
            this.#state = "escaped"
            start = ++at
            continue
          }
          this.#value(chunk, start, at++)
          this.#state = "begin"
          if (byte !== delimiter) {
            this.#endLine()
            if (byte === carriageReturn) this.#state = "after CR"
            this.#line++
            this.#lineBegin = this.#line
          }
          start = at
          continue
        }
        case "quoted": {
          at = this.#inQuotes(chunk, at)
          if (at === length) break
          if (chunk[at] === escape && escape !== quote) {
            this.#finishPart(chunk, start, at)
            this.#state = "escaped in quotes"
            start = ++at
            continue
          }
          if (chunk[at + 1] === quote) {
            this.#hasDoubled = true
            at += 2
            continue
          }
          // What is after the quote decides; it may be in the next chunk.
          if (at + 1 < length) {
            this.#finishPart(chunk, start, at)
            this.#state = "plain"
          } else {
            this.#keep(chunk.subarray(start, at))
            this.#state = "quote in quoted"
          }
          start = ++at
          continue
        }
        case "quote in quoted":
          if (chunk[at] === quote) {
            this.#keep(Buffer.from(this.#doubled))
            this.#hasDoubled = true
            this.#state = "quoted"
            at++
          } else {
            this.#finishPart(chunk, at, at)
            this.#state = "plain"
          }
          start = at
          continue
        case "escaped":
        case "escaped in quotes":
          if (chunk[at] === lineFeed) this.#line++
          this.#state = this.#state === "escaped" ? "plain" : "quoted"
          start = at++
          continue
      }
    }
    if (start < length) this.#keep(chunk.subarray(start))
  }

  /** The last line, which may have no end. */
  end(): void {
    if (this.#state === "quote in quoted") this.#finishPart(Buffer.alloc(0), 0, 0)
    if (this.#state === "begin" || this.#state === "after CR" ? this.#values.length > 0 : true) {
      this.#value(Buffer.alloc(0), 0, 0)
      this.#endLine()
    }
  }

  /** Goes on to the next quote, counting lines on the way. */
  #inQuotes(chunk: Buffer, from: number): number {
    const { escape, quote } = this.#marks
    const found = chunk.indexOf(quote!, from)
    let end = found < 0 ? chunk.length : found
    if (escape !== undefined && escape !== quote) {
      const escaped = chunk.subarray(from, end).indexOf(escape)
      if (escaped >= 0) end = from + escaped
    }
    this.#line += feedsIn(chunk, from, end)
    return end
  }

  #keep(part: Buffer): void {
    this.#parts.push(part)
    this.#partsLength += part.length
  }

  /** The text from where the current part began up to a place of the chunk. */
  #text(chunk: Buffer, start: number, end: number): string {
    if (this.#parts.length === 0) return chunk.toString("utf8", start, end)
    const text = Buffer.concat([...this.#parts, chunk.subarray(start, end)]).toString()
    this.#parts = []
    this.#partsLength = 0
    return text
  }

  #finishPart(chunk: Buffer, start: number, end: number): void {
    const text = this.#text(chunk, start, end)
    this.#prefix += this.#hasDoubled ? text.replaceAll(this.#doubled, this.#single) : text
    this.#hasDoubled = false
  }

  #value(chunk: Buffer, start: number, end: number): void {
    const rest = start === end && this.#parts.length === 0 ? "" : this.#text(chunk, start, end)
    this.#values.push(this.#prefix === "" ? rest : this.#prefix + rest)
    this.#quoted.push(this.#isQuoted)
    this.#prefix = ""
    this.#isQuoted = false
  }

  #endLine(): void {
    const [values, quoted] = [this.#values, this.#quoted]
    this.#values = []
    this.#quoted = []
    if (values.length === 1 && values[0] === "" && !quoted[0]!) return
    this.#onLine(values, quoted, this.#lineBegin)
  }
}
