/**
 * Paid answers: what models answered in this run and in earlier ones, so that no question is paid for twice.
 *
 * An answer is found by all that determines it. Rows that ask the same question each get an answer of their own, as they would without a log: the
 * answer under the question alone belongs to the row that asked first, the others have theirs under the question and their place. So a run that
 * goes on gives each row the answer that it had. In a run over other data an answer whose row is not there goes to the first that asks.
 */
import * as Effect from "effect/Effect"
import type { Chat } from "../llms/Chat.ts"
import type { Answers, Known, Question } from "../llms/Answers.ts"
import type { GenerateOutput } from "../llms/LLM.ts"
import type { LoggedResponse, ResponseLog } from "../journal/ResponseLog.ts"
import { digest128 } from "./signature.ts"

/** For whom answers are. */
export interface PaidAnswersOptions {
  readonly pipeline: string
  /** Which run it is: the same for a run that goes on. */
  readonly run: string
  /** Rows before this position got their answers before, and do not ask again. */
  readonly start: () => number
  /** Whether answers of earlier times are taken. */
  readonly recalls: boolean
}

/** Answers taken from other rows: so many are remembered. */
const mostTaken = 2_000_000

export const paidAnswers = (log: ResponseLog, { pipeline, recalls, run, start }: PaidAnswersOptions): Answers => {
  /** Questions that a row has asked and that are not answered yet. */
  const asked = new Set<string>()
  /** Answers that this run has taken from rows that are not in it. */
  let taken = new Set<string>()
  let takenBefore = new Set<string>()

  const take = (key: string): void => {
    taken.add(key)
    if (taken.size < mostTaken) return
    takenBefore = taken
    taken = new Set()
  }

  /** The key under which the row's answer is or will be, and the answer if it is there. */
  const place = (common: string, asker: Asker): readonly [key: string, found: LoggedResponse | undefined] => {
    const own = (): readonly [string, LoggedResponse | undefined] => {
      const key = digest128(`${common} ${asker.step} ${asker.row} ${asker.sample}`)
      return [key, log.find(key)]
    }
    const first = log.find(common)
    if (first === undefined) return asked.has(common) ? own() : [common, undefined]
    if (first.step === asker.step && first.row === asker.row && (first.sample ?? 0) === asker.sample) return [common, first]
    const mine = own()
    if (mine[1] !== undefined || taken.has(common) || takenBefore.has(common)) return mine
    // Its row is in this run, and was seen through before: the answer is that row's.
    if (first.run === run && Number.parseInt(first.row ?? "", 10) < start()) return mine
    take(common)
    return [common, first]
  }

  const known = (question: Question): Known => {
    const common = digest128(keyOf(question))
    const { asker = { step: "", row: "" } } = question.request
    const who = { ...asker, sample: question.sample }
    const [key, found] = place(common, who)
    if (recalls && question.request.fresh !== true && found !== undefined) return { answer: found.output as GenerateOutput, attempt: found.attempt ?? 1, keep: () => Effect.void, drop: () => {} }
    asked.add(key)
    return {
      answer: undefined,
      attempt: 1,
      keep: (output, attempt) => {
        const { llm, model, request } = question
        const entry = { key, at: Date.now(), llm, model, pipeline, run, step: who.step, row: who.row, ...(who.sample === 0 ? {} : { sample: who.sample }), ...(attempt === 1 ? {} : { attempt }), asked: lastOf(request.messages), output }
        // A log that cannot be written ends the run: going on would spend what a crash then loses.
        return Effect.ensuring(Effect.orDie(log.append(entry)), Effect.sync(() => asked.delete(key)))
      },
      drop: () => asked.delete(key)
    }
  }

  return { known }
}

interface Asker {
  readonly step: string
  readonly row: string
  readonly sample: number
}

/** All that determines an answer. */
const keyOf = ({ baseUrl, llm, model, request: { generationKwargs, messages, numGenerations, structuredOutput } }: Question): string =>
  JSON.stringify([llm, model, baseUrl, messages, sorted(generationKwargs), numGenerations, structuredOutput ?? null])

const sorted = (record: Readonly<Record<string, unknown>>): ReadonlyArray<readonly [string, unknown]> => Object.entries(record).sort(([a], [b]) => a < b ? -1 : 1)

const longestAsked = 500

const lastOf = (messages: Chat): string => {
  const content = messages.at(-1)?.content ?? ""
  const text = typeof content === "string" ? content : content.map((part) => part.type === "text" ? part.text : "[image]").join(" ")
  return text.length > longestAsked ? `${text.slice(0, longestAsked)}…` : text
}
