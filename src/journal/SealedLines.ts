/**
 * Files of sealed lines: one JSON value a line, appended as it comes. What comes after a damaged
 * line may build on it, and does not count.
 */
import { appendFileSync, readFileSync } from "node:fs"
import { sealed, unsealed } from "../disk/sealed.ts"
import { writeWhole } from "../disk/writeWhole.ts"
import { JournalError } from "./JournalError.ts"

/** The values up to the first damaged line; undefined if the file cannot be read. */
export const readSealedLines = (path: string): ReadonlyArray<unknown> | undefined => {
  let text
  try {
    text = readFileSync(path, "utf8")
  } catch {
    return undefined
  }
  const values: Array<unknown> = []
  for (const line of text.split("\n")) {
    const json = unsealed(line)
    if (json === undefined) break
    values.push(JSON.parse(json))
  }
  return values
}

export class SealedLines {
  readonly #path: string

  /** Begins a file with values, in place of one that is there. */
  constructor(path: string, values: ReadonlyArray<unknown>) {
    this.#path = path
    this.#write(() => writeWhole(path, values.map(lineOf).join("")))
  }

  add(value: unknown): void {
    this.#write(() => appendFileSync(this.#path, lineOf(value)))
  }

  #write(write: () => void): void {
    try {
      write()
    } catch (thrown) {
      throw JournalError.of("write", this.#path, thrown)
    }
  }
}

const lineOf = (value: unknown): string => `${sealed(JSON.stringify(value))}\n`
