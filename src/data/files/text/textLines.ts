/** Reading plain text: a row for each line, in the column `text`. */
import type { Row } from "../../../columns/Row.ts"

const lineFeed = 10
const carriageReturn = 13

/**
 * Rows of the lines of a text in UTF-8, some at a time. Lines end in LF or CR LF; empty ones are
 * rows too.
 */
export async function* textRows(bytes: AsyncIterable<Buffer>): AsyncGenerator<ReadonlyArray<Row>> {
  let pending: Array<Buffer> = []
  for await (const chunk of bytes) {
    const rows: Array<Row> = []
    let start = 0
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      rows.push(
        lineRow(
          pending.length === 0
            ? chunk.subarray(start, end)
            : Buffer.concat([...pending, chunk.subarray(start, end)])
        )
      )
      pending = []
      start = end + 1
    }
    if (start < chunk.length) pending.push(chunk.subarray(start))
    if (rows.length > 0) yield rows
  }
  if (pending.length > 0) yield [lineRow(Buffer.concat(pending))]
}

const lineRow = (line: Buffer): Row => ({
  text: line.toString("utf8", 0, line.at(-1) === carriageReturn ? line.length - 1 : line.length)
})
