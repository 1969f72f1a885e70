/**
 * Services that speak chat completions: what one of them brings to its models is where it is, and
 * where its key is.
 */
import * as Schema from "effect/Schema"
import type { NamedLLM } from "../chat/LLM.ts"
import { defineProvider, type Provider } from "../provider/defineProvider.ts"
import { type HostedOptions, hostedParameters } from "../provider/hosted.ts"
import { type ProviderDocument, serverFields } from "../provider/ModelDocument.ts"
import { addressIn, apiKeyIn } from "../provider/ProviderDefinition.ts"
import { patientForFlex } from "../provider/tiers.ts"
import { ChatCompletionsKwargs, pythonChatKwargs } from "./chatKwargs.ts"
import { connectChatCompletions } from "./connect.ts"
import type { MaxTokensField } from "./Dialect.ts"
import type { JobWays } from "./JobWays.ts"

/** What `run({ parameters })` may set on such a model. */
export const CompatibleParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(ChatCompletionsKwargs),
  ...hostedParameters
})

export interface CompatibleParameters extends Schema.Schema.Type<typeof CompatibleParameters> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: ChatCompletionsKwargs
}

/**
 * Options of a model of such a service; its variables begin with its name, as in
 * `TOGETHER_API_KEY` and `TOGETHER_BASE_URL`.
 */
export interface CompatibleOptions<Model extends string = string> extends HostedOptions<
  Model,
  ChatCompletionsKwargs
> {
  /**
   * The field that `maxNewTokens` is sent as. Default `max_tokens`, or `max_completion_tokens` once
   * the service refuses that.
   */
  readonly maxTokensField?: MaxTokensField | undefined
}

/** Options of a model of a service that has tiers. */
export interface TieredOptions<
  Model extends string = string,
  Tier extends string = string
> extends CompatibleOptions<Model> {
  /**
   * The service's tier; the standard one is asked where it has no room. With `flex` the timeout is
   * 900 seconds unless `timeout` says otherwise. Default: the service's own.
   */
  readonly serviceTier?: Tier | undefined
}

/** A model of such a service. */
export interface CompatibleLLM<
  out Type extends string,
  out Model extends string,
  out Parameters = CompatibleParameters
> extends NamedLLM<Type, Model, Parameters> {}

/** The field in documents that says how `maxNewTokens` is sent. */
export const maxTokensInDocuments = {
  key: "max_tokens_field",
  holds: Schema.Literals(["max_tokens", "max_completion_tokens"]),
  python: false
} as const

/** How documents spell such models. */
export const compatibleDocument: ProviderDocument = {
  pythonKwargs: pythonChatKwargs,
  ignoredKwargs: ["echo"],
  fields: [...serverFields(true), maxTokensInDocuments],
  pythonShares: ["max_retries", "timeout", "structured_output"]
}

/** What tells a service from others. */
export interface CompatibleService {
  /** The class in code and documents. */
  readonly type: string
  /** What messages call it. */
  readonly name: string
  /** What OpenTelemetry calls it. */
  readonly providerId: string
  readonly hosts: RegExp
  /** What the list of prices calls it, if it knows it. */
  readonly priceId?: string
  /** What its variables begin with: `TOGETHER` for `TOGETHER_API_KEY` and `TOGETHER_BASE_URL`. */
  readonly variables: string
  readonly url: string
  /** The address as requests want it, where people write it in several ways. */
  readonly tidied?: (url: string) => string
  readonly document?: Partial<ProviderDocument>
  /** Its jobs of many requests, if it has such. */
  readonly jobs?: JobWays
  /** The tiers that its option `serviceTier` may name, if it has such. */
  readonly tiers?: ReadonlyArray<string>
  /** Whether it says what an answer costs, and is believed. */
  readonly believesCost?: boolean
}

/** Makes the provider of a service that speaks chat completions. */
export const defineCompatible = ({
  document,
  jobs,
  believesCost = false,
  tidied,
  tiers,
  url,
  variables,
  ...service
}: CompatibleService): Provider<TieredOptions> =>
  defineProvider<TieredOptions>({
    ...service,
    parameters:
      tiers === undefined
        ? CompatibleParameters
        : Schema.Struct({
            ...CompatibleParameters.fields,
            serviceTier: Schema.optionalKey(Schema.Literals(tiers))
          }),
    takesNumGenerations: true,
    takesBatches: jobs !== undefined,
    address: addressIn(`${variables}_BASE_URL`, url, tidied),
    key: apiKeyIn(`${variables}_API_KEY`),
    document: {
      ...compatibleDocument,
      ...document,
      fields: [
        ...compatibleDocument.fields,
        ...(tiers === undefined
          ? []
          : [{ key: "service_tier", holds: Schema.Literals(tiers), python: false }])
      ]
    },
    patience: patientForFlex,
    connect: (server) =>
      connectChatCompletions(server, {
        maxTokensField: server.options.maxTokensField ?? "max_tokens",
        believesCost,
        serviceTier: server.options.serviceTier,
        ...(jobs === undefined ? {} : { jobs })
      })
  })
