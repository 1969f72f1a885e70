/** Functions that tests run in threads. */
import { threadId } from "node:worker_threads"

interface Numbered {
  readonly n: number
}

/** Keeps a core busy for a while. */
export const score = (rows: ReadonlyArray<Numbered>): Array<{ score: number; thread: number }> =>
  rows.map(({ n }) => {
    let sum = n
    for (let i = 0; i < 300_000; i++) sum = (sum * 31 + i) % 1_000_003
    return { score: sum, thread: threadId }
  })

export const evenTwice = (
  rows: ReadonlyArray<Numbered>,
  { times }: { readonly times: number }
): Array<Numbered & { readonly copy: number }> =>
  rows
    .filter(({ n }) => n % 2 === 0)
    .flatMap((row) => Array.from({ length: times }, (_, copy) => ({ ...row, copy })))

export const failing = (rows: ReadonlyArray<Numbered>): Array<{ score: number }> =>
  rows.map(({ n }) => {
    if (n === 7) throw new Error("seven")
    return { score: n }
  })

/** Drops multiples of four, gives the others in reverse, and cannot do with 13. */
export const reversed = (
  rows: ReadonlyArray<Numbered>
): Array<Numbered & { readonly square: number }> => {
  if (rows.some(({ n }) => n === 13)) throw new Error("thirteen")
  return rows
    .filter(({ n }) => n % 4 !== 0)
    .map((row) => ({ ...row, square: row.n * row.n }))
    .toReversed()
}

export const marked = (
  rows: ReadonlyArray<{ readonly word: ReadonlyArray<string> }>
): Array<{ drawn: string }> => rows.map(({ word }) => ({ drawn: word.join(" ") }))
