/**
 * Tables of JSON Lines: where lines begin is noted now and then while the file is read, so that any
 * row is found by reading little.
 */
import type { Row } from "../../columns/Row.ts"
import { typesKey } from "../../columns/typesKey.ts"
import type { Bytes } from "./Bytes.ts"
import type { RowBlock, Table } from "./Table.ts"

const readAtOnce = 2 << 20
/** So many rows or bytes lie between two notes. */
const rowsBetween = 128
const bytesBetween = 1 << 20
const newline = 10

/** A line's number, and where it begins. */
interface Note {
  readonly row: number
  readonly byte: number
}

/** Lines that lie together, without those that are blank. */
interface Lines {
  readonly first: number
  readonly lines: ReadonlyArray<Uint8Array>
  /** Where the next line begins. */
  readonly end: number
}

/**
 * Lines from a place in the file on, some of them at a time. A line's bytes are good until the next
 * are asked for.
 */
async function* linesFrom(bytes: Bytes, { byte, row }: Note, ahead = false): AsyncGenerator<Lines> {
  let rest: ReadonlyArray<Uint8Array> = []
  let number = row
  let next: Promise<Uint8Array> | undefined
  for (let position = byte; position < bytes.size;) {
    const piece = await (next ?? bytes.slice(position, position + readAtOnce))
    if (piece.length === 0) return
    position += piece.length
    // Whoever wants all lines has the next ones come while they look at these.
    next = ahead && position < bytes.size ? bytes.slice(position, position + readAtOnce) : undefined
    next?.catch(() => {})
    const lines: Array<Uint8Array> = []
    let start = 0
    for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, start)) {
      const line = piece.subarray(start, end)
      lines.push(rest.length === 0 ? line : joined([...rest, line]))
      rest = []
      start = end + 1
    }
    if (start < piece.length) rest = [...rest, piece.subarray(start)]
    const whole = lines.filter(isRow)
    yield {
      first: number,
      lines: whole,
      end: position - rest.reduce((sum, { length }) => sum + length, 0)
    }
    number += whole.length
  }
  const last = joined(rest)
  if (isRow(last)) yield { first: number, lines: [last], end: bytes.size }
}

const joined = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

const isBlank = (byte: number): boolean => byte === 32 || byte === 9 || byte === 13

const isRow = (line: Uint8Array): boolean => !line.every(isBlank)

const decoder = new TextDecoder()

/** Whether a text stands in JSON as it is: numbers and most signs may be written in another way. */
const saysItself = (text: string): boolean => /^[a-z0-9 .,;_-]*[a-df-z][a-z0-9 .,;_-]*$/.test(text)

/** The row of a line; one that is none is told as a row with its text. */
const rowIn = (text: string): Row => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? shown(value as Row)
      : { "(no row)": value }
  } catch {
    return { "(no JSON)": text }
  }
}

/** What is there to be read by people, without what says types to programs. */
const shown = (row: Row): Row => {
  if (!(typesKey in row)) return row
  const { [typesKey]: _, ...rest } = row
  return rest
}

export const linesTable = (bytes: Bytes): Table => {
  const notes: Array<Note> = [{ row: 0, byte: 0 }]
  /** Up to where lines were counted. */
  let counted: Note = { row: 0, byte: 0 }
  let count: number | undefined

  /** Takes note of where lines are that were read in order. */
  const look = ({ end, first, lines }: Lines): void => {
    if (first !== counted.row) return
    counted = { row: first + lines.length, byte: end }
    const last = notes.at(-1)!
    if (counted.row - last.row >= rowsBetween || counted.byte - last.byte >= bytesBetween)
      notes.push(counted)
    if (counted.byte >= bytes.size) count = counted.row
  }

  const noteBefore = (row: number): Note => {
    let [low, high] = [0, notes.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (notes[middle]!.row <= row) low = middle
      else high = middle - 1
    }
    return notes[low]!
  }

  return {
    get count() {
      return count
    },
    rows: async (from, to) => {
      const found: Array<Row> = []
      for await (const block of linesFrom(bytes, noteBefore(from))) {
        look(block)
        found.push(
          ...block.lines
            .slice(Math.max(0, from - block.first), Math.max(0, to - block.first))
            .map((line) => rowIn(decoder.decode(line)))
        )
        if (block.first + block.lines.length >= to) break
      }
      return found
    },
    async *blocks(holding): AsyncGenerator<RowBlock> {
      // Most lines that do not hold a text are known by their bytes.
      const mayHold =
        holding !== undefined && saysItself(holding)
          ? (text: string) => text.toLowerCase().includes(holding)
          : () => true
      for await (const block of linesFrom(bytes, { row: 0, byte: 0 }, true)) {
        look(block)
        const rows: Array<readonly [number, Row]> = []
        for (const [i, line] of block.lines.entries()) {
          const text = decoder.decode(line)
          if (mayHold(text)) rows.push([block.first + i, rowIn(text)])
        }
        yield {
          first: block.first,
          count: block.lines.length,
          rows,
          progress: bytes.size === 0 ? 1 : block.end / bytes.size
        }
      }
      if (bytes.size === 0) count = 0
    },
    countRows: async (told, signal) => {
      for await (const block of linesFrom(bytes, counted, true)) {
        if (signal.aborted) break
        look(block)
        told(counted.row, counted.byte / bytes.size)
      }
      if (!signal.aborted) count = counted.row
      return counted.row
    }
  }
}
