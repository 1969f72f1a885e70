/** Scores as vLLM serves them, for a simulator. */
import type { Arrived } from "../simulated/Arrived.ts"
import type { Destination, ScoresProtocol } from "../simulated/Protocol.ts"
import { isObject, textOf, type WireObject } from "../simulated/Wire.ts"

const routes = /^(?:\/v1)?\/(pooling|classify|score|rerank)$/

/** Where a request for scores goes; undefined for any other. */
export const scoreRoute = ({ method, path }: Arrived): Destination | undefined => {
  const [, name] = method === "POST" ? (routes.exec(path) ?? []) : []
  return name === undefined ? undefined : { kind: "scores", name, model: "" }
}

/** Texts scored, conversations as their last turn. */
export const servedScores: ScoresProtocol = {
  read: (body, route) => {
    const { model } = body
    if (typeof model !== "string" || model === "") return "You must provide a model parameter."
    const texts = textsIn(body, route)
    return typeof texts === "string" ? texts : { model, texts }
  },
  answer: (reply, scores, route) => {
    const usage = { prompt_tokens: reply.inputTokens, total_tokens: reply.inputTokens }
    const id = `score-${reply.key.toString(36)}`
    if (route === "rerank")
      return {
        id,
        model: reply.question.model,
        usage,
        // The best first, as rerankers have it.
        results: scores
          .map((relevance_score, index) => ({ index, relevance_score }))
          .toSorted((a, b) => b.relevance_score - a.relevance_score)
      }
    return {
      id,
      object: "list",
      created: reply.created,
      model: reply.question.model,
      data: scores.map((score, index) => ({
        index,
        ...(route === "score"
          ? { object: "score", score }
          : route === "pooling"
            ? { object: "pooling", data: [score] }
            : { label: "LABEL_0", probs: [score], num_classes: 1 })
      })),
      usage
    }
  }
}

const textsIn = (body: WireObject, route: string): ReadonlyArray<string> | string => {
  if (route === "score") return listed(body["text_2"], "text_2")
  if (route === "rerank") return listed(body["documents"] ?? body["texts"], "documents")
  const { messages } = body
  if (!Array.isArray(messages) || messages.length === 0)
    return "'messages' has to be a list of at least one message."
  const last: unknown = messages.at(-1)
  return [isObject(last) ? textOf(last["content"]) : ""]
}

const listed = (value: unknown, name: string): ReadonlyArray<string> | string => {
  const texts: ReadonlyArray<unknown> = Array.isArray(value) ? value : [value]
  return texts.length > 0 && texts.every((text) => typeof text === "string")
    ? texts
    : `'${name}' has to be a text or a list of texts.`
}
