/**
 * Copies as JSON Lines of files that no page can read piece by piece, made once for each and gone
 * at the end.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type FileFormat, openRowFile } from "../../data/files/FileFormat.ts"
import { JsonLinesWriter } from "../../data/files/JsonLines.ts"
import { type ByteSource, localFile } from "../../data/rows/ByteSource.ts"

export interface Copy {
  readonly source: ByteSource
  readonly bytes: number
}

export class Copies implements Disposable {
  readonly #onCopy: (path: string) => void
  readonly #made = new Map<string, Promise<Copy>>()
  #folder: string | undefined
  #begun = 0

  /** `onCopy` is notified of each file before it is read. */
  constructor(onCopy: (path: string) => void = () => {}) {
    this.#onCopy = onCopy
  }

  /** The copy of a file of this machine as it is now. */
  of(path: string, format: FileFormat): Promise<Copy> {
    const { mtimeMs, size } = statSync(path)
    return this.ofSource(localFile(path), `${mtimeMs} ${size}`, format)
  }

  /** The copy of a file that has changed if its version has. */
  ofSource(source: ByteSource, version: string, format: FileFormat): Promise<Copy> {
    const stamp = `${source.name} ${version}`
    const known = this.#made.get(stamp) ?? this.#copied(source, format)
    this.#made.set(stamp, known)
    // A file that could not be read may be whole the next time.
    known.catch(() => this.#made.delete(stamp))
    return known
  }

  [Symbol.dispose](): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true })
    this.#folder = undefined
    this.#made.clear()
  }

  async #copied(source: ByteSource, format: FileFormat): Promise<Copy> {
    this.#onCopy(source.name)
    this.#folder ??= mkdtempSync(join(tmpdir(), "distilabel-view-"))
    const writer = new JsonLinesWriter(join(this.#folder, `${this.#begun++}.jsonl`))
    try {
      const file = await openRowFile(source, format)
      try {
        for await (const rows of file.chunks()) for (const row of rows) writer.write(row)
      } finally {
        await file.close()
      }
    } catch (thrown) {
      writer.abandon()
      throw thrown
    }
    writer.close()
    return { source: localFile(writer.path), bytes: statSync(writer.path).size }
  }
}
