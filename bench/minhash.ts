/**
 * What MinHashDedup costs: a million texts of 500 characters that are read one after the other, and
 * the memory that it takes to have seen them all.
 */
import { MinHashDedup, type Row } from "distilabel-ts"
import * as Effect from "effect/Effect"
import { random } from "./crash.ts"
import type { Figure } from "./Figure.ts"

const texts = 1_000_000
const characters = 500
/** A tenth of them says again what one before it has said. */
const copies = 0.1

export const minhash = async (): Promise<ReadonlyArray<Figure>> => {
  const figures: Array<Figure> = []
  for (const tokenizer of ["words", "ngrams"] as const) {
    const { copied, found, megabytes, seconds } = await measured(tokenizer)
    figures.push(
      { name: `${tokenizer}: texts`, value: texts / seconds, unit: "1/s", bar: 10_000 },
      {
        name: `${tokenizer}: memory at the most`,
        value: megabytes,
        unit: "MB",
        bar: 400,
        atMost: true
      },
      { name: `${tokenizer}: copies found`, value: found / copied, unit: "of 1", bar: 1 }
    )
  }
  return figures
}

const measured = async (tokenizer: "words" | "ngrams") => {
  const step = MinHashDedup({ name: "unique", tokenizer })
  const { marked, seconds, peak, copied } = await Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const worker = yield* step.open
        if (worker.kind !== "batch") throw new Error("MinHashDedup takes its rows at once")
        const source = { copied: 0 }
        const rows = { length: texts, [Symbol.iterator]: () => generated(source) }
        const start = performance.now()
        let marked = 0
        let peak = 0
        let read = 0
        for (const row of worker.process(rows as never) as Iterable<Row>) {
          if (row["keep_row_after_minhash_filtering"] === false) marked++
          if (++read % 50_000 === 0) peak = Math.max(peak, process.memoryUsage.rss())
        }
        return { marked, peak, copied: source.copied, seconds: (performance.now() - start) / 1000 }
      })
    )
  )
  return { copied, found: marked, megabytes: peak / 1e6, seconds }
}

/** Rows of random words, made when they are asked for, so that nothing but the step keeps them. */
function* generated(source: { copied: number }): Generator<Row> {
  const chance = random(7)
  const words = Array.from({ length: 20_000 }, () => Math.floor(chance() * 36 ** 6).toString(36))
  let last = ""
  for (let i = 0; i < texts; i++) {
    if (i > 0 && chance() < copies) source.copied++
    else {
      last = ""
      while (last.length < characters) last += `${words[Math.floor(chance() * words.length)]!} `
    }
    yield { text: last }
  }
}
