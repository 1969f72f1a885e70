import * as Schema from "effect/Schema"
import fc from "fast-check"
import { expect, it } from "vitest"
import {
  FilterRows,
  from,
  generatorStep,
  LoadDataFromDicts,
  MinHashDedup,
  open,
  Pipeline,
  runPromise,
  runStepPromise
} from "../../../src/index.ts"
import { signer } from "../../../src/steps/filter/minHash.ts"
import { bandingFor, SignatureIndex } from "../../../src/steps/filter/SignatureIndex.ts"

const kept = "keep_row_after_minhash_filtering"

const flags = async (
  texts: ReadonlyArray<string>,
  options: { readonly tokenizer?: "words" | "ngrams"; readonly threshold?: number } = {}
): Promise<ReadonlyArray<boolean>> => {
  const rows = texts.map((text) => ({ text }))
  const result = await runStepPromise(MinHashDedup({ name: "unique", ...options }), rows)
  expect(result.errors).toEqual([])
  return result.rows.map((row) => row[kept])
}

it("words are compared without regard to their order and to the space between them", async () => {
  expect(
    await flags([
      "the quick brown fox",
      "fox  brown\nthe quick",
      "the slow grey cat",
      "狐 が 走る",
      "走る が 狐"
    ])
  ).toEqual([true, false, true, true, false])
})

it("of equal texts the first stays and all others are marked, whatever the texts are", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "binary", maxLength: 30 }), { minLength: 1, maxLength: 20 }),
      fc.constantFrom("words" as const, "ngrams" as const),
      (texts, tokenizer) => {
        const signatureOf = signer({ numPerm: 64, seed: 1, tokenizer, n: 5 })
        const index = new SignatureIndex(bandingFor(1, 64))
        for (const text of texts) index.add(signatureOf(text))
        for (const text of texts) expect(index.add(signatureOf(text))).toBe(false)
      }
    )
  )
})

it("signatures agree in about as many places as the texts have parts in common", () => {
  const signatureOf = signer({ numPerm: 4096, seed: 3, tokenizer: "words", n: 5 })
  for (const size of [5, 100, 2000]) {
    for (const shared of [0, 0.2, 0.5, 0.9]) {
      const common = Math.round(size * shared)
      const words = (prefix: string): string =>
        Array.from({ length: size }, (_, i) => (i < common ? `c${i}` : `${prefix}${i}`)).join(" ")
      const one = [...signatureOf(words("a"))]
      const other = signatureOf(words("b"))
      const agreeing = one.filter((value, i) => value === other[i]).length / 4096
      expect(Math.abs(agreeing - common / (2 * size - common))).toBeLessThan(0.06)
    }
  }
})

it("the banding is steepest near the threshold", () => {
  for (const threshold of [0.3, 0.5, 0.8, 0.9]) {
    const { bands, rows } = bandingFor(threshold, 128)
    const chance = (similarity: number): number => 1 - (1 - similarity ** rows) ** bands
    expect(bands * rows).toBeLessThanOrEqual(128)
    expect(chance(threshold - 0.2)).toBeLessThan(0.3)
    expect(chance(Math.min(1, threshold + 0.2))).toBeGreaterThan(0.7)
  }
})

it("thousands of different texts are not taken for copies", () => {
  const signatureOf = signer({ numPerm: 128, seed: 1, tokenizer: "words", n: 5 })
  const index = new SignatureIndex(bandingFor(0.9, 128))
  let marked = 0
  for (let i = 0; i < 3000; i++)
    if (!index.add(signatureOf(`a${i} b${i * 7} c${i * 13} d${i % 50} e${i % 20}`))) marked++
  expect(marked).toBe(0)
})

it("a text that is null is refused with the row's number and a remedy", async () => {
  const load = generatorStep({
    name: "load",
    outputs: open(),
    process: () => [{ text: "a" }, { text: null }]
  })
  const pipeline = Pipeline("p", {}, from(load).to(MinHashDedup({ name: "unique" })))
  await expect(runPromise(pipeline, { progress: "none" })).rejects.toThrow("DropNulls")
})

it("FilterRows drops what was marked", async () => {
  const load = LoadDataFromDicts({
    name: "load",
    data: [
      { id: 1, document: "one two three" },
      { id: 2, document: "three two one" },
      { id: 3, document: "four" }
    ]
  })
  const unique = MinHashDedup({ name: "unique", inputMappings: { text: "document" } })
  const { default: rows } = await runPromise(
    Pipeline(
      "p",
      {},
      from(load)
        .to(unique)
        .to(
          FilterRows({
            name: "stay",
            inputs: { [kept]: Schema.Boolean },
            where: (row) => row[kept]
          })
        )
    ),
    { progress: "none" }
  )
  expect((await rows.toArray()).map(({ id }) => id)).toEqual([1, 3])
})
