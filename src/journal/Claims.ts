/**
 * Claims: which answers of other runs the rows of a run have taken. A run that goes on must know it, since no answer may be used twice. One file in the
 * run's folder, a line for each checkpoint with what the rows before it have taken since the one before.
 */
import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { clearWay } from "../disk/clearWay.ts"
import { JournalError } from "./JournalError.ts"
import { sealed, unsealed } from "../disk/sealed.ts"

/** Where an answer begins. */
export interface AnswerPlace {
  readonly segment: string
  readonly offset: number
}

/** An answer that a row of the run has taken. */
export interface Claim {
  /** The position of its source row. */
  readonly position: number
  readonly place: AnswerPlace
}

interface Block {
  /** All claims of rows before this position are in this line or in those before it. */
  readonly position: number
  readonly taken: Readonly<Record<string, ReadonlyArray<number>>>
}

const fileName = ".claims"

/** The blocks of an earlier run, as far as they can be read. */
export class PastClaims {
  readonly #blocks: ReadonlyArray<Block>

  /** Without a folder there are none. */
  constructor(directory?: string) {
    this.#blocks = directory === undefined ? [] : blocksOf(join(directory, fileName))
  }

  /** Whether all is known that rows before a position have taken. */
  reach(position: number): boolean {
    return position === 0 || this.#blocks.some((block) => block.position === position)
  }

  /** What rows before a position have taken. */
  before(position: number): ReadonlyArray<Block> {
    return this.#blocks.filter((block) => block.position <= position)
  }
}

/** The places in blocks. */
export const placesIn = (blocks: ReadonlyArray<Block>): ReadonlyArray<AnswerPlace> =>
  blocks.flatMap(({ taken }) => Object.entries(taken).flatMap(([segment, offsets]) => offsets.map((offset) => ({ segment, offset }))))

export class ClaimsWriter {
  readonly #path: string

  /** Begins a file with the blocks of an earlier run that still hold. */
  constructor(directory: string, kept: ReadonlyArray<Block>) {
    this.#path = join(directory, fileName)
    const provisional = `${this.#path}.partial`
    this.#write(() => {
      clearWay(provisional)
      clearWay(this.#path)
      writeFileSync(provisional, kept.map(lineOf).join(""))
      renameSync(provisional, this.#path)
    })
  }

  /** All claims of rows before a position since the block before. */
  add(position: number, claims: ReadonlyArray<Claim>): void {
    const taken = Object.fromEntries([...Map.groupBy(claims, ({ place }) => place.segment)].map(([segment, of]) => [segment, of.map(({ place }) => place.offset)]))
    this.#write(() => appendFileSync(this.#path, lineOf({ position, taken })))
  }

  #write(write: () => void): void {
    try {
      write()
    } catch (thrown) {
      throw JournalError.of("write", this.#path, thrown)
    }
  }
}

const lineOf = (block: Block): string => `${sealed(JSON.stringify(block))}\n`

const blocksOf = (path: string): ReadonlyArray<Block> => {
  let text
  try {
    text = readFileSync(path, "utf8")
  } catch {
    return []
  }
  const blocks: Array<Block> = []
  for (const line of text.split("\n")) {
    const json = unsealed(line)
    // What is missing here may have been taken: nothing after it counts.
    if (json === undefined) break
    blocks.push(JSON.parse(json) as Block)
  }
  return blocks
}
