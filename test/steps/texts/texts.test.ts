import * as Schema from "effect/Schema"
import fc from "fast-check"
import { expect, it } from "vitest"
import {
  DetectLanguage,
  ExtractJson,
  from,
  KeepBest,
  LoadDataFromDicts,
  Pipeline,
  runPromise,
  runStepPromise,
  SplitSentences
} from "../../../src/index.ts"

it("a value is extracted from what models write around it, and mended", async () => {
  const parsed = ExtractJson({
    name: "parsed",
    schema: Schema.Struct({ title: Schema.String, year: Schema.Number }),
    outputColumn: "book"
  })
  const texts = [
    '{"title": "Emma", "year": 1815}',
    'Sure!\n```json\n{"title": "Emma", "year": 1815,}\n```\nAnything else?',
    "<think>{}</think> {'title': 'Emma', year: 1815}"
  ]
  const { errors, rows } = await runStepPromise(
    parsed,
    texts.map((generation) => ({ generation }))
  )
  expect(errors).toEqual([])
  expect(rows.map(({ book }) => book)).toEqual(texts.map(() => ({ title: "Emma", year: 1815 })))
})

it("a text without a fitting value, or with one that is cut, is an error of its row alone", async () => {
  const load = LoadDataFromDicts({
    name: "load",
    data: [
      { id: 1, generation: "[1, 2]" },
      { id: 2, generation: "no JSON here" },
      { id: 3, generation: '["one"]' },
      { id: 4, generation: "[3, 4" },
      { id: 5, generation: "" }
    ]
  })
  const parsed = ExtractJson({ name: "parsed", schema: Schema.Array(Schema.Number) })
  const { default: rows } = await runPromise(Pipeline("p", {}, from(load).to(parsed)), {
    progress: "none"
  })
  expect(await rows.toArray()).toEqual([{ id: 1, generation: "[1, 2]", extracted: [1, 2] }])
  expect(rows.errorCount).toBe(4)
})

it("the best text is kept, with how many are as good", async () => {
  const rows = [
    { generations: ["a", "b", "c"], ratings: [1, 5, 3] },
    { generations: ["a", "b", "c"], ratings: [4, null, 4] },
    { generations: [null, "b"], ratings: [9, 0] }
  ]
  const best = await runStepPromise(KeepBest({ name: "best" }), rows)
  expect(
    best.rows.map(({ generation, rating, best_index, ties }) => [
      generation,
      rating,
      best_index,
      ties
    ])
  ).toEqual([
    ["b", 5, 1, 0],
    ["a", 4, 0, 1],
    ["b", 0, 1, 0]
  ])
  const lowest = await runStepPromise(KeepBest({ name: "best", lowest: true }), rows.slice(0, 1))
  expect(lowest.rows[0]).toMatchObject({ generation: "a", rating: 1 })
})

it("lists of other lengths, and lists without a rating, are errors of their rows", async () => {
  const { errors } = await runStepPromise(KeepBest({ name: "best" }), [
    { generations: ["a"], ratings: [1, 2] },
    { generations: ["a", null], ratings: [null, 3] },
    { generations: [], ratings: [] }
  ])
  expect(errors.map(({ detail }) => detail)).toEqual([
    "there are 1 generations and 2 ratings: each needs one",
    "no generation has a rating",
    "no generation has a rating"
  ])
})

it("sentences hold all that is no space, in its order, in any language", async () => {
  const split = async (text: string, locale = "en"): Promise<ReadonlyArray<string>> =>
    (await runStepPromise(SplitSentences({ name: "split", locale }), [{ text }])).rows[0]!.sentences
  expect(await split("It rains. Does it?  Yes!\nGood.")).toEqual([
    "It rains.",
    "Does it?",
    "Yes!",
    "Good."
  ])
  expect(await split("雨です。本当？", "ja")).toEqual(["雨です。", "本当？"])
  expect(await split(" \n")).toEqual([])
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 80 }), async (text) => {
      const without = (part: string): string => part.replaceAll(/\s/g, "")
      expect((await split(text)).map(without).join("")).toBe(without(text))
    }),
    { numRuns: 20 }
  )
})

it("languages are detected, of those that can be, with how certain that is", async () => {
  const texts = [
    "The weather was fine, and we went down to the river.",
    "Das Wetter war schön, und wir gingen hinunter zum Fluss.",
    "天気がよかったので、川まで歩いて行きました。",
    "12345 !?"
  ].map((text) => ({ text }))
  const { rows } = await runStepPromise(DetectLanguage({ name: "language" }), texts)
  expect(rows.map(({ language }) => language)).toEqual(["en", "de", "ja", null])
  for (const { language_score } of rows) {
    expect(language_score).toBeGreaterThanOrEqual(0)
    expect(language_score).toBeLessThanOrEqual(1)
  }
  const only = DetectLanguage({ name: "language", only: ["fr", "de"] })
  expect((await runStepPromise(only, texts.slice(1, 2))).rows[0]!.language).toBe("de")
})
