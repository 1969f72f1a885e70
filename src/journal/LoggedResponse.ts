/** Entries of a response log: answers, for whom they were requested, and what they cost. */
import { hash } from "node:crypto"
import type { Located } from "./segments.ts"

/** What a request used. */
export interface Used {
  readonly input: number
  readonly output: number
  /** US dollars; absent if the price is unknown. */
  readonly cost?: number
  /** True if the provider did not count, so that the tokens are estimates. */
  readonly estimated?: true
}

/** An answer as the log keeps it. */
export interface LoggedResponse {
  /** 32 hexadecimal digits: the hash of all that determines the answer. */
  readonly key: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** The class name in documents: `OpenAILLM`, … */
  readonly llm: string
  readonly model: string
  /**
   * Who asked: the pipeline and its run, the step, the row by its position and by its content, and
   * which of several answers it is.
   */
  readonly pipeline?: string
  readonly run?: string
  readonly step?: string
  readonly row?: string
  readonly content?: string
  readonly sample?: number
  /** The attempt that got it, if it was not the first. */
  readonly attempt?: number
  readonly used?: Used
  /** The last message of the question, shortened. */
  readonly asked: string
  /** The answer; absent if it was unusable but had to be paid for. */
  readonly output?: unknown
}

/** Who asks, or asked, as hashes of 48 bits. */
export interface AskerHashes {
  readonly step: number
  /** The row's position and the number of the answer. */
  readonly place: number
  /** The row's content and the number of the answer. */
  readonly content: number
}

/** What an entry adds to the index. */
export interface Indexed {
  readonly located: Located
  /** The key and the asker of an answer; undefined for an entry that only says what was spent. */
  readonly answer: { readonly key: string; readonly asker: AskerHashes } | undefined
  readonly spent: Spent | undefined
}

/** What one answer, or all answers to a step, cost a run. */
export interface Spent {
  readonly run: string
  readonly step: string
  readonly requests: number
  readonly input: number
  readonly output: number
  /** US dollars. */
  readonly cost: number
  /** Answers whose price is unknown. */
  readonly unpriced: number
}

/** Who asks. */
export interface Asker {
  readonly step: string
  readonly row: string
  readonly content: string
  readonly sample: number
}

export const askerHashes = ({ content, row, sample, step }: Asker): AskerHashes => ({
  step: stepHash(step),
  place: hashed(`${row} ${sample}`),
  content: hashed(`${content} ${sample}`)
})

/** Steps are few, their answers many. */
const stepHashes = new Map<string, number>()

export const stepHash = (step: string): number => {
  const known = stepHashes.get(step)
  if (known !== undefined) return known
  const made = hashed(step)
  stepHashes.set(step, made)
  return made
}

const hashed = (text: string): number => Number.parseInt(hash("sha1", text).slice(0, 12), 16)

const isKey = /^[0-9a-f]{32}$/

/** What the index needs to know of a line; undefined if the line is not an entry. */
export const indexedOf = (text: string, located: Located): Indexed | undefined => {
  let entry
  try {
    entry = JSON.parse(text) as LoggedResponse
  } catch {
    return undefined
  }
  return typeof entry?.key === "string" && isKey.test(entry.key)
    ? indexed(entry, located)
    : undefined
}

/** What the index needs to know of an entry; `asker` where its hashes are known. */
export const indexed = (entry: LoggedResponse, located: Located, asker?: AskerHashes): Indexed => {
  const { content = "", key, output, row = "", run, sample = 0, step = "", used } = entry
  return {
    located,
    answer:
      output === undefined
        ? undefined
        : { key, asker: asker ?? askerHashes({ step, row, content, sample }) },
    spent:
      used === undefined || run === undefined
        ? undefined
        : {
            run,
            step,
            requests: 1,
            input: used.input,
            output: used.output,
            cost: used.cost ?? 0,
            unpriced: used.cost === undefined ? 1 : 0
          }
  }
}
