import {
  FilterRows,
  from,
  InvalidPipeline,
  LoadDataFromDicts,
  Pipeline,
  RenameColumns
} from "distilabel-ts"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"

const reading = (column: string, schema: Schema.Constraint) =>
  FilterRows({ name: "reads", inputs: { [column]: schema }, where: () => true })
const pipelineOf = (data: ReadonlyArray<object>, column: string, schema: Schema.Constraint) => () =>
  Pipeline(
    "p",
    {},
    from(LoadDataFromDicts({ name: "load", data })).to(reading(column, schema) as never)
  )

describe("columns of rows that the program has", () => {
  const Chat = Schema.Array(
    Schema.Struct({ role: Schema.Literals(["user", "assistant"]), content: Schema.String })
  )

  it.each<[string, ReadonlyArray<object>, Schema.Constraint]>([
    ["literals", [{ c: "en" }, { c: "de" }], Schema.Literals(["en", "de"])],
    ["chats", [{ c: [{ role: "user", content: "hi" }] }, { c: [] }], Chat],
    ["whole numbers", [{ c: 1 }, { c: 2 }], Schema.Int],
    ["unions", [{ c: 1 }, { c: "a" }], Schema.Union([Schema.Int, Schema.Literal("a")])],
    ["records", [{ c: {} }, { c: { a: "x" } }], Schema.Record(Schema.String, Schema.String)],
    ["empty lists", [{ c: [] }], Schema.Array(Schema.String)],
    ["dates", [{ c: new Date(0) }], Schema.Date],
    ["checked texts", [{ c: "long enough" }], Schema.String.check(Schema.isMinLength(3))]
  ])("fit a step that reads %s, where each value does", (_, data, schema) => {
    expect(pipelineOf(data, "c", schema)).not.toThrow()
  })

  it("do not fit where one value does not", () => {
    expect(pipelineOf([{ c: "en" }, { c: "fr" }], "c", Schema.Literals(["en", "de"]))).toThrow(
      InvalidPipeline
    )
  })

  it("fit under another name", () => {
    const load = LoadDataFromDicts({ name: "load", data: [{ lang: "en" as const }] })
    const renamed = from(load).to(RenameColumns({ name: "renamed", columns: { lang: "c" } }))
    expect(() =>
      Pipeline("p", {}, renamed.to(reading("c", Schema.Literals(["en"])) as never))
    ).not.toThrow()
  })
})
