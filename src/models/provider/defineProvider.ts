/** Providers, made of what they bring: each describes the models that it answers for. */
import * as Effect from "effect/Effect"
import { camelCased } from "../../columns/caseNames.ts"
import { addressIdentity } from "../../secrets/addresses.ts"
import { concealedAddress } from "../../secrets/redact.ts"
import { describe, type Kind, schemasOnly } from "../asking/modelOptions.ts"
import { makeClient, makeModelClient } from "../asking/ProviderClient.ts"
import { concealed, concealedHeaders, type Secret } from "../asking/secrets.ts"
import type { Model, ModelRequest } from "../chat/Model.ts"
import type { RequestKind } from "../chat/RequestKind.ts"
import type { RequestKindName } from "../chat/RequestKindName.ts"
import type { ModelDocument, ProviderDocument } from "./ModelDocument.ts"
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
  /** What its models do, in a sentence. */
  readonly about: string
  readonly document: ModelDocument
  readonly describe: <Described extends Model>(options: Options) => Described
}

/** Makes a provider of what it brings to models that are asked in chats. */
export const defineProvider = <Options extends ProviderOptions>(
  definition: ProviderDefinition<Options>
): Provider<Options> =>
  providerOf("chat", definition, (options) =>
    Effect.flatMap(
      openModel(definition, options, {
        messages: [{ role: "user", content: "Hi" }],
        numGenerations: 1,
        generationKwargs: { maxNewTokens: 1 }
      }),
      (asked) => makeClient({ ...asked, takesNumGenerations: definition.takesNumGenerations })
    )
  )

/**
 * Makes a provider of what it brings to models of another kind. `word` is a request that costs next
 * to nothing, if there is such a one.
 */
export const defineModels = <
  Options extends ProviderOptions,
  Request extends ModelRequest,
  Response
>(
  kind: RequestKind<Request, Response>,
  word: Request | undefined,
  definition: ServerDefinition<Options, Request, Response>
): Provider<Options> =>
  providerOf(kind.name, definition, (options) =>
    Effect.flatMap(openModel(definition, options, word), (asked) =>
      makeModelClient({ ...asked, kind })
    )
  )

const providerOf = <Options extends ProviderOptions>(
  requests: RequestKindName,
  definition: ServerDefinition<Options, never, unknown>,
  open: Kind<Options>["open"]
): Provider<Options> => {
  const kind: Kind<Options> = {
    type: definition.type,
    requests,
    parameters: definition.parameters,
    options: [...optionsOf(definition.document), ...(definition.notInDocuments ?? [])],
    priceId: definition.priceId,
    isFree: definition.isFree ?? false,
    takesBatches: definition.takesBatches ?? false,
    ...(definition.flexShare === undefined ? {} : { flexShare: definition.flexShare }),
    ...(definition.otherNames === undefined ? {} : { otherNames: definition.otherNames }),
    rareFormats: definition.rareFormats ?? schemasOnly,
    conceal: (options) => concealedOptions(definition, options),
    address: (options) => addressIdentity(addressOf(definition, options).value),
    open
  }
  return {
    type: definition.type,
    about: aboutOf[requests](definition.name),
    document: {
      ...definition.document,
      kwargs: definition.parameters.fields.generationKwargs.schema
    },
    describe: (options) => describe(kind, options)
  }
}

const aboutOf: Readonly<Record<RequestKindName, (provider: string) => string>> = {
  chat: (provider) => `Asks a chat model of ${provider}.`,
  completion: (provider) =>
    `Lets a model of ${provider}, or a server that speaks like it, go on from prompts.`,
  embeddings: (provider) => `Embeds texts with a model of ${provider}.`,
  images: (provider) => `Draws with a model of ${provider}.`,
  scores: (provider) => `Scores and ranks texts with a model of ${provider}.`
}

/** Options of servers, and those that the provider's documents have. */
const optionsOf = ({ fields }: ProviderDocument): ReadonlyArray<string> => [
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
