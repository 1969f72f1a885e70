import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { expect, it } from "vitest"
import { Decontaminate, runStepPromise } from "../../src/index.ts"
import { Benchmark } from "../../src/steps/filter/Benchmark.ts"

const question =
  "Natalia sold clips to 48 of her friends in April, and then she sold half as many clips in May."

it("a text that holds a question is marked, with the words and the row that has them", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "distilabel-benchmark-")), "test.jsonl")
  writeFileSync(path, `{"question": "What is 2 + 2?"}\n${JSON.stringify({ question })}\n`)
  const clean = Decontaminate({ name: "clean", dataFiles: path, columns: ["question"] })
  const texts = [
    `Solve this: NATALIA sold clips to 48 of her friends -- in April and then she sold more.`,
    "Natalia sold clips to 47 of her friends in April.",
    "what is 2+2",
    "What is 2 + 2? And what is 3 + 3?",
    ""
  ]
  const { errors, rows } = await runStepPromise(
    clean,
    texts.map((text) => ({ text }))
  )
  expect(errors).toEqual([])
  expect(rows.map((row) => row.contamination)).toEqual([
    `row 2 of ${path}: natalia sold clips to 48 of her friends in april and then she`,
    null,
    `row 1 of ${path}: what is 2 2`,
    null,
    null
  ])
  expect(rows.map((row) => row.keep_row_after_decontamination)).toEqual([
    false,
    true,
    false,
    true,
    true
  ])
})

it("finds what comparing all runs of words finds", () => {
  const text = fc
    .array(fc.constantFrom("a", "b", "c"), { maxLength: 8 })
    .map((words) => words.join(" "))
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 6 }),
      text,
      fc.integer({ min: 1, max: 4 }),
      (items, tried, n) => {
        const benchmark = new Benchmark(n)
        items.forEach((item, position) => benchmark.add(item, position))
        const runs = (of: string): ReadonlyArray<string> => {
          const words = of.split(" ").filter((word) => word !== "")
          return words.length < n
            ? []
            : Array.from({ length: words.length - n + 1 }, (_, i) =>
                words.slice(i, i + n).join(" ")
              )
        }
        const shared = items.some(
          (item) =>
            runs(item).some((run) => runs(tried).includes(run)) ||
            (item !== "" && runs(item).length === 0 && item === tried)
        )
        const match = benchmark.find(tried)
        expect(match !== undefined).toBe(shared)
        if (match !== undefined) expect(items[match.item]).toContain(match.words)
      }
    )
  )
})

it("a benchmark without texts in its columns is refused, since nothing could be found", async () => {
  const clean = Decontaminate({ name: "clean", data: [{ question }], columns: ["qeustion"] })
  await expect(runStepPromise(clean, [{ text: question }])).rejects.toThrow(
    "the given rows has no texts in qeustion"
  )
})
