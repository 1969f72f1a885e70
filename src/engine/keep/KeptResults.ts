/**
 * Kept results: what a step made of many rows at once in earlier runs. A result is kept in pieces,
 * and counts once all of them are there.
 */
import { randomBytes } from "node:crypto"
import { basename, join } from "node:path"
import type { Row } from "../../columns/Row.ts"
import { faithfulText, revived } from "../../columns/rowText.ts"
import { JournalError } from "../../journal/JournalError.ts"
import type { RowFailed } from "../../step/StepFailed.ts"
import type { OpenOutputs, Outputs } from "../services/OutputStore.ts"

/** A row that came out, the index of the row that it came from, and what is wrong with it. */
export type KeptResult = readonly [of: number | null, row: Row, failure?: RowFailed | undefined]

/** Which pieces a result has. */
interface Complete {
  readonly id: string
  readonly count: number
}

const rowsInPiece = 500

const pieceKey = (key: string, id: string, index: number): string => `${key}/${id}/${index}`

export class KeptResults {
  readonly #store: OpenOutputs
  readonly #directory: string
  readonly #complete: Outputs
  readonly #pieces: Outputs
  /** Moves along the pieces before they are read. */
  readonly #ahead: Outputs

  /** `directory` is that of the step's signature. */
  constructor(store: OpenOutputs, directory: string) {
    this.#store = store
    this.#directory = directory
    this.#complete = store.open(join(directory, "complete"), basename(directory))
    this.#pieces = this.#openPieces()
    this.#ahead = this.#openPieces()
  }

  #openPieces(): Outputs {
    return this.#store.open(join(this.#directory, "pieces"), basename(this.#directory))
  }

  /**
   * What came of the rows that the key stands for; undefined if it is not known, or a piece of it
   * is damaged: then it is worked out again.
   */
  find(key: string | undefined): Iterator<KeptResult> | undefined {
    const found = key === undefined ? undefined : this.#complete.find(key)
    if (found === undefined) return undefined
    const { count, id } = JSON.parse(found) as Complete
    const pieces = Array.from({ length: count }, (_, i) => pieceKey(key!, id, i))
    // Nothing of a result leaves before all of it was seen to be there.
    return pieces.every((piece) => this.#ahead.find(piece) !== undefined)
      ? this.#read(pieces)
      : undefined
  }

  *#read(pieces: ReadonlyArray<string>): Generator<KeptResult> {
    for (const piece of pieces) {
      const json = this.#pieces.find(piece) ?? this.#findAnywhere(piece)
      for (const [of, row] of JSON.parse(json) as ReadonlyArray<KeptResult>)
        yield [of, revived(row)]
    }
  }

  /**
   * Looks from the beginning: the two ways along the pieces may have parted where some were
   * damaged.
   */
  #findAnywhere(piece: string): string {
    const outputs = this.#openPieces()
    try {
      const json = outputs.find(piece)
      if (json !== undefined) return json
    } finally {
      outputs.close()
    }
    throw new JournalError({
      action: "read",
      path: this.#directory,
      detail:
        "a kept result was changed while the run was reading it. Run again: it is worked out again."
    })
  }

  /** The results, kept as they pass, unless one of them is wrong. */
  *keeping(key: string | undefined, results: Iterator<KeptResult>): Generator<KeptResult> {
    let piece: Array<string> = []
    let count = 0
    let faithful = key !== undefined
    // Pieces of several results of the same rows do not mix.
    const id = randomBytes(6).toString("base64url")
    const close = (): void => {
      if (faithful) this.#pieces.keep(pieceKey(key!, id, count++), `[${piece.join(",")}]`)
      piece = []
    }
    for (let next = results.next(); next.done !== true; next = results.next()) {
      const [of, row, failure] = next.value
      // As text at once: steps after this one may change the row.
      const text = faithful && failure === undefined ? faithfulText(row) : undefined
      faithful = text !== undefined
      if (faithful && piece.push(`[${of},${text}]`) >= rowsInPiece) close()
      yield next.value
    }
    if (!faithful) return
    if (piece.length > 0) close()
    this.#pieces.flush()
    this.#complete.keep(key!, JSON.stringify({ id, count } satisfies Complete))
  }

  flush(): void {
    this.#pieces.flush()
    this.#complete.flush()
  }

  close(): void {
    this.#pieces.close()
    this.#ahead.close()
    this.#complete.close()
  }
}
