/** Answers judged by criteria of one's own. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { agreed } from "../../../src/gallery/judges/rubricSamples.ts"
import {
  from,
  fromYamlPromise,
  LoadDataFromDicts,
  Pipeline,
  RubricJudge,
  runStepPromise,
  ScriptedLLM,
  toYamlPromise
} from "../../../src/index.ts"

const criteria = {
  faithful: { question: "Is every claim true?", labels: ["yes", "no"] },
  clear: { question: "How easy is it to follow?", scale: [1, 5] }
} as const

const row = { instruction: "Why is the sky blue?", generation: "Air scatters blue light. 🌍" }

const judgement = (faithful: unknown, clear: unknown, evidence = "a quote"): string =>
  JSON.stringify({
    faithful: { evidence: `${evidence} on truth`, verdict: faithful },
    clear: { evidence: `${evidence} on clarity`, verdict: clear }
  })

/** A judge that says these things one after the other. */
const saying = (...answers: ReadonlyArray<string>) => {
  let asked = 0
  return ScriptedLLM({ answers: () => answers[asked++ % answers.length]! })
}

describe("RubricJudge", () => {
  it("adds a verdict and its evidence for each criterion", async () => {
    const judge = RubricJudge({ name: "judge", llm: saying(judgement("yes", 4)), criteria })
    const { errors, rows } = await runStepPromise(judge, [row])
    expect(errors).toEqual([])
    expect(rows).toMatchObject([
      {
        ...row,
        verdicts: { faithful: "yes", clear: 4 },
        evidence: { faithful: "a quote on truth", clear: "a quote on clarity" },
        agreement: { faithful: 1, clear: 1 }
      }
    ])
    expect(rows[0]).not.toHaveProperty("hits")
  })

  it("asks for evidence before the verdict, by a schema of the criteria", async () => {
    const asked: Array<string> = []
    const llm = ScriptedLLM({
      answers: (messages) => {
        asked.push(JSON.stringify(messages))
        return judgement("no", 1)
      }
    })
    await runStepPromise(RubricJudge({ name: "judge", llm, criteria }), [row])
    expect(asked).toHaveLength(1)
    for (const part of [
      "Is every claim true?",
      "a whole number from 1 to 5",
      row.instruction,
      row.generation
    ])
      expect(asked[0]).toContain(part)
    expect(asked[0]!.indexOf("evidence")).toBeLessThan(asked[0]!.indexOf("verdict"))
  })

  it("merges samples: the most frequent label, the median score, and how many agree", async () => {
    const llm = saying(
      judgement("no", 1, "first"),
      judgement("yes", 3, "second"),
      judgement("yes", 5, "third")
    )
    const { rows } = await runStepPromise(
      RubricJudge({ name: "judge", llm, criteria, samples: 3 }),
      [row]
    )
    expect(rows).toMatchObject([
      {
        verdicts: { faithful: "yes", clear: 3 },
        evidence: { faithful: "second on truth", clear: "second on clarity" },
        agreement: { faithful: 2 / 3, clear: 1 / 3 }
      }
    ])
  })

  it("always settles on a verdict of a sample, with that sample's evidence and its share", () => {
    const sample = fc.record({
      faithful: fc.record({
        evidence: fc.string(),
        verdict: fc.constantFrom<"yes" | "no">("yes", "no")
      }),
      clear: fc.record({ evidence: fc.string(), verdict: fc.integer({ min: 1, max: 5 }) })
    })
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 7 }), (samples) => {
        const { agreement, evidence, verdicts } = agreed(criteria, samples)
        for (const name of ["faithful", "clear"] as const) {
          const same = samples.filter((each) => each[name].verdict === verdicts[name])
          expect(evidence[name]).toBe(same[0]?.[name].evidence)
          expect(agreement[name]).toBe(same.length / samples.length)
        }
        const lower = samples.filter((each) => each.clear.verdict < Number(verdicts["clear"]))
        const higher = samples.filter((each) => each.clear.verdict > Number(verdicts["clear"]))
        expect(lower.length).toBeLessThanOrEqual(samples.length / 2)
        expect(higher.length).toBeLessThanOrEqual(samples.length / 2)
        expect(agreement["faithful"]).toBeGreaterThanOrEqual(0.5)
      })
    )
  })

  it("marks where the verdicts are those of people", async () => {
    const judge = RubricJudge({
      name: "judge",
      llm: saying(judgement("yes", 4)),
      criteria,
      gold: true,
      inputMappings: { gold: "human" }
    })
    const { errors, rows } = await runStepPromise(judge, [
      { ...row, human: { faithful: "yes", clear: 2 } },
      { ...row, human: { faithful: null, clear: 4 } },
      { ...row, human: null }
    ])
    expect(errors).toEqual([])
    expect(rows.map(({ hits }) => hits)).toEqual([
      { faithful: true, clear: false },
      { faithful: null, clear: true },
      { faithful: null, clear: null }
    ])
  })

  it("makes an error row of gold that no verdict can hit, before it asks", async () => {
    let asked = 0
    const llm = ScriptedLLM({
      answers: () => {
        asked++
        return judgement("yes", 4)
      }
    })
    const judge = RubricJudge({ name: "judge", llm, criteria, gold: true })
    const { errors, rows } = await runStepPromise(judge, [
      { ...row, gold: { faithful: "Yes", clear: 4 } },
      { ...row, gold: { faithful: "yes", clear: 4.5 } }
    ])
    expect(rows).toEqual([])
    expect(asked).toBe(0)
    expect(errors.map(({ detail }) => detail)).toEqual([
      expect.stringContaining(`"Yes" for 'faithful', which takes one of "yes", "no"`),
      expect.stringContaining("4.5 for 'clear', which takes a whole number from 1 to 5")
    ])
  })

  it.each([
    ["a label of its own", judgement("perhaps", 4)],
    ["a score off the scale", judgement("yes", 6)],
    ["no verdict on a criterion", JSON.stringify({ clear: { evidence: "x", verdict: 1 } })],
    ["no JSON", "It is fine."],
    ["nothing", ""]
  ])("makes an error row of an answer with %s", async (_, answer) => {
    const judge = RubricJudge({ name: "judge", llm: saying(answer), criteria })
    const { errors, rows } = await runStepPromise(judge, [row])
    expect(rows).toEqual([])
    expect(errors).toMatchObject([{ reason: expect.any(String) as string, row }])
  })

  it.each([
    [{}, "criteria is empty"],
    [{ "is it true?": criteria.faithful }, `criterion "is it true?" needs another name`],
    [
      { a: { question: "A?", labels: ["yes"] } },
      "criterion 'a' needs at least two different labels"
    ],
    [{ a: { question: "A?", labels: ["x", "y", "x"] } }, "criterion 'a' names a label twice"],
    [{ a: { question: "A?", scale: [5, 1] } }, "criterion 'a' has the scale 5 to 1"],
    [
      { a: { question: "A?", scale: [1, 5], labels: ["x", "y"] } },
      "criterion 'a' has both a scale and labels"
    ],
    [{ a: { question: "", scale: [1, 5] } }, "wrong criteria"]
  ])("refuses criteria %j", (wrong, message) => {
    expect(() =>
      RubricJudge({ name: "judge", llm: saying("x"), criteria: wrong as never })
    ).toThrow(message)
  })

  it("comes back from a document as it was", async () => {
    const pipeline = Pipeline(
      "judged",
      {},
      from(LoadDataFromDicts({ name: "load", data: [row] })).to(
        RubricJudge({ name: "judge", llm: ScriptedLLM({ answers: "x" }), criteria, samples: 3 })
      )
    )
    const text = await toYamlPromise(pipeline)
    expect(text).toContain("faithful")
    expect(await toYamlPromise(await fromYamlPromise(text))).toBe(text)
  })
})
