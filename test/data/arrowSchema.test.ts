import * as arrow from "apache-arrow"
import { expect, it } from "vitest"
import { withArrowTypes } from "../../src/data/files/arrow/arrowSchema.ts"
import type { CellType } from "../../src/data/rows/cells.ts"

const column = (name: string, type: arrow.DataType) => new arrow.Field(name, type, true)
const schema = (...columns: ReadonlyArray<arrow.Field>): string => {
  const writer = new arrow.RecordBatchStreamWriter({ autoDestroy: false })
  writer.reset(undefined, new arrow.Schema([...columns]))
  writer.close()
  return Buffer.from(writer.toUint8Array(true)).subarray(0, -8).toString("base64")
}
const better = (text: string, type: CellType): CellType =>
  withArrowTypes([{ name: "it", type }], text)[0]!.type

const integer = { kind: "integer", signed: true } as const
const instant = { kind: "timestamp", unit: "us", utc: true, zone: "UTC" } as const

it.each(["s", "ms", "us", "ns"] as const)("a span of time in %s is found", (unit) => {
  const type = new arrow.Duration(["s", "ms", "us", "ns"].indexOf(unit))
  const text = schema(column("other", new arrow.Utf8()), column("it", type))
  expect(better(text, integer)).toEqual({ kind: "duration", unit })
})

it("time zones are found, in structs and lists too", () => {
  const paris = new arrow.TimestampMicrosecond("Europe/Paris")
  expect(better(schema(column("it", paris)), instant)).toEqual({ ...instant, zone: "Europe/Paris" })
  const struct = new arrow.Struct([column("id", new arrow.Int64()), column("at", paris)])
  expect(
    better(schema(column("it", new arrow.List(column("item", struct)))), {
      kind: "list",
      item: {
        kind: "struct",
        fields: [
          { name: "id", type: integer },
          { name: "at", type: instant }
        ]
      }
    })
  ).toMatchObject({
    item: { fields: [{ type: integer }, { type: { ...instant, zone: "Europe/Paris" } }] }
  })
})

it("a schema that is damaged anywhere changes nothing, or only what it says", () => {
  const text = schema(column("it", new arrow.Duration(2)))
  const bytes = Buffer.from(text, "base64")
  for (let at = 0; at < bytes.length; at++) {
    const damaged = Buffer.from(bytes)
    damaged[at] = damaged[at]! ^ 0xff
    expect(["integer", "duration"]).toContain(better(damaged.toString("base64"), integer).kind)
    expect(["integer", "duration"]).toContain(
      better(bytes.subarray(0, at).toString("base64"), integer).kind
    )
  }
})
