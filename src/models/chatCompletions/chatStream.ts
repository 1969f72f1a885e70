/**
 * Chat completions that arrive as a stream: the pieces of each choice put together, as if they had
 * arrived at once.
 */
import { list, record, textIn } from "../http/wireValues.ts"
import { accumulated } from "../provider/accumulated.ts"

/** A completion put together, and whether all of it arrived. */
export interface StreamedCompletion {
  readonly [field: string]: unknown
  readonly choices: ReadonlyArray<unknown>
  readonly usage: unknown
  readonly isWhole: boolean
}

/** Puts the pieces together. An error among them is that of the whole. */
export const chatOfStream = ({
  ended,
  values
}: {
  readonly values: ReadonlyArray<unknown>
  readonly ended: boolean
}): StreamedCompletion => {
  const chunks = values.map(record)
  const choices = new Map<unknown, Choice>()
  for (const chunk of chunks) {
    for (const piece of list(chunk["choices"]).map(record)) {
      const index = piece["index"] ?? 0
      const choice = choices.get(index) ?? new Choice()
      choices.set(index, choice)
      choice.add(piece)
    }
  }
  const error = chunks
    .map((chunk) => chunk["error"])
    .find((each) => each !== undefined && each !== null)
  const usage = chunks
    .map((chunk) => chunk["usage"])
    .findLast((each) => each !== undefined && each !== null)
  // A stream of one error in words of its own has no choices to wait for.
  const others = choices.size === 0 ? chunks[0] : {}
  return {
    ...others,
    ...(error === undefined ? {} : { error }),
    choices: [...choices.values()].map((choice) => choice.whole),
    usage,
    isWhole:
      ended ||
      error !== undefined ||
      choices.size === 0 ||
      [...choices.values()].every((choice) => choice.isWhole)
  }
}

class Choice {
  #text: string | null = null
  readonly #parts: Array<unknown> = []
  #calls: ReadonlyArray<unknown> = []
  #reasoning = ""
  #refusal = ""
  readonly #logprobs: Array<unknown> = []
  #rest: Readonly<Record<string, unknown>> = {}

  add(piece: Readonly<Record<string, unknown>>): void {
    const delta = record(piece["delta"] ?? piece["message"] ?? { content: piece["text"] })
    const { content, reasoning, reasoning_content, refusal } = delta
    if (typeof content === "string") this.#text = (this.#text ?? "") + content
    else this.#parts.push(...list(content))
    // Pieces of a call are found by its index; names and ids come whole, arguments in parts.
    this.#calls = list(
      accumulated([{ calls: this.#calls }, { calls: delta["tool_calls"] }])["calls"]
    )
    this.#reasoning += textIn(reasoning_content) ?? textIn(reasoning) ?? ""
    this.#refusal += textIn(refusal) ?? ""
    this.#logprobs.push(...list(record(piece["logprobs"])["content"]))
    for (const name of ["finish_reason", "error"])
      if (piece[name] !== undefined && piece[name] !== null)
        this.#rest = { ...this.#rest, [name]: piece[name] }
  }

  get isWhole(): boolean {
    return "error" in this.#rest || textIn(this.#rest["finish_reason"]) !== undefined
  }

  get whole(): unknown {
    const text = this.#text ?? ""
    const content =
      this.#parts.length === 0
        ? this.#text
        : [...this.#parts, ...(text === "" ? [] : [{ type: "text", text }])]
    return {
      ...this.#rest,
      message: {
        content,
        reasoning_content: this.#reasoning,
        refusal: this.#refusal,
        tool_calls: this.#calls
      },
      ...(this.#logprobs.length === 0 ? {} : { logprobs: { content: this.#logprobs } })
    }
  }
}
