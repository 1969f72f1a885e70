/**
 * Late answers: those that took more than one attempt, kept beside a run's rows, which are the same
 * however often a model had to be asked.
 */
import { appendFileSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { clearWay } from "../../disk/clearWay.ts"
import { sealed, unsealed } from "../../disk/sealed.ts"
import type { AnsweredLate, Attempts } from "../../step/Attempts.ts"
import { exchangeKey } from "./exchangeKey.ts"

/** What it took to get answers, by the keys of their exchanges. */
export type LateAnswers = Readonly<Record<string, Attempts>>

// Hidden, so that a pattern over the folder's files finds rows only.
export const lateAnswersName = ".attempts.jsonl"

/** A page shows at most this many: whoever looks at rows looks at fewer. */
const most = 20_000
const longestComplaint = 300

/** What a run tells while it goes on; `flush` writes it. */
export class LateAnswersLog {
  readonly #path: string
  #lines: Array<string> = []

  constructor(directory: string) {
    this.#path = join(directory, lateAnswersName)
  }

  /** A run that begins anew forgets those of the one before. */
  clear(): void {
    rmSync(this.#path, { recursive: true, force: true })
  }

  add(
    step: string,
    { attempts: { complaints, refusals, requests }, input, output }: AnsweredLate
  ): void {
    const shortened = complaints.map((complaint) =>
      complaint.length > longestComplaint ? `${complaint.slice(0, longestComplaint)}…` : complaint
    )
    this.#lines.push(
      `${sealed(JSON.stringify([exchangeKey(step, input, output), { requests, refusals, complaints: shortened }]))}\n`
    )
  }

  flush(): void {
    if (this.#lines.length === 0) return
    clearWay(this.#path)
    // Whatever the file ends with, these are lines of their own.
    appendFileSync(this.#path, `\n${this.#lines.join("")}`)
    this.#lines = []
  }
}

/** The late answers of a run's folder; a line that is cut off or damaged is none. */
export const readLateAnswers = (directory: string): LateAnswers | undefined => {
  try {
    return lateAnswersIn(readFileSync(join(directory, lateAnswersName), "utf8"))
  } catch {
    return undefined
  }
}

/** The late answers that the text of their file holds. */
export const lateAnswersIn = (text: string): LateAnswers => {
  const found = new Map<string, Attempts>()
  for (const line of text.split("\n")) {
    const json = unsealed(line)
    if (json !== undefined) found.set(...(JSON.parse(json) as [string, Attempts]))
    if (found.size >= most) break
  }
  return Object.fromEntries(found)
}
