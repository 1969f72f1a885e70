/** `distilabel-ts types`: the columns of a file of rows, as TypeScript source. */
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { columnsSource } from "../codegen/columnsSource.ts"
import { typesFromRows } from "../codegen/typesFromRows.ts"
import type { Row } from "../columns/Row.ts"
import { DataError } from "../data/DataError.ts"
import { localFile } from "../data/ByteSource.ts"
import { type FileType, formatOf } from "../data/FileFormat.ts"
import { filesOf } from "../data/files.ts"
import { openSequence, type RowSequence } from "../data/RowSequence.ts"

interface TypesOptions {
  readonly output: string | undefined
  readonly filetype: FileType | undefined
  readonly rows: number | undefined
  readonly noEnums: boolean
  readonly json: boolean
}

/** Runs the command; gives the exit code. */
export const typesCommand = async (given: string, { filetype, json, noEnums, output, rows: most = Infinity }: TypesOptions): Promise<number> => {
  const files = filesOf(given, filetype).map((path) => ({ path, source: localFile(path), format: formatOf(path, filetype) }))
  const sequence = await openSequence(files, { declared: { columns: {}, open: true } })
  const texts = files.every(({ format }) => format.type === "csv" || format.type === "tsv")
  const { fields, rows } = await typesFromRows(rowsOf(sequence), { enums: !noEnums, rows: most, texts })
  if (rows === 0) throw new DataError({ action: "read", path: given, detail: "there are no rows in it, so nobody knows its columns." })
  if (json) {
    console.log(JSON.stringify({ files: files.map(({ path }) => path), rows, fields }, undefined, 2))
    return 0
  }
  const counted = `${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"}`
  const source = columnsSource(fields, `Columns of ${given}, told from ${counted} by \`distilabel-ts types\`.`)
  if (output === undefined) {
    process.stdout.write(source)
    return 0
  }
  write(output, source)
  console.log(`${fields.length} ${fields.length === 1 ? "column" : "columns"} of ${counted} written to ${output}`)
  return 0
}

async function* rowsOf(sequence: RowSequence): AsyncGenerator<Row> {
  for await (const rows of sequence.chunks(0)) yield* rows
}

const write = (path: string, text: string): void => {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  } catch (thrown) {
    throw DataError.of("write", path, thrown)
  }
}
