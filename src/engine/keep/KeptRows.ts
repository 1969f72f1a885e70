/** Kept rows: what a step of the user's gave in earlier runs, taken instead of calling it again. */
import { basename } from "node:path"
import type { Row } from "../../columns/Row.ts"
import { faithfulText, revived } from "../../columns/rowText.ts"
import type { OpenOutputs, Outputs } from "../services/OutputStore.ts"

export class KeptRows {
  readonly #outputs: Outputs

  /** `directory` is that of the step's signature. */
  constructor(store: OpenOutputs, directory: string) {
    this.#outputs = store.open(directory, basename(directory))
  }

  /** The rows that came of a row; undefined if it is not known. */
  find(key: string | undefined): ReadonlyArray<Row> | undefined {
    if (key === undefined) return undefined
    const json = this.#outputs.find(key)
    return json === undefined ? undefined : (JSON.parse(json) as ReadonlyArray<Row>).map(revived)
  }

  /** Keeps the rows that came of a row, if they are the same when they come back; gives their texts. */
  keep(key: string | undefined, rows: ReadonlyArray<Row>): ReadonlyArray<string | undefined> {
    if (key === undefined) return []
    const texts = rows.map(faithfulText)
    if (texts.every((text) => text !== undefined)) this.#outputs.keep(key, texts)
    return texts
  }

  flush(): void {
    this.#outputs.flush()
  }

  close(): void {
    this.#outputs.close()
  }
}
