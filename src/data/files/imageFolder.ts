/** Image folders: a file `metadata.jsonl`, `.csv` or `.parquet` beside images, whose rows name them. */
import { basename, dirname, posix } from "node:path"
import type { Row } from "../../columns/Row.ts"
import { bytesIn, type ByteSource } from "../rows/ByteSource.ts"
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

/** Whether a file of rows is about the images beside it. */
export const isImageMetadata = (path: string): boolean =>
  /^metadata\.(?:jsonl|csv|parquet)$/.test(basename(path))

/** An image by the name that a row has for it; undefined where there is none. */
export type Images = (name: string) => ByteSource | undefined

/**
 * The images that a file of rows is about, `open` opening one by its path; undefined if it is not
 * such a file.
 */
export const imagesBeside = (path: string, open: Images): Images | undefined =>
  isImageMetadata(path) ? (name) => open(beside(path, name)) : undefined

/** Addresses keep their two slashes. */
const beside = (path: string, name: string): string => {
  const [scheme = ""] = /^[a-z][a-z\d+.-]+:\/\//i.exec(path) ?? []
  return scheme + posix.join(dirname(path.slice(scheme.length)), name)
}

/** Images are large: few rows of them are in memory at a time. */
const rowsAtOnce = 10

/**
 * Rows that hold the images that they name, in the column `image` as Python's `datasets` has it: `{
 * bytes, path }`. Rows that name none stay as they are.
 */
export const withImages = (file: RowFile, images: Images): RowFile => ({
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
        yield await Promise.all(
          rows.slice(from, from + rowsAtOnce).map((row) => withImage(row, images, file.name))
        )
    }
  }
})

const withImage = async (row: Row, images: Images, metadata: string): Promise<Row> => {
  const { [nameColumn]: path, ...others } = row
  if (typeof path !== "string") return row
  const unreadable = (detail: string): DataError =>
    new DataError({
      action: "read",
      path: metadata,
      detail: `it names '${path}', which cannot be read: ${detail}`
    })
  const source = images(path)
  if (source === undefined) throw unreadable("there is no such file.")
  try {
    return { [imageColumn]: { bytes: bytesCell(await bytesIn(source)), path }, ...others }
  } catch (thrown) {
    throw unreadable(DataError.of("read", path, thrown).detail)
  }
}
