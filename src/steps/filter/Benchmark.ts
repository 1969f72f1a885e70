/** The texts of a benchmark, found again in other texts by runs of words that they share. */

/** A benchmark's text in a text. */
export interface Match {
  /** Its position in the benchmark, from 0. */
  readonly item: number
  /** The words that both have. */
  readonly words: string
}

interface Item {
  readonly position: number
  readonly words: ReadonlyArray<string>
}

export class Benchmark {
  readonly #n: number
  /** Items by the hash of a run of words: several where they share one. */
  readonly #runs = new Map<number, Array<Item>>()
  /** Items with fewer words than a run, by all their words. */
  readonly #short = new Map<string, number>()

  /** `n` is the length of runs. */
  constructor(n: number) {
    this.#n = n
  }

  add(text: string, position: number): void {
    const words = wordsOf(text)
    if (words.length === 0) return
    if (words.length < this.#n) {
      const key = words.join(" ")
      if (!this.#short.has(key)) this.#short.set(key, position)
      return
    }
    const item = { position, words }
    for (let start = 0; start + this.#n <= words.length; start++) {
      const hash = hashOf(words, start, this.#n)
      const items = this.#runs.get(hash)
      if (items === undefined) this.#runs.set(hash, [item])
      else if (items.at(-1) !== item) items.push(item)
    }
  }

  /**
   * The first item that a text shares a run of words with; a short one only if the text is the
   * same.
   */
  find(text: string): Match | undefined {
    const words = wordsOf(text)
    const whole = words.join(" ")
    const short = words.length < this.#n ? this.#short.get(whole) : undefined
    if (short !== undefined) return { item: short, words: whole }
    for (let start = 0; start + this.#n <= words.length; start++) {
      const run = words.slice(start, start + this.#n)
      const item = this.#runs
        .get(hashOf(words, start, this.#n))
        ?.find((each) => holds(each.words, run))
      if (item !== undefined) return { item: item.position, words: run.join(" ") }
    }
    return undefined
  }
}

/** The words of a text, without capitals and punctuation. */
const wordsOf = (text: string): ReadonlyArray<string> =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []

/** 53 bits of a run of words; two different runs with the same are told apart afterwards. */
const hashOf = (words: ReadonlyArray<string>, start: number, length: number): number => {
  let low = 0x81_1c_9d_c5 | 0
  let high = 0x9e_37_79_b9 | 0
  for (let i = start; i < start + length; i++) {
    const word = words[i]!
    for (let at = 0; at < word.length; at++) {
      const unit = word.charCodeAt(at)
      low = Math.imul(low ^ unit, 0x01_00_01_93)
      high = Math.imul(high ^ unit, 0x85_eb_ca_6b)
    }
    low = Math.imul(low ^ 0x20, 0x01_00_01_93)
    high = Math.imul(high ^ (high >>> 13), 0xc2_b2_ae_35)
  }
  return (high >>> 11) * 0x1_0000_0000 + (low >>> 0)
}

const holds = (words: ReadonlyArray<string>, run: ReadonlyArray<string>): boolean => {
  for (let start = 0; start + run.length <= words.length; start++)
    if (run.every((word, i) => words[start + i] === word)) return true
  return false
}
