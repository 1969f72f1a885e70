/** OpenAI's completions and images, for a simulator. */
import {
  type CompletionProtocol,
  type ImagesProtocol,
  sumTokens,
  wrongCounts
} from "../simulated/Protocol.ts"
import { numberAt, stringsOf } from "../simulated/Wire.ts"

const noModel = "You must provide a model parameter."

/** Prompts gone on from, as vLLM serves them too. */
export const openAICompletion: CompletionProtocol = {
  read: (body) => {
    const { model, prompt } = body
    if (typeof model !== "string" || model === "") return noModel
    if (typeof prompt !== "string" || prompt === "")
      return "'prompt' has to be a text that is not empty."
    const n = numberAt(body, "n") ?? 1
    const maxTokens = numberAt(body, "max_tokens")
    return (
      wrongCounts(n, maxTokens) ?? {
        model,
        system: "",
        // Tokens of a chat template say nothing of what is asked.
        prompt: prompt.replaceAll(/<\|[^|<>]*\|>/g, " "),
        history: [],
        sample: numberAt(body, "seed"),
        n,
        maxTokens,
        stop: stringsOf(body["stop"]),
        json: false,
        schema: undefined,
        logprobs: undefined
      }
    )
  },
  answer: (reply, answers) => {
    const outputTokens = sumTokens(answers)
    return {
      id: `cmpl-${reply.key.toString(36)}`,
      object: "text_completion",
      created: reply.created,
      model: reply.question.model,
      choices: answers.map(({ text, truncated }, index) => ({
        index,
        text,
        logprobs: null,
        finish_reason: truncated ? "length" : "stop"
      })),
      usage: {
        prompt_tokens: reply.inputTokens,
        completion_tokens: outputTokens,
        total_tokens: reply.inputTokens + outputTokens
      }
    }
  }
}

/** Images drawn after a description. */
export const openAIImages: ImagesProtocol = {
  read: (body) => {
    const { model, prompt } = body
    if (typeof model !== "string" || model === "") return noModel
    if (typeof prompt !== "string" || prompt === "")
      return "'prompt' has to be a text that is not empty."
    const n = numberAt(body, "n") ?? 1
    return wrongCounts(n, undefined) ?? { model, prompt, n }
  },
  answer: (reply, images, outputTokens) => ({
    created: reply.created,
    output_format: "png",
    data: images.map((image) => ({ b64_json: image })),
    usage: {
      input_tokens: reply.inputTokens,
      output_tokens: outputTokens,
      total_tokens: reply.inputTokens + outputTokens
    }
  })
}
