/** Two answers compared, whatever order the judge reads them in. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  from,
  fromYamlPromise,
  LoadDataFromDicts,
  PairwiseJudge,
  Pipeline,
  runPromise,
  runStepPromise,
  ScriptedLLM,
  toYamlPromise
} from "../../../src/index.ts"

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    instruction: `Question ${i}`,
    responses: [`good ${i} 🌍`, `bad ${i}`]
  }))

const verdict = (better: string): string => JSON.stringify({ reason: `it is ${better}`, better })

/** A judge that chooses by the place of the good answer. */
const judging = (choose: (goodIsA: boolean) => string) =>
  ScriptedLLM({
    answers: (chat) => {
      const text = JSON.stringify(chat)
      return verdict(choose(text.indexOf("good") < text.indexOf("bad")))
    }
  })

const fair = judging((goodIsA) => (goodIsA ? "A" : "B"))
const favoursTheFirst = judging(() => "A")

describe("PairwiseJudge", () => {
  it("finds the winner whichever answer the judge reads first, in an order drawn by the seed", async () => {
    const swaps = async (seed: number) => {
      const judge = PairwiseJudge({ name: "judge", llm: fair, seed })
      const { errors, rows } = await runStepPromise(judge, rowsOf(24))
      expect(errors).toEqual([])
      expect(rows).toHaveLength(24)
      for (const row of rows)
        expect(row).toMatchObject({
          winner: "first",
          flipped: null,
          reasons: [row.swapped ? "it is B" : "it is A"]
        })
      return rows.map(({ swapped }) => swapped)
    }
    const drawn = await swaps(1)
    expect(new Set(drawn)).toEqual(new Set([true, false]))
    expect(await swaps(1)).toEqual(drawn)
    expect(await swaps(2)).not.toEqual(drawn)
  })

  it("calls a tie, marked as flipped, where a judge favours a place", async () => {
    const judge = PairwiseJudge({ name: "judge", llm: favoursTheFirst, both: true })
    const { errors, rows } = await runStepPromise(judge, rowsOf(8))
    expect(errors).toEqual([])
    expect(rows).toHaveLength(8)
    for (const row of rows)
      expect(row).toMatchObject({
        winner: "tie",
        flipped: true,
        reasons: ["it is A", "it is A"]
      })
  })

  it("lets an answer win that wins in both orders", async () => {
    const { rows } = await runStepPromise(
      PairwiseJudge({ name: "judge", llm: fair, both: true }),
      rowsOf(4)
    )
    expect(rows).toHaveLength(4)
    for (const row of rows) expect(row).toMatchObject({ winner: "first", flipped: false })
  })

  it("takes the most frequent vote of several samples in each order, and says how many agree", async () => {
    let asked = 0
    const often = ScriptedLLM({
      answers: (chat) => {
        const text = JSON.stringify(chat)
        const goodIsA = text.indexOf("good") < text.indexOf("bad")
        // Two of three votes are for the good one.
        return verdict(goodIsA === asked++ % 3 > 0 ? "A" : "B")
      }
    })
    const judge = PairwiseJudge({ name: "judge", llm: often, samples: 3 })
    const { errors, rows } = await runStepPromise(judge, rowsOf(1))
    expect(errors).toEqual([])
    const [row] = rows
    expect(row!.winner).toBe("first")
    expect(row!.votes.toSorted()).toEqual(["first", "first", "second"])
    expect(row!.reasons).toHaveLength(3)
    expect(row!.vote_share).toBeCloseTo(2 / 3)
  })

  it("is asked in both orders, and several times, where the run says so", async () => {
    const distiset = await runPromise(
      Pipeline(
        "judged",
        {},
        from(LoadDataFromDicts({ name: "load", data: rowsOf(4) })).to(
          PairwiseJudge({ name: "judge", llm: favoursTheFirst })
        )
      ),
      { parameters: { judge: { both: true, samples: 2, seed: 7 } }, useCache: false, report: false }
    )
    const rows = await distiset.default.head(4)
    expect(rows).toHaveLength(4)
    for (const row of rows) {
      expect(row).toMatchObject({ winner: "tie", flipped: true, vote_share: 0 })
      expect(row.votes.toSorted()).toEqual(["first", "first", "second", "second"])
    }
  })

  it("makes an error row of a verdict of people that is none, and takes null for no verdict", async () => {
    const judge = PairwiseJudge({ name: "judge", llm: fair, gold: "people" })
    const { errors, rows } = await runStepPromise(judge, [
      { ...rowsOf(1)[0]!, people: "first" },
      { ...rowsOf(1)[0]!, people: null },
      { ...rowsOf(1)[0]!, people: "the first" },
      rowsOf(1)[0]!
    ])
    expect(rows).toHaveLength(2)
    expect(errors.map(({ detail }) => detail)).toEqual([
      expect.stringContaining(
        `'people' holds "the first"; it must be "first", "second", "tie" or null`
      ),
      expect.stringContaining("there is no column 'people', which option 'gold' names")
    ])
  })

  it("has the opposite winner when the answers change places, and a tie stays one", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.integer(), fc.boolean(), async (instruction, seed, both) => {
        const opposite = { first: "second", second: "first", tie: "tie" }
        for (const llm of [fair, judging(() => "tie")]) {
          const judge = PairwiseJudge({ name: "judge", llm, seed, both })
          const { rows } = await runStepPromise(judge, [
            { instruction, responses: ["good", "bad"] },
            { instruction, responses: ["bad", "good"] }
          ])
          expect(rows).toHaveLength(2)
          expect(rows[1]!.winner).toBe(opposite[rows[0]!.winner])
        }
      }),
      { numRuns: 20 }
    )
  })

  it("reads the answers from two columns too, in the same order", async () => {
    const judge = PairwiseJudge({ name: "judge", llm: fair })
    const [row] = rowsOf(1)
    const [first_response, second_response] = row!.responses as [string, string]
    const columns = { instruction: row!.instruction, first_response, second_response }
    const { rows } = await runStepPromise(judge, [columns])
    const { rows: listed } = await runStepPromise(judge, [row!])
    expect(rows).toMatchObject([{ ...columns, winner: "first", swapped: listed[0]!.swapped }])
  })

  it.each([
    [["one"], "'responses' has length 1; it must be a list of two texts"],
    [["a", "b", "c"], "has length 3"],
    [null, "'responses' is not a list; it must be"]
  ])("makes an error row of responses %j", async (responses, message) => {
    const row = { instruction: "x", responses }
    const { errors, rows } = await runStepPromise(PairwiseJudge({ name: "judge", llm: fair }), [
      row as never
    ])
    expect(rows).toEqual([])
    expect(errors).toMatchObject([{ detail: expect.stringContaining(message) as string, row }])
  })

  it.each([verdict("C"), "A", "", "{}"])("makes an error row of the answer %j", async (answer) => {
    const llm = ScriptedLLM({ answers: () => answer })
    const { errors, rows } = await runStepPromise(PairwiseJudge({ name: "judge", llm }), rowsOf(1))
    expect(rows).toEqual([])
    expect(errors).toMatchObject([{ row: rowsOf(1)[0] }])
  })

  it("comes back from a document as it was", async () => {
    const pipeline = Pipeline(
      "compared",
      {},
      from(LoadDataFromDicts({ name: "load", data: rowsOf(1) })).to(
        PairwiseJudge({
          name: "judge",
          llm: ScriptedLLM({ answers: "x" }),
          both: true,
          criterion: "how short it is"
        })
      )
    )
    const text = await toYamlPromise(pipeline)
    expect(text).toContain("how short it is")
    expect(await toYamlPromise(await fromYamlPromise(text))).toBe(text)
  })
})
