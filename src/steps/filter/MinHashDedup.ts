/** MinHashDedup: which texts are near copies of one before them. */
import * as Schema from "effect/Schema"
import { defineStep } from "../../step/defineStep.ts"
import { textIn } from "../values/texts.ts"
import { signer } from "./minHash.ts"
import { bandingFor, SignatureIndex } from "./SignatureIndex.ts"

const Count = Schema.Int.check(Schema.isGreaterThan(0))

/**
 * Marks texts that are near copies of a text that stays.
 *
 * Of near copies the first stays. Texts are compared by the words, or the runs of `n` characters,
 * that they have in common: the chance that a text counts as a copy rises steeply around the
 * threshold. Rows wait on disk where they are many; memory holds 8 bytes for each band of a text
 * that stays (5 bands with the defaults), whatever the texts' lengths.
 *
 * `FilterRows` then drops the copies. For languages that write no spaces, take `ngrams`.
 *
 * @example
 *   const unique = MinHashDedup({ name: "unique", tokenizer: "ngrams", threshold: 0.8 })
 *
 * @reads text string
 * @adds keep_row_after_minhash_filtering boolean
 * @fails StepFailed if a text is null: `DropNulls` drops such rows
 * @source https://en.wikipedia.org/wiki/MinHash
 */
export const MinHashDedup = defineStep({
  type: "MinHashDedup",
  about: "Marks texts that are near copies of a text that stays.",
  reads: { text: Schema.String },
  adds: { keep_row_after_minhash_filtering: Schema.Boolean },
  options: {
    /** Places of a signature: more of them estimate better and take longer. Default 128. */
    numPerm: Schema.optionalKey(Count.check(Schema.isLessThanOrEqualTo(4096))),
    /** Decides the hash functions. Default 1. */
    seed: Schema.optionalKey(Schema.Int),
    /** What texts are compared by: words, or runs of characters. Default `words`. */
    tokenizer: Schema.optionalKey(Schema.Literals(["words", "ngrams"])),
    /** Characters (UTF-16 units) of an n-gram. Default 5. */
    n: Schema.optionalKey(Count),
    /** The share of parts in common (Jaccard) from which texts count as copies, 0 to 1. Default 0.9. */
    threshold: Schema.optionalKey(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })))
  },
  defaults: { numPerm: 128, seed: 1, tokenizer: "words", n: 5, threshold: 0.9 },
  // Its index is small enough for memory.
  python: { ignores: { storage: ["dict", "disk"] } },
  kind: "global",
  streams: true,
  version: "1",
  process: function* (rows, { n, numPerm, seed, threshold, tokenizer }) {
    const signatureOf = signer({ n, numPerm, seed, tokenizer })
    const index = new SignatureIndex(bandingFor(threshold, numPerm))
    let position = 0
    for (const row of rows)
      yield {
        ...row,
        keep_row_after_minhash_filtering: index.add(
          signatureOf(textIn(row.text, "text", position++))
        )
      }
  }
})
