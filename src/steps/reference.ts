/**
 * Reference data: a second dataset that a step looks into, from files, from the Hub, or from rows
 * that the program has.
 */
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Row } from "../columns/Row.ts"
import { filesOf } from "../data/files/dataFiles.ts"
import { formatOf } from "../data/files/FileFormat.ts"
import type { Files } from "../data/files/localFiles.ts"
import { openSequence } from "../data/files/RowSequence.ts"
import { openHubDataset } from "../data/hub/openHubDataset.ts"
import { CurrentCacheDirectory, cacheDirectory } from "../data/rows/cacheDirectory.ts"
import { FileStore } from "../data/stores/FileStore.ts"
import { SecretOption } from "../step/options.ts"
import { detailOf, StepFailed } from "../step/StepFailed.ts"

/** Where reference data is: one of `dataFiles`, `repoId` and `data` must be given. */
export interface ReferenceOptions {
  /**
   * A file, a folder, a pattern, or several, on this machine or in an object store: JSON Lines,
   * JSON, CSV, TSV, text, Parquet, Arrow.
   */
  readonly dataFiles?: string | ReadonlyArray<string>
  /** A dataset of the Hugging Face Hub: `owner/name`. */
  readonly repoId?: string
  /** The configuration of that dataset. Default: the only one, or `default`. */
  readonly config?: string
  /** The split of that dataset. Default `train`. */
  readonly split?: string
  /**
   * The token for private and gated datasets. Default: `HF_TOKEN`, else the one that `hf auth
   * login` has left.
   */
  readonly token?: string | Redacted.Redacted
  /** Rows that the program has. */
  readonly data?: ReadonlyArray<Row>
}

/** The same as options of a definition. */
export const referenceOptions = {
  dataFiles: Schema.optionalKey(Schema.Union([Schema.String, Schema.Array(Schema.String)])),
  repoId: Schema.optionalKey(Schema.String),
  config: Schema.optionalKey(Schema.String),
  split: Schema.optionalKey(Schema.String),
  token: Schema.optionalKey(SecretOption),
  data: Schema.optionalKey(Schema.Array(Schema.Record(Schema.String, Schema.Unknown)))
}

/** What messages call the data. */
export const referenceName = ({ dataFiles, repoId }: ReferenceOptions): string =>
  repoId ?? (dataFiles === undefined ? "the given rows" : [dataFiles].flat().join(", "))

/** Throws a RangeError unless the data is in one place. */
export const checkReference = (owner: string, options: ReferenceOptions): void => {
  const given = (["dataFiles", "repoId", "data"] as const).filter(
    (name) => options[name] !== undefined
  )
  if (given.length !== 1)
    throw new RangeError(
      given.length === 0
        ? `${owner} has nothing to look into: give dataFiles, repoId or data.`
        : `${owner} has ${given.join(" and ")}: give one of them.`
    )
}

/** Whether the data may change from run to run: then nothing that came of it is kept. */
export const mayChange = ({ data }: ReferenceOptions): { readonly useCache?: false } =>
  data === undefined ? { useCache: false } : {}

/** Calls `use` with each row of the data and its position, from 0. */
export const readReference = (
  step: string,
  options: ReferenceOptions,
  use: (row: Row, position: number) => void
): Effect.Effect<void, StepFailed> =>
  Effect.flatMap(Effect.all([CurrentCacheDirectory, FileStore]), ([cacheDir, stored]) =>
    Effect.tryPromise({
      try: async () => {
        let position = 0
        for await (const rows of chunksOf(options, cacheDirectory(cacheDir), stored))
          for (const row of rows) use(row, position++)
      },
      catch: (thrown) =>
        new StepFailed({ step, phase: "load", reason: "CannotRead", detail: detailOf(thrown) })
    })
  )

const anyColumns = { columns: {}, open: true }

async function* chunksOf(
  { config, data, dataFiles, repoId, split = "train", token }: ReferenceOptions,
  cacheDir: string,
  stored: Files
): AsyncGenerator<ReadonlyArray<Row>> {
  if (data !== undefined) {
    yield data
    return
  }
  const files =
    repoId === undefined
      ? (await filesOf(stored, dataFiles!)).map((path) => ({
          source: stored.open(path),
          format: formatOf(path)
        }))
      : (
          await openHubDataset({
            repoId,
            split,
            config,
            token,
            cacheDir,
            streaming: false,
            revision: undefined
          })
        ).files
  const { chunks } = await openSequence(files, { declared: anyColumns })
  yield* chunks(0)
}
