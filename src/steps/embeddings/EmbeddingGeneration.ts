/** EmbeddingGeneration: the vector of each text. */
import * as Schema from "effect/Schema"
import type { Mapped, Names, Renamed, RenamedOut } from "../../columns/mapping.ts"
import type { Adds } from "../../columns/Row.ts"
import type { AnyEmbeddings } from "../../models/embeddings/Embeddings.ts"
import { define, defined } from "../../step/Definition.ts"
import { ModelOption } from "../../step/options.ts"
import type { Step } from "../../step/Step.ts"
import { textOf } from "../values/texts.ts"
import {
  type Embedded,
  type EmbeddingOptions,
  type EmbeddingParameters,
  embeddingStep
} from "./embedding.ts"

export const definition = define({
  type: "EmbeddingGeneration",
  about: "Embeds a text: adds the vector that a model has for it.",
  options: { llm: ModelOption },
  defaults: {},
  asks: "embeddings",
  python: { keys: { llm: "embeddings" } }
})

interface TextRow {
  readonly text: string
}

/**
 * Embeds a text: adds the vector that a model has for it.
 *
 * A request embeds up to `inputBatchSize` texts, and equal texts among them once. Vectors are kept
 * one by one: a later run asks only for texts that it has not seen, however they are batched. Where
 * a request is refused, its halves are sent, so that a text that the model does not take is the
 * only error row.
 *
 * @example
 *   const embed = EmbeddingGeneration({
 *     name: "embed",
 *     llm: OpenAIEmbeddings({ model: "text-embedding-3-small" }),
 *     inputMappings: { text: "instruction" }
 *   })
 *
 * @reads text string
 * @adds embedding list of numbers
 * @adds model_name string
 * @fails RowFailed for a text that the model does not take, such as an empty one; StepFailed when the model cannot be opened
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/embeddinggeneration/
 */
export const EmbeddingGeneration = defined(
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
    embeddingStep(definition, options, { text: Schema.String }, (row) =>
      textOf(row["text"], "text")
    )
)
