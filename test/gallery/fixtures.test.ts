import { describe, expect, it } from "vitest"
import type { Row } from "../../src/index.ts"
import { fixtures } from "../fixtures.ts"
import { outcome } from "../tasks/recorded.ts"
import { better } from "./better.ts"

const files = [
  "apigen-generator",
  "apigen-semantic-checker",
  "argilla-labeller",
  "chat-generation",
  "clair",
  "complexity-scorer",
  "generate-long-text-matching-data",
  "generate-sentence-pair",
  "generate-short-text-matching-data",
  "generate-text-classification-data",
  "generate-text-retrieval-data",
  "genstruct",
  "instruction-backtranslation",
  "math-shepherd-generator",
  "prometheus-eval",
  "quality-scorer",
  "self-instruct",
  "structured-generation",
  "text-classification",
  "text-generation-with-image",
  "urial"
]

/**
 * An answer that cannot be read makes an error row here, which tells no statistics, where Python's
 * tasks give nulls.
 */
const withoutStatistics = (expected: Row, row: Row | undefined): Row => {
  const [said, told] = [expected, row].map((each) => each?.["distilabel_metadata"])
  if (!isRow(said) || !isRow(told)) return expected
  return {
    ...expected,
    distilabel_metadata: Array.isArray(said)
      ? said.map((each: Row, i) => lessThan(each, (told as unknown as ReadonlyArray<Row>)[i]))
      : lessThan(said, told)
  }
}

const lessThan = (said: Row, told: Row | undefined): Row =>
  Object.fromEntries(
    Object.entries(said).filter(
      ([key]) => told === undefined || key in told || !key.startsWith("statistics_")
    )
  )

const isRow = (value: unknown): value is Row => typeof value === "object" && value !== null

for (const file of files) {
  describe(`ready tasks do as distilabel 1.5.3 did: ${file}`, () => {
    fixtures(`task-${file}`).forEach((fixture, i) => {
      const instead = better[file]?.[i + 1]
      it(`${fixture.title}${instead === undefined ? "" : " (better here)"}`, async () => {
        const result = await outcome(fixture)
        const expected = instead ?? fixture.outputs
        if (expected === null) {
          expect(result).toBeInstanceOf(Error)
          return
        }
        if (result instanceof Error) throw result
        const rows = result.rows as ReadonlyArray<Row>
        expect(rows).toMatchObject(expected.map((row, at) => withoutStatistics(row, rows[at])))
        expect(rows).toHaveLength(expected.length)
        if (instead === undefined)
          expect(rows).toEqual(expected.map((row, at) => withoutStatistics(row, rows[at])))
      })
    })
  })
}
