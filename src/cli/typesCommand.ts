/** `distilabel-ts types`: the columns of rows in files or on the Hub, as TypeScript source. */
import { columnsSource } from "../codegen/types/columnsSource.ts"
import { type Field, unionOf } from "../codegen/types/ColumnType.ts"
import { typeOfSchema } from "../codegen/types/typeOfSchema.ts"
import { typesFromRows } from "../codegen/types/typesFromRows.ts"
import type { Row } from "../columns/Row.ts"
import { filesOf } from "../data/files/dataFiles.ts"
import { type FileType, formatOf, openRowFile } from "../data/files/FileFormat.ts"
import { openSequence, type RowSequence, type SequenceFile } from "../data/files/RowSequence.ts"
import { openHubDataset } from "../data/hub/openHubDataset.ts"
import { cacheDirectory } from "../data/rows/cacheDirectory.ts"
import { valueSchemaOf } from "../data/rows/columnTypes.ts"
import { DataError } from "../data/rows/DataError.ts"
import { anyFiles } from "../data/stores/FileStore.ts"
import { writeText } from "./writeText.ts"

interface TypesOptions {
  readonly output: string | undefined
  readonly filetype: FileType | undefined
  readonly rows: number | undefined
  readonly noEnums: boolean
  readonly split: string | undefined
  readonly config: string | undefined
  readonly revision: string | undefined
  readonly json: boolean
}

/** So many rows of a dataset of the Hub are read, if nothing else is said. */
const hubRows = 10_000

/** Runs the command; gives the exit code. */
export const typesCommand = async (given: string, options: TypesOptions): Promise<number> => {
  const { json, noEnums, output } = options
  const repo = /^hub:(.*)$/.exec(given)?.[1]
  const files = await (repo === undefined ? storedFiles(given, options) : hubFiles(repo, options))
  const most = options.rows ?? (repo === undefined ? Infinity : hubRows)
  const sequence = await openSequence(files, { declared: { columns: {}, open: true } })
  const texts = files.every(({ format }) => format.type === "csv" || format.type === "tsv")
  const {
    cut,
    fields: seen,
    rows
  } = await typesFromRows(rowsOf(sequence), {
    enums: !noEnums && (repo === undefined || "if-all-read"),
    rows: most,
    texts
  })
  if (rows === 0)
    throw new DataError({
      action: "read",
      path: given,
      detail: "there are no rows in it, so nobody knows its columns."
    })
  const fields = repo === undefined ? seen : completed(seen, await declaredFields(files))
  if (json) {
    console.log(
      JSON.stringify({ files: files.map(({ source }) => source.name), rows, fields }, undefined, 2)
    )
    return 0
  }
  const counted = `${repo !== undefined && cut ? "the first " : ""}${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"}`
  const source = columnsSource(
    fields,
    `Columns of ${given}, told from ${counted} by \`distilabel-ts types\`.`
  )
  if (output === undefined) {
    process.stdout.write(source)
    return 0
  }
  writeText(output, source)
  console.log(
    `${fields.length} ${fields.length === 1 ? "column" : "columns"} of ${counted} written to ${output}`
  )
  return 0
}

const storedFiles = async (
  given: string,
  { filetype }: TypesOptions
): Promise<ReadonlyArray<SequenceFile>> =>
  (await filesOf(anyFiles, given, filetype)).map((path) => ({
    source: anyFiles.open(path),
    format: formatOf(path, filetype)
  }))

const hubFiles = async (
  repoId: string,
  { config, revision, split = "train" }: TypesOptions
): Promise<ReadonlyArray<SequenceFile>> =>
  (
    await openHubDataset({
      repoId,
      config,
      split,
      revision,
      streaming: true,
      cacheDir: cacheDirectory(undefined)
    })
  ).files

/** Columns that the first file declares, if files of its format do. */
const declaredFields = async ([first]: ReadonlyArray<SequenceFile>): Promise<
  ReadonlyArray<Field>
> => {
  if (first === undefined) return []
  const file = await openRowFile(first.source, first.format)
  await file.close()
  return (file.fields ?? []).map(({ name, type }) => ({
    name,
    type: typeOfSchema(valueSchemaOf(type)),
    optional: false
  }))
}

/** What no value told, the file does: columns that were null in every row. */
const completed = (
  seen: ReadonlyArray<Field>,
  declared: ReadonlyArray<Field>
): ReadonlyArray<Field> => {
  const told = new Map(
    declared.map((field) => [
      field.name,
      { ...field, type: unionOf([field.type, { kind: "null" }]) }
    ])
  )
  const names = new Set(seen.map(({ name }) => name))
  return [
    ...seen.map((field) =>
      field.type.kind === "null" || field.type.kind === "unknown"
        ? (told.get(field.name) ?? field)
        : field
    ),
    ...[...told.values()].filter(({ name }) => !names.has(name))
  ]
}

async function* rowsOf(sequence: RowSequence): AsyncGenerator<Row> {
  for await (const rows of sequence.chunks(0)) yield* rows
}
