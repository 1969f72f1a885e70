/** GenerateEmbeddings: the vector of each text or conversation. */
import * as Schema from "effect/Schema"
import { type ChatItem, Messages } from "../../columns/chats.ts"
import type { Mapped, Names, Renamed, RenamedOut } from "../../columns/mapping.ts"
import type { Adds } from "../../columns/Row.ts"
import type { AnyEmbeddings } from "../../models/embeddings/Embeddings.ts"
import { define, defined } from "../../step/Definition.ts"
import { ModelOption } from "../../step/options.ts"
import type { Step } from "../../step/Step.ts"
import {
  type Embedded,
  type EmbeddingOptions,
  type EmbeddingParameters,
  embeddingStep
} from "./embedding.ts"

export const definition = define({
  type: "GenerateEmbeddings",
  about: "Embeds a text or a conversation: adds the vector that a model has for it.",
  options: { llm: ModelOption },
  defaults: {},
  asks: "embeddings",
  python: {}
})

interface TextRow {
  readonly text: string | ReadonlyArray<ChatItem>
}

/**
 * Embeds a text or a conversation: adds the vector that a model has for it.
 *
 * Python's class takes the last hidden state of a language model that runs in its own process. Here
 * an embedding model is asked, so the numbers are others; a server such as vLLM embeds with
 * language models too. A conversation is embedded as one text, each message with its role before
 * it. Otherwise it works as `EmbeddingGeneration` does.
 *
 * @example
 *   const embed = GenerateEmbeddings({
 *     name: "embed",
 *     llm: OpenAIEmbeddings({
 *       model: "Qwen/Qwen3-Embedding-0.6B",
 *       baseUrl: "http://localhost:8000/v1"
 *     })
 *   })
 *
 * @reads text string or conversation
 * @adds embedding list of numbers
 * @adds model_name string
 * @fails RowFailed for a text that the model does not take, such as an empty one; StepFailed when the model cannot be opened
 * @source https://arxiv.org/abs/2406.18402
 */
export const GenerateEmbeddings = defined(
  definition,
  <
    const Name extends string,
    Model extends AnyEmbeddings,
    const InputMap extends Names<TextRow> = {},
    const OutputMap extends Names<Embedded> = {}
  >(
    options: EmbeddingOptions<Name, Model, Mapped<InputMap, TextRow>, Mapped<OutputMap, Embedded>>
  ): Step<
    Name,
    Renamed<TextRow, InputMap>,
    Adds<RenamedOut<Embedded, InputMap, OutputMap>>,
    EmbeddingParameters<Model>
  > =>
    embeddingStep(
      definition,
      options,
      { text: Schema.Union([Schema.String, Messages]) },
      ({ text }) => asText(text)
    )
)

const isChat = Schema.is(Messages)

/** A conversation as one text. Throws if it is neither that nor a text. */
const asText = (value: unknown): string => {
  if (typeof value === "string") return value
  if (!isChat(value) || value.length === 0)
    throw new Error(
      "'text' is neither a text nor a conversation: a list of messages with role and content"
    )
  return value.map(({ content, role }) => `${role}: ${wordsOf(content)}`).join("\n")
}

/** The text of a message; parts that are no text, such as images, are left out. */
const wordsOf = (content: ChatItem["content"]): string =>
  typeof content === "string"
    ? content
    : content.map((part) => ("text" in part ? part.text : "")).join(" ")
