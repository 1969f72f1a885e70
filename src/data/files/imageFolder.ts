/** Image folders: a file `metadata.jsonl`, `.csv` or `.parquet` beside images, whose rows name them. */
import { readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import type { Row } from "../../columns/Row.ts"
import { bytesCell, type Field } from "../rows/cells.ts"
import { DataError } from "../rows/DataError.ts"
import type { RowFile } from "../rows/RowFile.ts"

const nameColumn = "file_name"
const imageColumn = "image"
const image: Field = {
  name: imageColumn,
  type: {
    kind: "struct",
    fields: [
      { name: "bytes", type: { kind: "bytes" } },
      { name: "path", type: { kind: "text" } }
    ]
  },
  feature: { _type: "Image" }
}

/** The folder of the images that a file of rows is about; undefined if it is not such a file. */
export const imageFolderOf = (path: string): string | undefined =>
  /^metadata\.(?:jsonl|csv|parquet)$/.test(basename(path)) ? dirname(path) : undefined

/** Images are large: few rows of them are in memory at a time. */
const rowsAtOnce = 10

/**
 * Rows that hold the images that they name, in the column `image` as Python's `datasets` has it: `{
 * bytes, path }`. Rows that name none stay as they are.
 */
export const withImages = (file: RowFile, folder: string): RowFile => ({
  ...file,
  fields:
    file.fields?.some(({ name }) => name === nameColumn) === true
      ? [image, ...file.fields.filter(({ name }) => name !== nameColumn)]
      : file.fields,
  stored: file.fields === undefined ? [image] : undefined,
  chunks: async function* ({ columns, offset } = {}) {
    const asked =
      columns?.includes(imageColumn) === true
        ? [...columns.filter((column) => column !== imageColumn), nameColumn]
        : columns
    for await (const rows of file.chunks({ columns: asked, offset })) {
      for (let from = 0; from < rows.length; from += rowsAtOnce)
        yield rows.slice(from, from + rowsAtOnce).map((row) => withImage(row, folder, file.name))
    }
  }
})

const withImage = (row: Row, folder: string, metadata: string): Row => {
  const { [nameColumn]: path, ...others } = row
  if (typeof path !== "string") return row
  try {
    return {
      [imageColumn]: { bytes: bytesCell(readFileSync(join(folder, path))), path },
      ...others
    }
  } catch (thrown) {
    throw new DataError({
      action: "read",
      path: metadata,
      detail: `it names '${path}', which cannot be read: ${DataError.of("read", path, thrown).detail}`
    })
  }
}
