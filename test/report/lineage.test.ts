import { expect, it } from "vitest"
import { lineageOf } from "../../src/report/page/lineage.ts"

const chat = (content: string) => [{ role: "user", content }]

it("a step that asked several times for a row shows each question with its answer", () => {
  const row = {
    text: "t",
    distilabel_metadata: {
      raw_input_refine: [chat("first"), chat("second")],
      raw_output_refine: ["one", null],
      statistics_refine: { input_tokens: [1, null], output_tokens: [2, null] },
      raw_input_rate: chat("rate"),
      raw_output_rate: "5",
      statistics_rate: { input_tokens: 3, output_tokens: 4 }
    }
  }
  expect(lineageOf(row, undefined).map(({ exchanges, name }) => [name, exchanges])).toEqual([
    [
      "refine",
      [
        { input: chat("first"), output: "one", statistics: { input_tokens: 1, output_tokens: 2 } },
        {
          input: chat("second"),
          output: null,
          statistics: { input_tokens: null, output_tokens: null }
        }
      ]
    ],
    [
      "rate",
      [{ input: chat("rate"), output: "5", statistics: { input_tokens: 3, output_tokens: 4 } }]
    ]
  ])
})
