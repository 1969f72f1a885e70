/** Providers, made of what they bring: each describes the models that it answers for. */
import * as Effect from "effect/Effect"
import { camelCased } from "../../columns/caseNames.ts"
import { addressIdentity } from "../../secrets/addresses.ts"
import { concealedAddress } from "../../secrets/redact.ts"
import { describe, type Kind } from "../asking/modelOptions.ts"
import { makeClient, makeModelClient } from "../asking/ProviderClient.ts"
import { concealed, concealedHeaders, type Secret } from "../asking/secrets.ts"
import type { Model } from "../chat/Model.ts"
import { type EmbedOutput, type EmbedRequest, embeddingsKind } from "../embeddings/Embeddings.ts"
import type { ModelDocument } from "./ModelDocument.ts"
import { openModel } from "./openModel.ts"
import {
  addressOf,
  type ProviderDefinition,
  type ProviderOptions,
  type ServerDefinition
} from "./ProviderDefinition.ts"

/** A provider, ready to describe models of one kind. */
export interface Provider<Options extends ProviderOptions = ProviderOptions> {
  readonly type: string
  readonly document: ModelDocument
  readonly describe: <Described extends Model>(options: Options) => Described
}

/** Makes a provider of what it brings to models that are asked in chats. */
export const defineProvider = <Options extends ProviderOptions>(
  definition: ProviderDefinition<Options>
): Provider<Options> =>
  providerOf(definition, (options) =>
    Effect.flatMap(
      openModel(definition, options, {
        messages: [{ role: "user", content: "Hi" }],
        numGenerations: 1,
        generationKwargs: { maxNewTokens: 1 }
      }),
      (asked) => makeClient({ ...asked, takesNumGenerations: definition.takesNumGenerations })
    )
  )

/** Makes a provider of what it brings to models that embed texts. */
export const defineEmbeddings = <Options extends ProviderOptions>(
  definition: ServerDefinition<Options, EmbedRequest, EmbedOutput>
): Provider<Options> =>
  providerOf(definition, (options) =>
    Effect.flatMap(
      openModel<Options, EmbedRequest, EmbedOutput>(definition, options, {
        texts: ["Hi"],
        generationKwargs: {}
      }),
      (asked) => makeModelClient({ ...asked, kind: embeddingsKind })
    )
  )

const noRareFormats = () => ({ taken: [], fix: "Give a JSON schema: { name, schema }." })

const providerOf = <Options extends ProviderOptions>(
  definition: ServerDefinition<Options, never, unknown>,
  open: Kind<Options>["open"]
): Provider<Options> => {
  const kind: Kind<Options> = {
    type: definition.type,
    parameters: definition.parameters,
    options: [...optionsOf(definition.document), ...(definition.notInDocuments ?? [])],
    priceId: definition.priceId,
    isFree: definition.isFree ?? false,
    ...(definition.named === undefined ? {} : { named: definition.named }),
    rareFormats: definition.rareFormats ?? noRareFormats,
    conceal: (options) => concealedOptions(definition, options),
    address: (options) => addressIdentity(addressOf(definition, options).value),
    open
  }
  return {
    type: definition.type,
    document: definition.document,
    describe: (options) => describe(kind, options)
  }
}

/** Options of servers, and those that the provider's documents have. */
const optionsOf = ({ fields }: ModelDocument): ReadonlyArray<string> => [
  ...fields.map(({ key, option }) => option ?? camelCased(key)),
  "defaultHeaders",
  "stream",
  "preflight"
]

const concealedOptions = <Options extends ProviderOptions>(
  {
    address,
    conceal,
    key
  }: Pick<ServerDefinition<Options, never, unknown>, "address" | "conceal" | "key">,
  options: Options
): Options => {
  const url = options[address.option] as Secret | undefined
  const secret = key === undefined ? undefined : (options[key.option] as Secret | undefined)
  const { defaultHeaders } = options
  return {
    ...options,
    ...(url === undefined ? {} : { [address.option]: concealedAddress(url) }),
    ...(key === undefined || secret === undefined ? {} : { [key.option]: concealed(secret) }),
    ...(defaultHeaders === undefined ? {} : { defaultHeaders: concealedHeaders(defaultHeaders) }),
    ...conceal?.(options)
  }
}
