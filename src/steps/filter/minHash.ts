/**
 * MinHash: a short signature of a text's parts (Broder, 1997). The share of places in which two
 * signatures agree estimates the share of parts that the texts have in common.
 *
 * Each part is hashed once and falls into one place, which keeps the least hash; a place that got
 * none borrows from another (Shrivastava, "Optimal Densification for Fast and Accurate Minwise
 * Hashing", 2017). So a text costs one hash for each part, not one for each part and place.
 */
import { randomNumbers } from "../../columns/random.ts"
import { eachNgram, eachWord } from "./parts.ts"

export interface Signing {
  /** Places of a signature. */
  readonly numPerm: number
  readonly seed: number
  readonly tokenizer: "words" | "ngrams"
  /** Characters of an n-gram. */
  readonly n: number
}

/** A place that got no part. */
const empty = 0x7f_ff_ff_ff

/** A function from texts to signatures. What it gives is overwritten by its next call. */
export const signer = ({
  n,
  numPerm,
  seed,
  tokenizer
}: Signing): ((text: string) => Int32Array) => {
  const random = randomNumbers(seed)
  const salt = Math.floor(random() * 0x1_0000_0000) | 0
  const least = new Int32Array(numPerm)
  const signature = new Int32Array(numPerm)
  const add = (part: number): void => {
    const hash = mixed(part ^ salt)
    const place = Math.floor(((hash >>> 0) / 0x1_0000_0000) * numPerm)
    // Hashes of one place begin alike; a product with an odd number orders them by all their bits.
    const order = Math.min(Math.imul(hash, 0x9e_37_79_b1), empty - 1)
    if (order < least[place]!) least[place] = order
  }
  const lender = (place: number): number => {
    for (let attempt = 1; ; attempt++) {
      const drawn = mixed(Math.imul(place + 1, 0x85_eb_ca_6b) ^ Math.imul(attempt, salt | 1))
      const other = (drawn >>> 0) % numPerm
      if (least[other] !== empty) return least[other]!
    }
  }
  return (text) => {
    least.fill(empty)
    if (tokenizer === "words") eachWord(text, add)
    else eachNgram(text, n, add)
    for (let place = 0; place < numPerm; place++)
      signature[place] = least[place] === empty ? lender(place) : least[place]!
    return signature
  }
}

/** MurmurHash3's finalizer: every bit depends on all. */
const mixed = (value: number): number => {
  let hash = Math.imul(value ^ (value >>> 16), 0x85_eb_ca_6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35)
  return hash ^ (hash >>> 16)
}
