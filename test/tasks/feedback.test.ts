import { describe, expect, it } from "vitest"
import {
  runStepPromise,
  ScriptedLLM,
  task,
  TextGeneration,
  UltraFeedback
} from "../../src/index.ts"
import { readFeedback } from "../../src/tasks/readFeedback.ts"

const plain =
  "#### Output for Text 1\nRating: 4\nRationale: ok\n\n#### Output for Text 2\nRating: 5\nRationale: fine"
const feedback = { ratings: [4, 5], rationales: ["ok", "fine"] }

describe("a judge's answer", () => {
  it.each([
    ["with headings", plain],
    ["with labels in bold", plain.replaceAll(/(Rating|Rationale):/g, "**$1:**")],
    [
      "with labels in bold, the colon after them",
      plain.replaceAll(/(Rating|Rationale):/g, "**$1**:")
    ],
    ["with whole lines in bold", plain.replaceAll(/^(R.*)$/gm, "**$1**")],
    ["as lists", plain.replaceAll(/^R/gm, "- R")],
    ["with blank lines within its blocks", plain.replaceAll("\nRationale", "\n\nRationale")],
    ["in lower case", plain.toLowerCase()],
    ["with rationales before ratings", "Rationale: ok\nRating: 4\n\nRationale: fine\nRating: 5"],
    [
      "with rating and rationale in a line",
      "Rating: 4 | Rationale: ok\nRating: 5. Rationale: fine"
    ],
    [
      "with the texts in another order",
      "**Text 2**\nRating: 5\nRationale: fine\n\n**Text 1**\nRating: 4\nRationale: ok"
    ],
    [
      "with the numbers of the texts at its labels",
      "Rating for Text 2: 5\nRationale: fine\n\nRating for Text 1: 4\nRationale: ok"
    ],
    ["between remarks", `Here is my judgement.\n\n${plain}\n\nI hope this helps!`],
    ["without blank lines", "Rating: 4\nRationale: ok\nRating: 5\nRationale: fine"],
    [
      "with ratings out of five",
      plain.replace("4", "4/5").replace("Rating: 5", "Rating: 5 (out of 5)")
    ]
  ])("is read %s", (_, answer) => {
    expect(readFeedback(answer, 2, false, false)).toEqual(feedback)
  })

  it("is read with types, each text's whole", () => {
    const answer =
      "### Text 1\n**Type:** None\n**Rationale:** true\n\n**Rating:** 5\n**Rationale:** no fault\n\n### Text 2\nType: 2\nRationale: against\nRating: N/A\nRationale for the rating: unclear"
    expect(readFeedback(answer, 2, true, false)).toEqual({
      types: [null, 2],
      rationales: ["true", "against"],
      ratings: [5, null],
      "rationales-for-ratings": ["no fault", "unclear"]
    })
  })

  it("that judges one of the texts leaves the other empty", () => {
    expect(readFeedback("Text 2\nRating: 5\nRationale: fine", 2, false, false)).toEqual({
      ratings: [null, 5],
      rationales: [null, "fine"]
    })
  })

  it("is read from JSON in a fence", () => {
    expect(
      readFeedback(
        `\`\`\`json\n{"ratings":[4,5],"rationales":["ok","fine"],}\n\`\`\``,
        2,
        false,
        true
      )
    ).toEqual(feedback)
  })

  it.each([
    ["refuses", "I'm sorry, I can't help with that.", /no rating can be read: "I'm sorry/],
    ["speaks of ratings and gives none", "Both deserve a high rating.", /no rating can be read/],
    ["rates in words", "Rating: five\nRationale: good", /a rating has no number: "five"/]
  ])("that %s makes an error row, and `retries` apply", async (_, answer, problem) => {
    const llm = ScriptedLLM({ answers: (messages) => (messages.length > 2 ? plain : answer) })
    const judged = [{ instruction: "q", generations: ["A", "B"] }]
    const { errors } = await runStepPromise(UltraFeedback({ name: "judge", llm }), judged)
    expect(errors).toMatchObject([
      { reason: "ParseFailed", detail: expect.stringMatching(problem), row: { ratings: null } }
    ])
    expect(
      (await runStepPromise(UltraFeedback({ name: "judge", llm, retries: 1 }), judged)).rows
    ).toMatchObject([feedback])
  })
})

describe("an empty prompt", () => {
  it("makes an error row, and is not asked", async () => {
    let asked = 0
    const llm = ScriptedLLM({ answers: () => `${++asked}` })
    const template = TextGeneration({ name: "gen", llm, template: "{{ p.question }}" })
    const parts = task({
      name: "parts",
      llm,
      outputs: {},
      prompt: () => [
        { role: "system", content: "Be brief." },
        { role: "user", content: [{ type: "text", text: " \n" }] }
      ],
      parse: () => ({})
    })
    for (const step of [template, parts]) {
      const { errors, rows } = await runStepPromise(step as typeof template, [{ p: {} }])
      expect(rows).toEqual([])
      expect(errors).toMatchObject([{ reason: "BadInput", detail: "the prompt is empty" }])
    }
    expect(asked).toBe(0)
  })
})
