/** `distilabel-ts types`: the columns of a file of rows, as TypeScript source. */
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { parseArgs } from "node:util"
import { columnsSource } from "../codegen/columnsSource.ts"
import { typesFromRows } from "../codegen/typesFromRows.ts"
import type { Row } from "../columns/Row.ts"
import { DataError } from "../data/DataError.ts"
import { localFile } from "../data/ByteSource.ts"
import { fileTypes, formatOf } from "../data/FileFormat.ts"
import { filesOf } from "../data/files.ts"
import { openSequence, type RowSequence } from "../data/RowSequence.ts"
import { UsageError } from "./UsageError.ts"

const help = `Usage: distilabel-ts types FILE [options]

Reads rows and writes their columns as TypeScript: a record of schemas for a source's option 'columns', and the row type. Keys that some rows lack become
optional, nulls nullable, objects and lists what is in them, and texts of which there are few a list of what they may be. Dates stay text.

FILE is a file of JSON Lines, JSON, CSV, TSV, Parquet or Arrow, a folder of them, or a pattern such as 'data/*.parquet'.

Options:
  --output, -o FILE   the file to write (default: printed)
  --filetype TYPE     jsonl, json, csv, tsv, parquet or arrow (default: by the ending of each file)
  --rows N            reads the first N rows only (default: all)
  --no-enums          texts stay texts, however few there are
  --json              prints the types as JSON
  --help              this text

Examples:
  distilabel-ts types rows.jsonl -o types/rows.ts
  distilabel-ts types 'data/*.csv' --rows 10000

Then, in a pipeline:
  import { columns } from "./types/rows.ts"
  LoadDataFromFileSystem({ name: "load", dataFiles: "rows.jsonl", columns })
`

const options = {
  output: { type: "string", short: "o" },
  filetype: { type: "string" },
  rows: { type: "string" },
  "no-enums": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false }
} as const

/** Runs the command; gives the exit code. */
export const typesCommand = async (args: ReadonlyArray<string>): Promise<number> => {
  const { positionals, values } = UsageError.of("types", () => parseArgs({ args: [...args], options, allowPositionals: true }))
  if (values.help) {
    console.log(help)
    return 0
  }
  const given = UsageError.oneFile("types", positionals)
  const filetype = UsageError.oneOf("types", "filetype", values.filetype, fileTypes)
  const most = Number(values.rows ?? Infinity)
  if (values.rows !== undefined && (!Number.isInteger(most) || most < 1)) throw new UsageError("types", `--rows takes a whole number from 1 on, not '${values.rows}'`)
  const files = filesOf(given, filetype).map((path) => ({ path, source: localFile(path), format: formatOf(path, filetype) }))
  const sequence = await openSequence(files, { declared: { columns: {}, open: true } })
  const texts = files.every(({ format }) => format.type === "csv" || format.type === "tsv")
  const { fields, rows } = await typesFromRows(rowsOf(sequence), { enums: !values["no-enums"], rows: most, texts })
  if (rows === 0) throw new DataError({ action: "read", path: given, detail: "there are no rows in it, so nobody knows its columns." })
  if (values.json) {
    console.log(JSON.stringify({ files: files.map(({ path }) => path), rows, fields }, undefined, 2))
    return 0
  }
  const counted = `${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"}`
  const source = columnsSource(fields, `Columns of ${given}, told from ${counted} by \`distilabel-ts types\`.`)
  if (values.output === undefined) {
    process.stdout.write(source)
    return 0
  }
  write(values.output, source)
  console.log(`${fields.length} ${fields.length === 1 ? "column" : "columns"} of ${counted} written to ${values.output}`)
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
