/**
 * Claims: which answers of other runs the rows of a run have taken. A run that goes on must know
 * it, since no answer may be used twice. One file in the run's folder, a line for each checkpoint
 * with what the rows before it have taken since the one before.
 */
import { join } from "node:path"
import { readSealedLines, SealedLines } from "./SealedLines.ts"

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
    this.#blocks =
      directory === undefined
        ? []
        : ((readSealedLines(join(directory, fileName)) ?? []) as ReadonlyArray<Block>)
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
  blocks.flatMap(({ taken }) =>
    Object.entries(taken).flatMap(([segment, offsets]) =>
      offsets.map((offset) => ({ segment, offset }))
    )
  )

export class ClaimsWriter {
  readonly #lines: SealedLines

  /** Begins a file with the blocks of an earlier run that still hold. */
  constructor(directory: string, kept: ReadonlyArray<Block>) {
    this.#lines = new SealedLines(join(directory, fileName), kept)
  }

  /** All claims of rows before a position since the block before. */
  add(position: number, claims: ReadonlyArray<Claim>): void {
    const taken = Object.fromEntries(
      [...Map.groupBy(claims, ({ place }) => place.segment)].map(([segment, of]) => [
        segment,
        of.map(({ place }) => place.offset)
      ])
    )
    this.#lines.add({ position, taken } satisfies Block)
  }
}
