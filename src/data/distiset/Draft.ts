/**
 * Drafts: a split that is written while it is looked at, as if the rest of it were like its
 * beginning. If it is, it need not be read again.
 */
import { mkdirSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { isDeepStrictEqual } from "node:util"
import type { Row } from "../../columns/Row.ts"
import type { Shape } from "../../columns/Shape.ts"
import { RowSurvey } from "../files/columns/RowSurvey.ts"
import type { SavedField } from "../files/columns/SavedType.ts"
import type { Shard } from "../files/columns/Shard.ts"
import {
  bytesOfShard,
  openShard,
  type SavedSplit,
  shardPath,
  type WriteOptions
} from "./splitFiles.ts"

/** How many rows the beginning is, or how many bytes of them. */
const rowsLookedAt = 2000
const bytesLookedAt = 16e6

export class Draft {
  readonly #directory: string
  readonly #path: string
  readonly #shape: Shape | undefined
  readonly #options: WriteOptions
  /** The beginning, as it came, until its columns are known. */
  #beginning: Array<ReadonlyArray<Row>> = []
  #fields: ReadonlyArray<SavedField> | undefined
  #shard: Shard | undefined
  #size = 0
  #given = false

  constructor(directory: string, place: string, shape: Shape | undefined, options: WriteOptions) {
    this.#directory = directory
    this.#path = shardPath(place, 0, 1, options.format ?? "parquet")
    this.#shape = shape
    this.#options = options
  }

  /** Adds rows that were looked at. */
  async add(rows: ReadonlyArray<Row>, survey: RowSurvey): Promise<void> {
    if (this.#given) return
    if (this.#shard === undefined) {
      this.#beginning.push(rows)
      if (survey.rows >= rowsLookedAt || survey.bytes > bytesLookedAt) await this.#begin(survey)
    } else this.#write(rows, survey)
  }

  /** All rows were added. */
  async end(survey: RowSurvey): Promise<void> {
    if (!this.#given && this.#shard === undefined) await this.#begin(survey)
    if (this.#shard === undefined) return
    const shard = this.#shard
    this.#attempt(() => {
      this.#size = shard.close()
    })
  }

  /** The split, if all of it is as its beginning was; else nothing is left of the draft. */
  finished(
    name: string,
    survey: RowSurvey,
    fields: ReadonlyArray<SavedField>
  ): SavedSplit | undefined {
    if (this.#given) return undefined
    if (!isDeepStrictEqual(fields, this.#fields) || !this.#fits(survey)) {
      this.#give()
      return undefined
    }
    const files = [{ path: this.#path, size: this.#size }]
    return { name, examples: survey.rows, bytes: survey.bytesAs(fields), files }
  }

  async #begin(survey: RowSurvey): Promise<void> {
    const { format = "parquet", mixed = "error" } = this.#options
    const { fields, problems } = RowSurvey.fields([survey], this.#shape, mixed)
    if (problems.length > 0) return this.#give()
    const path = join(this.#directory, this.#path)
    mkdirSync(dirname(path), { recursive: true })
    this.#fields = fields
    this.#shard = await openShard(format, path, fields)
    const beginning = this.#beginning
    this.#beginning = []
    for (const rows of beginning) this.#write(rows, survey)
  }

  #write(rows: ReadonlyArray<Row>, survey: RowSurvey): void {
    if (this.#fits(survey)) this.#attempt(() => this.#shard?.write(rows))
    else if (!this.#given) this.#abandon()
  }

  #fits(survey: RowSurvey): boolean {
    const { maxShardSize = bytesOfShard, rowsPerShard = Infinity } = this.#options
    return survey.rows <= rowsPerShard && survey.bytesAs(this.#fields ?? []) <= maxShardSize
  }

  // A row that does not fit is for the survey to tell, and a disk that is full for the writing that follows.
  #attempt(action: () => void): void {
    try {
      action()
    } catch {
      this.#abandon()
    }
  }

  #abandon(): void {
    try {
      this.#shard?.close()
    } catch {
      // Nothing of it stays.
    }
    this.#give()
  }

  /** Gives it up. */
  #give(): void {
    this.#given = true
    this.#beginning = []
    this.#shard = undefined
    rmSync(join(this.#directory, this.#path), { force: true })
  }
}
