/**
 * Providers: all that one of them brings to the models that it answers for. Everything else about
 * opening and asking a model is the same for all.
 */
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { BatchApi } from "../asking/BatchApi.ts"
import type { Diagnosis } from "../asking/Diagnosis.ts"
import { type Setting, settingOf } from "../asking/environment.ts"
import type {
  DescribedOptions,
  OtherNames,
  RareFormats,
  ServerOptions
} from "../asking/modelOptions.ts"
import type { Posting } from "../asking/Posting.ts"
import type { Lookup } from "../asking/preflight.ts"
import type { GivenHeaders, Secret } from "../asking/secrets.ts"
import type { Patience } from "../asking/Tries.ts"
import type { GenerateOutput, GenerateRequest } from "../chat/LLM.ts"
import type { LLMError } from "../chat/LLMError.ts"
import type { ModelRequest } from "../chat/Model.ts"
import type { PreparingFetch } from "../http/Fetch.ts"
import type { KwargsSchema, ProviderDocument } from "./ModelDocument.ts"

/** Options of a model that a server answers for. */
export interface ProviderOptions extends DescribedOptions, ServerOptions<object> {
  readonly defaultHeaders?: GivenHeaders | undefined
}

/** What may be set on its models, the kwargs of their requests among it. */
export type ProviderParameters = Schema.Top & {
  readonly fields: { readonly generationKwargs: Schema.optionalKey<KwargsSchema> }
}

/** Where a provider is asked. */
export interface AddressOption<Options> {
  /** The option that names it: `baseUrl`. */
  readonly option: string & keyof Options
  /** The variable of the environment that names it otherwise. */
  readonly variable: string
  readonly fallback: (options: Options) => string
  /** The address as requests want it, where people write it in several ways. */
  readonly tidied?: (url: string) => string
}

/** The key that requests are signed with. */
export interface KeyOption<Options> {
  readonly option: string & keyof Options
  /** The variable of the environment that holds it otherwise. */
  readonly variable?: string
  /** Headers that stand in for a key. */
  readonly headers: RegExp
  /** Whether other options stand in for it. */
  readonly replaced?: (options: Options) => boolean
  /** How to give it: `set OPENAI_API_KEY or option apiKey`. */
  readonly give: string
}

/** A key of option `apiKey`, or of a variable, that goes into a header. */
export const apiKeyIn = (variable: string) =>
  ({
    option: "apiKey",
    variable,
    headers: /^(authorization|api-key|x-api-key)$/i,
    give: `set ${variable} or option apiKey`
  }) as const

/** An address of option `baseUrl`, or of a variable. */
export const addressIn = (variable: string, url: string, tidied = (given: string) => given) =>
  ({ option: "baseUrl", variable, fallback: () => url, tidied }) as const

/** For SDKs that add the version to the path themselves, where other clients want it given. */
export const withoutVersion = (url: string): string => url.replace(/\/(v\d\w*\/?)?$/, "")

/** A server that is about to be asked. */
export interface Server<Options> {
  readonly options: Options
  readonly url: string
  readonly key: string | undefined
  /** Further headers of every request, by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: PreparingFetch
  /** Whether it is the provider's own, rather than one that speaks like it. */
  readonly isHome: boolean
}

/** A server that was started for a model. */
export interface Served {
  readonly url: string
  /** Why it will not answer any more; undefined as long as it may. */
  readonly failure: () => string | undefined
}

/** A way to ask a server. */
export interface Connection<
  Request extends ModelRequest = GenerateRequest,
  Response = GenerateOutput
> {
  /** One request; interruption aborts it on the wire. */
  readonly ask: (request: Request) => Effect.Effect<Response, Diagnosis>
  /** The same without the SDK, where its way is known; undefined where it is not. */
  readonly post?: ((request: Request) => Posting<Response> | undefined) | undefined
  /** How to find out before a run whether server, key and model are there. */
  readonly lookup: Lookup
  /** How it answers many requests as one job, where it can. */
  readonly batches?: BatchApi<Request, Response> | undefined
}

/** What a provider brings to one kind of its models, whatever they are asked for. */
export interface ServerDefinition<
  Options extends ProviderOptions,
  Request extends ModelRequest,
  Response
> {
  /** The class in code and documents: `OpenAILLM`. */
  readonly type: string
  /** What messages call it: `OpenAI`. */
  readonly name: string
  /** What OpenTelemetry calls it: `openai`. */
  readonly providerId: string
  /** Hosts that are its own: there it answers under its name, and wants a key. */
  readonly hosts: RegExp
  /** What the list of prices calls it, if it knows it. */
  readonly priceId?: string
  /** Whether answers cost nothing. */
  readonly isFree?: boolean
  /** What answers of its flex tier cost of the usual price, where it has one that costs less. */
  readonly flexShare?: number
  /** Whether its connections have `batches`. */
  readonly takesBatches?: boolean
  /** What `run({ parameters })` may set: a struct of optional keys. */
  readonly parameters: ProviderParameters
  readonly address: AddressOption<Options>
  readonly key?: KeyOption<Options>
  /** Other names for generation kwargs, with those that requests use. */
  readonly otherNames?: OtherNames
  /** Further options with their secrets wrapped, and the secrets in them. */
  readonly conceal?: (options: Options) => Partial<Options>
  readonly secretsOf?: (options: Options) => ReadonlyArray<string>
  /** Formats besides JSON schemas that its servers take. Default: none. */
  readonly rareFormats?: (options: Options) => RareFormats
  /** What is missing before anything can be asked, and how to give it. */
  readonly missing?: (
    options: Options,
    isHome: boolean
  ) => { readonly detail: string; readonly give: string } | undefined
  readonly document: ProviderDocument
  /** Options that no document holds. */
  readonly notInDocuments?: ReadonlyArray<string & keyof Options>
  /** How patient requests are by default, where the options say something of it. */
  readonly patience?: (options: Options) => Patience
  /**
   * Starts the server that is to be asked where its address, `url`, stands for one; it lives as
   * long as the scope. Answers are kept for what the address says, wherever the server is.
   */
  readonly serve?: (
    options: Options,
    url: string
  ) => Effect.Effect<Served, LLMError, Scope.Scope> | undefined
  /** Loads the SDK and makes a client of it. */
  readonly connect: (server: Server<Options>) => Promise<Connection<Request, Response>>
}

/** What a provider brings to models that are asked in chats. */
export interface ProviderDefinition<Options extends ProviderOptions> extends ServerDefinition<
  Options,
  GenerateRequest,
  GenerateOutput
> {
  /** Whether one request may ask for several answers. Default false: as many requests. */
  readonly takesNumGenerations?: boolean
}

/** Where a model is asked, and who says so. */
export const addressOf = <Options extends ProviderOptions>(
  { address }: { readonly address: AddressOption<Options> },
  options: Options
): Setting => {
  const { from, value } = settingOf(
    address.option,
    options[address.option] as Secret | undefined,
    address.variable,
    address.fallback(options)
  )
  return { from, value: address.tidied?.(value) ?? value }
}
