/** Models that embed texts in this process: what all of them have in common. */
import * as Schema from "effect/Schema"
import { type ModelOptions, sharedParameters } from "../asking/modelOptions.ts"
import { makeModelClient } from "../asking/ProviderClient.ts"
import { embeddingsKind, type EmbedOutput, type EmbedRequest } from "../embeddings/Embeddings.ts"
import type { ModelDocument } from "../provider/ModelDocument.ts"
import { defineInProcess, type InProcess } from "./defineInProcess.ts"

/** Options that each takes. */
export interface InProcessEmbeddingsOptions<Model extends string> extends Pick<
  ModelOptions<Record<string, never>>,
  "maxConcurrency"
> {
  readonly model: Model
}

/** What `run({ parameters })` may set of each. */
export const inProcessParameters = { maxConcurrency: sharedParameters.maxConcurrency }

/** How documents spell each: there is nothing that could be set for a request. */
export const inProcessDocument = {
  kwargs: Schema.Struct({}),
  pythonKwargs: [],
  pythonShares: [],
  lacks: ["structured_output", "stream", "preflight"]
} satisfies Omit<ModelDocument, "fields">

/** Makes a class of them. */
export const defineInProcessEmbeddings = <Options extends InProcessEmbeddingsOptions<string>>({
  document,
  ...definition
}: Omit<InProcess<Options, EmbedRequest, EmbedOutput>, "requests" | "clientOf" | "document"> & {
  readonly document: Omit<ModelDocument, keyof typeof inProcessDocument>
}) =>
  defineInProcess<Options, EmbedRequest, EmbedOutput>({
    ...definition,
    requests: "embeddings",
    clientOf: (asked) => makeModelClient({ ...asked, kind: embeddingsKind }),
    document: { ...inProcessDocument, ...document }
  })
