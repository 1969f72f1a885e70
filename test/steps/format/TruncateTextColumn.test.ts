import fc from "fast-check"
import { encode } from "gpt-tokenizer/encoding/o200k_base"
import { expect, it } from "vitest"
import { fromYamlPromise, runStepPromise, TruncateTextColumn } from "../../../src/index.ts"

const cut = async (text: string, maxLength: number): Promise<string> => {
  const step = TruncateTextColumn({ name: "short", maxLength, tokenizer: "o200k_base" })
  return (await runStepPromise(step, [{ text }])).rows[0]!.text
}

it("a text is cut to tokens where an encoding is named", async () => {
  const text = "Tell me about tokens, please."
  expect(await cut(text, 3)).toBe("Tell me about")
  expect(await cut(text, 100)).toBe(text)
  expect(await cut(text, 0)).toBe("")
  expect(await cut("<|endoftext|> is text like any other", 4)).toMatch(/^<\|/)
})

it("what is left is the beginning of the text, has no more tokens, and no half characters", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "grapheme", maxLength: 60 }),
      fc.integer({ min: 0, max: 12 }),
      async (text, length) => {
        const beginning = await cut(text, length)
        expect(text.startsWith(beginning)).toBe(true)
        expect(beginning.isWellFormed()).toBe(true)
        if (encode(text, { disallowedSpecial: new Set() }).length <= length)
          expect(beginning).toBe(text)
      }
    ),
    { numRuns: 25 }
  )
})

it("an encoding that is not there is refused, with those that are", () => {
  expect(() => TruncateTextColumn({ name: "short", tokenizer: "llama" as never })).toThrow(
    "none of: o200k_base, cl100k_base, p50k_base, r50k_base"
  )
})

it("a tokenizer of Python's that is not here counts characters, with a warning; GPT-2's is here", async () => {
  const document = (tokenizer: string): string =>
    JSON.stringify({
      pipeline: {
        name: "p",
        steps: [
          {
            step: {
              name: "load",
              data: [{ text: "a" }],
              type_info: { module: "distilabel.steps.generators.data", name: "LoadDataFromDicts" }
            },
            name: "load"
          },
          {
            step: {
              name: "short",
              tokenizer,
              type_info: { module: "distilabel.steps.truncate", name: "TruncateTextColumn" }
            },
            name: "short"
          }
        ],
        connections: [
          { from: "load", to: ["short"] },
          { from: "short", to: [] }
        ]
      }
    })
  const loaded = await fromYamlPromise(document("meta-llama/Llama-3.1-8B"))
  expect(JSON.stringify(loaded.warnings)).toContain(
    "there is no tokenizer 'meta-llama/Llama-3.1-8B' here: characters are counted"
  )
  const gpt2 = await fromYamlPromise(document("gpt2"))
  expect(gpt2.graph.nodes.get("short")!.step.options["tokenizer"]).toBe("r50k_base")
})
