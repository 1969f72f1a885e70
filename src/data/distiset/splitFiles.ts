/** The files that the rows of a split are in. */
import { shownValue } from "../../columns/shownValue.ts"
import { arrowShard } from "../files/arrow/arrowShard.ts"
import type { SavedField } from "../files/columns/SavedType.ts"
import type { Shard } from "../files/columns/Shard.ts"
import { parquetShard } from "../files/parquet/parquetShard.ts"
import { csvShard, jsonLinesShard } from "../files/text/textShards.ts"
import { DataError } from "../rows/DataError.ts"

const formats = ["parquet", "arrow", "jsonl", "csv"] as const
export type SaveFormat = (typeof formats)[number]

/** How rows are written. */
export interface WriteOptions {
  /** Default `parquet`. */
  readonly format?: SaveFormat | undefined
  /** Bytes of rows, as they are in memory, in one file at most. Default 500 MB. */
  readonly maxShardSize?: number | undefined
  /** Rows in one file at most. Default: as many as the size allows. */
  readonly rowsPerShard?: number | undefined
  /**
   * `json` to write columns with values of several types as JSON text. Default `error`: they are
   * refused, by name.
   */
  readonly mixed?: "json" | "error" | undefined
}

/** Refuses what a compiler would have refused, before anything is written. */
export const checkWriteOptions = (directory: string, options: WriteOptions): void => {
  const { format = "parquet", maxShardSize = 1, mixed = "error", rowsPerShard = 1 } = options
  const oneOf = (option: string, given: unknown, known: ReadonlyArray<string>): Array<string> =>
    known.includes(given as string)
      ? []
      : [`${option} is ${shownValue(given)}, and can be ${known.join(", ")}.`]
  const positive = (option: string, given: unknown): Array<string> =>
    typeof given === "number" && given > 0
      ? []
      : [`${option} is ${shownValue(given)}, and should be a number greater than 0.`]
  const problems = [
    ...oneOf("format", format, formats),
    ...oneOf("mixed", mixed, ["json", "error"]),
    ...positive("maxShardSize", maxShardSize),
    ...positive("rowsPerShard", rowsPerShard)
  ]
  if (problems.length > 0)
    throw new DataError({ action: "write", path: directory, detail: problems.join(" ") })
}

/** A split that was written. */
export interface SavedSplit {
  readonly name: string
  readonly examples: number
  /** Bytes of its rows in Arrow's memory. */
  readonly bytes: number
  /** Its files, from the dataset's folder. */
  readonly files: ReadonlyArray<{ readonly path: string; readonly size: number }>
}

/** Bytes of rows in one file, where nothing else is said. */
export const bytesOfShard = 500e6

/** The path of one of so many files. */
export const shardPath = (place: string, i: number, count: number, format: SaveFormat): string =>
  `${place}-${fiveDigits(i)}-of-${fiveDigits(count)}.${format}`

const fiveDigits = (number: number): string => String(number).padStart(5, "0")

/** Begins a file of rows. */
export const openShard = async (
  format: SaveFormat,
  path: string,
  fields: ReadonlyArray<SavedField>
): Promise<Shard> =>
  format === "parquet"
    ? parquetShard(path, fields)
    : format === "arrow"
      ? arrowShard(path, fields)
      : format === "jsonl"
        ? jsonLinesShard(path)
        : csvShard(
            path,
            fields.map(({ name }) => name)
          )
