/** Kept results: what a step made of many rows at once in earlier runs. A result is kept in pieces, and counts once all of them are there. */
import { join } from "node:path"
import type { Row } from "../columns/Row.ts"
import { faithfulText, revived } from "../columns/rowText.ts"
import { StepOutputs } from "../journal/StepOutputs.ts"

/** A row that came out, and the index of the row that it came from. */
type Result = readonly [number | null, Row]

const rowsInPiece = 500

export class KeptResults {
  readonly #complete: StepOutputs
  readonly #pieces: StepOutputs

  constructor(directory: string) {
    this.#complete = new StepOutputs(join(directory, "complete"))
    this.#pieces = new StepOutputs(join(directory, "pieces"))
  }

  /** What came of the rows that the key stands for. */
  find(key: string | undefined): Iterator<Result> | undefined {
    const count = key === undefined ? undefined : this.#complete.find(key)
    return count === undefined ? undefined : this.#read(key!, Number(count))
  }

  *#read(key: string, count: number): Generator<Result> {
    for (let i = 0; i < count; i++) {
      const json = this.#pieces.find(`${key}/${i}`)
      if (json === undefined) throw new Error(`a kept result is damaged: piece ${i + 1} of ${count} is gone. Run with useCache: false, or remove it with 'distilabel-ts cache prune'.`)
      for (const [of, row] of JSON.parse(json) as ReadonlyArray<Result>) yield [of, revived(row)]
    }
  }

  /** The results, kept as they pass. */
  *keeping(key: string | undefined, results: Iterator<Result>): Generator<Result> {
    let piece: Array<string> = []
    let count = 0
    let faithful = key !== undefined
    const close = (): void => {
      if (faithful) this.#pieces.keep(`${key}/${count++}`, `[${piece.join(",")}]`)
      piece = []
    }
    for (let next = results.next(); next.done !== true; next = results.next()) {
      const [of, row] = next.value
      // As text at once: steps after this one may change the row.
      const text = faithful ? faithfulText(row) : undefined
      faithful = text !== undefined
      if (faithful && piece.push(`[${of},${text}]`) >= rowsInPiece) close()
      yield next.value
    }
    if (!faithful) return
    if (piece.length > 0) close()
    this.#pieces.flush()
    this.#complete.keep(key!, String(count))
  }

  flush(): void {
    this.#pieces.flush()
    this.#complete.flush()
  }

  close(): void {
    this.#pieces.close()
    this.#complete.close()
  }
}
