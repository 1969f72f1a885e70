import { describe, expect, it } from "vitest"
import { fixtures } from "../fixtures.ts"
import { makerOf, type Outcome, outcome } from "./recorded.ts"

const blocks = (...ratings: ReadonlyArray<number | null>) => ({
  ratings,
  rationales: ratings.map((rating) => (rating === null ? null : expect.any(String)))
})

/** Cases where we do otherwise on purpose, by their number: parts of the rows we give instead. */
const better: Readonly<Record<string, Readonly<Record<number, ReadonlyArray<unknown> | "error">>>> =
  {
    "text-generation": {
      // One total for three answers is divided, so that sums are what was used.
      9: [
        [3, 10],
        [2, 10],
        [2, 10]
      ].map(([input_tokens, output_tokens]) =>
        expect.objectContaining({
          distilabel_metadata: expect.objectContaining({
            statistics_text_generation_0: { input_tokens, output_tokens }
          })
        })
      ),
      // Who counts at all counts both: what is not told is none.
      11: [
        expect.objectContaining({
          distilabel_metadata: [4, 5].map((output_tokens) =>
            expect.objectContaining({
              statistics_text_generation_0: { input_tokens: 0, output_tokens }
            })
          )
        })
      ],
      // Metadata of earlier tasks stays.
      16: [
        expect.objectContaining({
          distilabel_metadata: expect.objectContaining({
            raw_output_first: "kept?",
            raw_output_text_generation_0: "new"
          })
        })
      ],
      // A filter is part of a template like any other.
      25: [
        {
          q: "x",
          generation: "a",
          model_name: "stub-model",
          distilabel_metadata: expect.anything()
        }
      ],
      // A model that tells no statistics answers all the same.
      30: [expect.objectContaining({ generation: "a" })]
    },
    mappings: {
      // An output under another name takes no column away.
      4: [expect.objectContaining({ generation: "older" })],
      // A column that made place for the task's own comes back to the row it was taken from.
      5: [
        ["1", "k1"],
        ["1", "k1"],
        ["2", "k2"],
        ["2", "k2"]
      ].map(([q, instruction]) => expect.objectContaining({ q, instruction }))
    },
    ultrafeedback: {
      // An answer without a rating makes an error row, which can be asked for again.
      11: [expect.objectContaining({ ratings: null, rationales: null })],
      12: [expect.objectContaining(blocks(5, 1))],
      13: [expect.objectContaining(blocks(5, null))],
      14: [expect.objectContaining(blocks(5, 1))],
      15: [expect.objectContaining(blocks(4.5, 3))],
      // Labels in lower case, or without a blank, are labels.
      19: [expect.objectContaining({ ratings: [5, 4], rationales: ["lower case.", "no blank"] })],
      // Line ends of Windows are line ends.
      21: [expect.objectContaining(blocks(5, 2))],
      // A block without a type has a rating all the same.
      23: [
        expect.objectContaining({
          types: [1, null],
          rationales: ["Two kinds.", "no type"],
          ratings: [4, 2],
          "rationales-for-ratings": ["Good.", "Bad."]
        })
      ],
      // A blank line within a block tears nothing apart.
      25: [
        expect.objectContaining({
          types: [2, null],
          ratings: [2, null],
          "rationales-for-ratings": ["Split by a blank line.", null]
        })
      ],
      26: [blocks(5, 1), blocks(null, null), { ratings: null, rationales: null }].map((row) =>
        expect.objectContaining(row)
      ),
      // JSON that cannot be read makes an error row.
      30: [expect.objectContaining({ ratings: null })],
      32: [expect.objectContaining({ ratings: null, types: null })],
      // What lacks a declared column makes an error row, and columns that nobody declared are left out.
      33: [expect.objectContaining({ ratings: null, rationales: null })],
      31: [expect.objectContaining({ "rationales-for-ratings": ["c", "d"], types: [1, null] })]
    }
  }

for (const file of ["text-generation", "ultrafeedback", "mappings", "failed-batch"]) {
  describe(`tasks do as distilabel 1.5.3 did: ${file}`, () => {
    fixtures(`task-${file}`).forEach((fixture, i) => {
      const instead = better[file]?.[i + 1]
      // Those that ask several times are in the gallery's tests.
      it.skipIf(makerOf(fixture.task!) === undefined || fixture.task!.startsWith("Evol"))(
        `${fixture.title}${instead === undefined ? "" : " (better here)"}`,
        async () => {
          const result = await outcome(fixture, file === "failed-batch")
          const expected = instead ?? (fixture.outputs === null ? "error" : fixture.outputs)
          if (expected === "error") {
            expect(result).toBeInstanceOf(Error)
            return
          }
          expect(result).toMatchObject({ rows: expected })
          expect((result as Outcome).rows).toHaveLength(expected.length)
          if (instead === undefined) expect((result as Outcome).rows).toEqual(expected)
          if (fixture.messages !== undefined)
            expect((result as Outcome).asked).toEqual(fixture.messages)
        }
      )
    })
  })
}
