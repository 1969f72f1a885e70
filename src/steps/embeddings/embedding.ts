/** What steps that embed texts have in common: options, columns, and the step itself. */
import * as Schema from "effect/Schema"
import type { Columns } from "../../columns/Columns.ts"
import type { Row } from "../../columns/Row.ts"
import { withColumns } from "../../columns/Shape.ts"
import type { ParametersOf } from "../../models/chat/Model.ts"
import type { AnyEmbeddings } from "../../models/embeddings/Embeddings.ts"
import type { AnyDefinition } from "../../step/Definition.ts"
import { checkEmbeds, embeddingWorker } from "../../step/embeddingWorker.ts"
import { defaultBatchSize, type StepParameters } from "../../step/makeStep.ts"
import { modelParameters } from "../../step/openModel.ts"
import type { AnyStep } from "../../step/Step.ts"
import { stepOf } from "../../step/stepOf.ts"

/** The columns that such steps add. */
export interface Embedded {
  readonly embedding: ReadonlyArray<number>
  readonly model_name: string
}

const embeddedColumns = { embedding: Schema.Array(Schema.Number), model_name: Schema.String }

export interface EmbeddingOptions<
  Name extends string,
  Model extends AnyEmbeddings,
  InputMap,
  OutputMap
> {
  readonly name: Name
  /**
   * The model: `OpenAIEmbeddings`, `MistralEmbeddings`, `VertexAIEmbeddings`, or one of your own by
   * `embeddings`.
   */
  readonly llm: Model
  /** Texts in one request, at most. Default 50. */
  readonly inputBatchSize?: number
  /** False if texts must be embedded anew on every run. Default true. */
  readonly useCache?: boolean
  /** The flow's columns under the step's own names: `{ text: "document" }`. */
  readonly inputMappings?: InputMap
  /** New names for the columns that the step adds. */
  readonly outputMappings?: OutputMap
}

/** What `run({ parameters })` may set. */
export type EmbeddingParameters<Model extends AnyEmbeddings> = StepParameters & {
  readonly llm?: ParametersOf<Model>
}

/** Makes a step that embeds. */
export const embeddingStep = <S extends AnyStep>(
  definition: AnyDefinition,
  options: EmbeddingOptions<string, AnyEmbeddings, unknown, unknown>,
  reads: Columns,
  textOf: (row: Row) => string
): S => {
  const { llm, name, useCache } = options
  return stepOf<S>(definition, options, {
    kind: "step",
    reads,
    gives: (have) => withColumns(have, embeddedColumns),
    extendsRows: true,
    parameters: { llm: modelParameters(llm) },
    check: () => checkEmbeds(name, llm),
    open: ({ inputBatchSize, llm: parameters }) =>
      embeddingWorker(
        {
          name,
          llm,
          parameters,
          useCache,
          atOnce:
            (inputBatchSize as number | undefined) ?? options.inputBatchSize ?? defaultBatchSize
        },
        textOf
      )
  })
}
