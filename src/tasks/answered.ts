/** Answers that can be read: a model whose answer cannot is told what is wrong with it and asked again, in the same chat. */
import * as Effect from "effect/Effect"
import type { Chat } from "../llms/Chat.ts"
import type { GenerateOutput, GenerateRequest, LLMClient } from "../llms/LLM.ts"
import type { LLMError } from "../llms/LLMError.ts"
import type { Observer } from "../llms/LLMEvents.ts"

interface Asking {
  readonly client: LLMClient
  readonly request: GenerateRequest
  /** How often it is asked again. */
  readonly retries: number
  readonly observer: Observer
  /** Whether an answer of an earlier time will not do if none, or not each, of its texts can be read. */
  readonly renew: "none" | "if none" | "if not each"
  /** What is wrong with an answer; undefined if it can be read. */
  readonly readable: (answer: string | null) => string | undefined
}

/** The model's answers, each the first that can be read, or the last of those that cannot. */
export const answered = ({ client, observer, readable, renew, request, retries }: Asking): Effect.Effect<GenerateOutput, LLMError> =>
  Effect.flatMap(renew === "none" ? client.generate(request, observer) : renewed({ client, observer, readable, renew, request, retries }), (output) => {
    const wrong = retries === 0 ? [] : output.generations.flatMap((answer, index) => {
      const complaint = readable(answer)
      return complaint === undefined ? [] : [{ answer, complaint, index }]
    })
    if (wrong.length === 0) return Effect.succeed(output)
    return Effect.reduce(wrong, () => output, (merged, { answer, complaint, index }) =>
      Effect.map(
        again({ client, observer, readable, renew, request, retries }, request.messages, answer, complaint, index),
        (next) => next === undefined ? merged : replaced(merged, index, next)
      ))
  })

/** The model's answers; those of an earlier time that made an error row are asked for again. */
const renewed = ({ client, observer, readable, renew, request }: Asking): Effect.Effect<GenerateOutput, LLMError> =>
  Effect.suspend(() => {
    let recalled = false
    const watching: Observer = (event) => {
      recalled ||= event.kind === "recalled"
      observer(event)
    }
    return Effect.flatMap(client.generate(request, watching), (output) => {
      const unreadable = output.generations.filter((answer) => readable(answer) !== undefined).length
      const fails = renew === "if none" ? unreadable === output.generations.length : unreadable > 0
      return recalled && fails ? client.generate({ ...request, fresh: true }, observer) : Effect.succeed(output)
    })
  })

/** A readable answer to the same question; undefined if none came. A model that fails now has answered once: that answer stays. */
const again = (
  asking: Asking,
  messages: Chat,
  answer: string | null,
  complaint: string,
  index: number
): Effect.Effect<GenerateOutput | undefined, LLMError> => {
  const chat: Chat = [...messages, { role: "assistant", content: answer ?? "" }, { role: "user", content: complaintOf(complaint) }]
  const { asker } = asking.request
  // The place tells the answers of one row apart.
  const request = { ...asking.request, messages: chat, numGenerations: 1, ...(asker === undefined ? {} : { asker: { ...asker, row: `${asker.row}/${index}` } }) }
  return Effect.flatMap(
    Effect.catch(asking.client.generate(request, asking.observer), (error) => error.fatal ? Effect.fail(error) : Effect.succeed(undefined)),
    (output) => {
      const next = output?.generations[0] ?? null
      if (output === undefined) return Effect.succeed(undefined)
      const wrong = asking.readable(next)
      if (wrong === undefined) return Effect.succeed(output)
      return asking.retries <= 1 ? Effect.succeed(undefined) : again({ ...asking, retries: asking.retries - 1 }, chat, next, wrong, index)
    }
  )
}

const complaintOf = (complaint: string): string =>
  `That answer cannot be used: ${complaint}\nAnswer the question once more, complete and in the form that was asked for, without any remark.`

/** The output with one answer in place of another. The tokens of both count. */
const replaced = (output: GenerateOutput, index: number, next: GenerateOutput): GenerateOutput => {
  const { statistics } = output
  const added = (key: "input_tokens" | "output_tokens"): ReadonlyArray<number> | undefined => {
    const counts = statistics[key]
    const more = next.statistics[key]?.[0] ?? 0
    const at = counts?.length === output.generations.length ? index : 0
    return counts?.map((count, i) => i === at ? count + more : count)
  }
  const [input, out] = [added("input_tokens"), added("output_tokens")]
  return {
    ...output,
    generations: output.generations.map((answer, i) => i === index ? next.generations[0] ?? null : answer),
    statistics: { ...(input === undefined ? {} : { input_tokens: input }), ...(out === undefined ? {} : { output_tokens: out }) }
  }
}
