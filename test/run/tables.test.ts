import { expect, it } from "vitest"
import { table } from "../../src/words/terminal.ts"

const rows = [
  ["", "load", "LoadDataFromDicts", "2 rows", "", ""],
  ["", "generate", "TextGeneration", "2 rows", "2 requests", "41 → 90 tokens"]
]

it("columns line up where there is room", () => {
  expect(table(rows, 80)).toBe(
    [
      "  load      LoadDataFromDicts  2 rows",
      "  generate  TextGeneration     2 rows  2 requests  41 → 90 tokens"
    ].join("\n")
  )
})

it("in a narrow terminal each row is a few lines, none wider than it", () => {
  const text = table(rows, 36)
  expect(text).toBe(
    [
      "  load  LoadDataFromDicts  2 rows",
      "  generate  TextGeneration  2 rows",
      "    2 requests  41 → 90 tokens"
    ].join("\n")
  )
})
