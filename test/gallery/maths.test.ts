/** Solutions step by step: they are read as they were written, and labelled by what follows. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { solutionsIn } from "../../src/gallery/maths/solutions.ts"
import {
  ExpandColumns,
  FormatPRM,
  from,
  LoadDataFromDicts,
  MathShepherdCompleter,
  MathShepherdGenerator,
  Pipeline,
  runPromise,
  ScriptedLLM
} from "../../src/index.ts"

/** Texts of steps: anything but what separates them. */
const line = fc
  .string({ unit: "grapheme", minLength: 1 })
  .map((text) => text.replaceAll(/Step|answer|---|\s/g, "x"))
const solutions = fc.array(
  fc.record({ steps: fc.array(line, { minLength: 1, maxLength: 5 }), answer: line }),
  { minLength: 1, maxLength: 4 }
)

describe("solutions step by step", () => {
  it("are read as they were written, with and without JSON", () => {
    fc.assert(
      fc.property(solutions, (written) => {
        const lines = written.map(({ answer, steps }) => [
          ...steps.map((text, i) => `Step ${i + 1}: ${text}`),
          `The answer is: ${answer}`
        ])
        const texts = lines.map((each) => each.join("\n"))
        expect(solutionsIn(texts.join("\n---\n"), false)).toEqual(lines)
        const json = JSON.stringify({ solutions: texts.map((solution) => ({ solution })) })
        expect(solutionsIn(json, true)).toEqual(lines)
      })
    )
  })

  it("become rows for a process reward model", async () => {
    const right = "Step 1: 2 + 2 = 4.\nStep 2: 4 * 2 = 8.\nThe answer is: 8"
    const wrong = "Step 1: 2 * 2 = 5.\nStep 2: 5 * 2 = 10.\nThe answer is: 10"
    const pipeline = Pipeline(
      "prm",
      {},
      from(LoadDataFromDicts({ name: "load", data: [{ instruction: "Twice two and two?" }] }))
        .to(MathShepherdGenerator({ name: "golden", llm: ScriptedLLM({ answers: right }) }))
        .to(
          MathShepherdGenerator({
            name: "several",
            llm: ScriptedLLM({ answers: `${right}\n---\n${wrong}` }),
            M: 2
          })
        )
        .to(
          MathShepherdCompleter({
            name: "label",
            llm: ScriptedLLM({
              answers: (messages) =>
                JSON.stringify(messages).includes("2 * 2 = 5")
                  ? "Step 2: 5 * 2 = 10.\nThe answer is: 10"
                  : "Step 2: 4 * 2 = 8.\nThe answer is: 8"
            })
          })
        )
        .to(ExpandColumns({ name: "expand", columns: ["solutions"] }))
        .to(FormatPRM({ name: "format", format: "trl" }))
    )
    const { default: subset } = await runPromise(pipeline, {
      progress: "none",
      report: false
    })
    const rows = await subset.toArray()
    expect(
      rows.map(({ completions, labels, prompt }) => ({ prompt, completions, labels }))
    ).toEqual([
      {
        prompt: "Twice two and two?",
        completions: ["Step 1: 2 + 2 = 4.", "Step 2: 4 * 2 = 8. The answer is: 8"],
        labels: [true, true]
      },
      {
        prompt: "Twice two and two?",
        completions: ["Step 1: 2 * 2 = 5.", "Step 2: 5 * 2 = 10. The answer is: 10"],
        labels: [false, false]
      }
    ])
  })
})
