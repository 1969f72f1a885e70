/** Embedding models of providers: what is the same for all, whoever embeds. */
import { Unusable } from "../asking/Diagnosis.ts"
import {
  type EmbeddingsModel,
  embeddingsKind,
  type EmbedOutput,
  type EmbedRequest,
  isVector
} from "../embeddings/Embeddings.ts"
import { defineModels, type Provider } from "./defineProvider.ts"
import type { ProviderDocument } from "./ModelDocument.ts"
import type { ProviderOptions, ServerDefinition } from "./ProviderDefinition.ts"

/** An embedding model of a class that has a name. */
export interface NamedEmbeddings<
  out Type extends string,
  out Model extends string,
  out Parameters
> extends EmbeddingsModel<Model, Parameters> {
  readonly type: Type
  readonly configure: (
    parameters: Readonly<Record<string, unknown>>
  ) => NamedEmbeddings<Type, Model, Parameters>
}

/** A word, to see whether a server answers. */
const word: EmbedRequest = { texts: ["Hi"], generationKwargs: {} }

/** What documents say of embedding models: Python's classes have no keyword arguments. */
export const embeddingsDocument = {
  pythonKwargs: [],
  pythonShares: [],
  lacks: ["structured_output", "stream"]
} as const satisfies Partial<ProviderDocument>

/** Makes a provider of what it brings to models that embed; `fields` are those of its documents. */
export const defineEmbeddings = <Options extends ProviderOptions>({
  fields,
  ...definition
}: Omit<ServerDefinition<Options, EmbedRequest, EmbedOutput>, "document"> &
  Pick<ProviderDocument, "fields">): Provider<Options> =>
  definedEmbeddings({ ...definition, document: { ...embeddingsDocument, fields } })

/** The same of one whose documents say more. */
export const definedEmbeddings = <Options extends ProviderOptions>(
  definition: ServerDefinition<Options, EmbedRequest, EmbedOutput>
): Provider<Options> => defineModels(embeddingsKind, word, definition)

/** Vectors with the tokens of their texts, if told. Throws `Unusable` unless each text has one. */
export const vectorsOf = (
  embeddings: ReadonlyArray<ReadonlyArray<unknown>>,
  count: number,
  input: number | undefined
): EmbedOutput => {
  if (embeddings.length !== count || !embeddings.every(isVector))
    throw new Unusable({
      reason: "InvalidAnswer",
      detail: `not a vector of numbers for each of ${count} texts`
    })
  return { embeddings, ...(input === undefined ? {} : { usage: { input } }) }
}
