/**
 * Answers that can be read: a model whose answer cannot is told what is wrong with it and asked
 * again, in the same chat.
 */
import * as Effect from "effect/Effect"
import { addedUsage, type Answer, totalUsage } from "../models/chat/Answer.ts"
import type { Chat } from "../models/chat/Chat.ts"
import type { GenerateOutput, GenerateRequest, LLMClient } from "../models/chat/LLM.ts"
import type { LLMError } from "../models/chat/LLMError.ts"
import type { Observer } from "../models/chat/LLMEvents.ts"
import { nothing, placed, type Reanswered } from "./Reanswered.ts"
import { whole } from "./whole.ts"

interface Asking {
  readonly client: LLMClient
  readonly request: GenerateRequest
  /** How often it is asked again. */
  readonly retries: number
  readonly observer: Observer
  /**
   * Whether an answer of an earlier time will not do if none, or not each, of its texts is whole
   * and can be read.
   */
  readonly renew: "none" | "if none" | "if not each"
  /** What is wrong with an answer; undefined if it can be read. */
  readonly readable: (answer: Answer) => Effect.Effect<string | undefined>
  /** The model's kwargs with a larger limit, where answers that were cut are asked for again. */
  readonly limited?: ((maxNewTokens: number) => GenerateRequest["generationKwargs"]) | undefined
  /** Is told of an answer that cannot be read, before the model is. */
  readonly complain: (index: number, complaint: string) => void
}

/** The model's answers, each the first that can be read, or the last of those that cannot. */
export const answered = (asking: Asking): Effect.Effect<GenerateOutput, LLMError> => {
  const { client, limited, observer, renew, request } = asking
  const first = renew === "none" ? client.generate(request, observer) : renewed(asking)
  const wholly =
    limited === undefined
      ? first
      : Effect.flatMap(first, (output) =>
          whole(
            {
              ...asking,
              limited,
              request: renew === "none" ? request : { ...request, recalls: "none" }
            },
            output
          )
        )
  return Effect.flatMap(wholly, (output) => readably(asking, output))
}

/** The output with each answer that cannot be read asked for again. */
const readably = (
  asking: Asking,
  output: GenerateOutput
): Effect.Effect<GenerateOutput, LLMError> =>
  asking.retries === 0
    ? Effect.succeed(output)
    : Effect.reduce(
        output.answers,
        () => output,
        (merged, answer, index) =>
          Effect.flatMap(asking.readable(answer), (complaint) =>
            complaint === undefined
              ? Effect.succeed(merged)
              : Effect.map(
                  again(asking, asking.request.messages, answer.text, complaint, index),
                  (next) => placed(merged, index, next)
                )
          )
      )

/** Whether an answer has no text, or was cut at the limit of tokens. */
const isWanting = ({ finishReason, text }: Answer): boolean =>
  text === null || text === "" || finishReason === "length"

/**
 * The model's answers; those of an earlier time that are missing, cut or cannot be read are
 * requested again.
 */
const renewed = ({
  client,
  observer,
  readable,
  renew,
  request
}: Asking): Effect.Effect<GenerateOutput, LLMError> =>
  Effect.suspend(() => {
    let recalled = false
    const watching: Observer = (event) => {
      recalled ||= event.kind === "recalled"
      observer(event)
    }
    const isPoor = (answer: Answer): Effect.Effect<boolean> =>
      isWanting(answer)
        ? Effect.succeed(true)
        : Effect.map(readable(answer), (complaint) => complaint !== undefined)
    return Effect.flatMap(client.generate(request, watching), (output) =>
      recalled
        ? Effect.flatMap(Effect.forEach(output.answers, isPoor), (poor) =>
            (renew === "if none" ? poor.every(Boolean) : poor.some(Boolean))
              ? client.generate({ ...request, recalls: "none" }, observer)
              : Effect.succeed(output)
          )
        : Effect.succeed(output)
    )
  })

/** Asks the same question again. A model that fails now has answered once: that answer stays. */
const again = (
  asking: Asking,
  messages: Chat,
  answer: string | null,
  complaint: string,
  index: number
): Effect.Effect<Reanswered, LLMError> => {
  asking.complain(index, complaint)
  const chat: Chat = [
    ...messages,
    { role: "assistant", content: answer ?? "" },
    { role: "user", content: complaintOf(complaint) }
  ]
  const { asker } = asking.request
  // The place tells the answers of one row apart.
  const request = {
    ...asking.request,
    messages: chat,
    numGenerations: 1,
    ...(asker === undefined ? {} : { asker: { ...asker, row: `${asker.row}/${index}` } })
  }
  return Effect.flatMap(
    Effect.catch(asking.client.generate(request, asking.observer), (error) =>
      error.fatal ? Effect.fail(error) : Effect.succeed(undefined)
    ),
    (output) => {
      if (output === undefined) return Effect.succeed(nothing)
      const next = output.answers[0]
      const usage = totalUsage(output.answers)
      if (next === undefined) return Effect.succeed({ usage })
      return Effect.flatMap(asking.readable(next), (wrong): Effect.Effect<Reanswered, LLMError> => {
        if (wrong === undefined) return Effect.succeed({ answer: next, usage })
        if (asking.retries <= 1) return Effect.succeed({ usage })
        return Effect.map(
          again({ ...asking, retries: asking.retries - 1 }, chat, next.text, wrong, index),
          (later) => ({ ...later, usage: addedUsage(usage, later.usage) })
        )
      })
    }
  )
}

const complaintOf = (complaint: string): string =>
  `That answer cannot be used: ${complaint}\nAnswer the question once more, complete and in the form that was asked for, without any remark.`
