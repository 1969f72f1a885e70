/**
 * Models with a server of their own: the command is started when the model is opened, shared by
 * all steps of a run that want the same, and ended with the last of them.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type ServerOptions, sharedParameters } from "../asking/modelOptions.ts"
import type { Secret } from "../asking/secrets.ts"
import { CurrentShare } from "../asking/sharedResources.ts"
import { LLMError } from "../chat/LLMError.ts"
import { ChatCompletionsKwargs } from "../chatCompletions/chatKwargs.ts"
import { connectChatCompletions } from "../chatCompletions/connect.ts"
import type { FormatServer } from "../chatCompletions/Dialect.ts"
import { defineProvider, type Provider } from "../provider/defineProvider.ts"
import type { ModelDocument } from "../provider/ModelDocument.ts"
import { type ServerCommand, ServerProcess, usualWatch } from "./ServerProcess.ts"

const Count = Schema.Int.check(Schema.isGreaterThan(0))

/** What goes with every request to a server of one's own. */
export const OwnedServerKwargs = Schema.Struct({
  ...ChatCompletionsKwargs.fields,
  /** Only so many of the likeliest tokens; -1 for all. */
  topK: Schema.optionalKey(Schema.Int),
  /** Only tokens at least so likely, as a share of the likeliest. */
  minP: Schema.optionalKey(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))),
  /** Above 1 makes repeating a token less likely. */
  repetitionPenalty: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(0))),
  /** Tokens that end an answer, by their numbers. */
  stopTokenIds: Schema.optionalKey(Schema.Array(Schema.Int))
})

export interface OwnedServerKwargs extends Schema.Schema.Type<typeof OwnedServerKwargs> {
  // A member of its own: messages then name the interface.
  readonly maxNewTokens?: number
}

/** What `run({ parameters })` may set on such a model. */
export const OwnedServerParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(OwnedServerKwargs),
  baseUrl: Schema.optionalKey(Schema.String),
  startTimeout: Schema.optionalKey(Count),
  ...sharedParameters
})

export interface OwnedServerParameters extends Schema.Schema.Type<typeof OwnedServerParameters> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: OwnedServerKwargs
}

/** Options of a model with a server of its own. */
export interface OwnedServerOptions<
  Model extends string = string,
  Kwargs = OwnedServerKwargs
> extends ServerOptions<Kwargs> {
  /** The model, as the server's command takes it. */
  readonly model: Model
  /** The command, with arguments that go before all others: `["uv", "run", "vllm"]`. */
  readonly command?: string | ReadonlyArray<string> | undefined
  /** Further arguments of the command: `["--tensor-parallel-size", "2"]`. */
  readonly args?: ReadonlyArray<string> | undefined
  /** Further variables of its environment. No document holds them. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Seconds until the server has to answer. Default 1800: models are loaded first. */
  readonly startTimeout?: number | undefined
  /** A server that runs already, in the place of one that is started. */
  readonly baseUrl?: Secret | undefined
}

/** What makes one kind of server differ from another. */
export interface OwnedServer<Options> {
  /** The class in code and documents: `vLLM`. */
  readonly type: string
  /** What messages call the server: `vLLM`. */
  readonly name: string
  readonly providerId: string
  readonly command: ReadonlyArray<string>
  /** The arguments for a model at a port; those of the options come after them. */
  readonly args: (options: Options, port: number) => ReadonlyArray<string>
  readonly readyPath: string
  readonly install: string
  readonly formatServer?: FormatServer
  readonly document: Pick<
    ModelDocument,
    "fields" | "pythonKwargs" | "ignores" | "modelKey" | "pythonShares" | "ignoredKwargs" | "lacks"
  >
}

/** Makes the provider of such servers, asked in chats. */
export const defineOwned = <Options extends OwnedServerOptions>(
  own: OwnedServer<Options>
): Provider<Options> =>
  defineProvider<Options>({
    ...startedServer<Options>(own),
    parameters: OwnedServerParameters,
    takesNumGenerations: true,
    rareFormats: () => ({
      taken: own.formatServer === undefined ? [] : ["regex", "choices"],
      fix: "Give a JSON schema: { name, schema }."
    }),
    connect: (server) => connectChatCompletions(server, { formatServer: own.formatServer })
  })

/** What such servers have in common, whatever they are asked for. */
export const startedServer = <Options extends OwnedServerOptions<string, object>>(
  own: OwnedServer<Options>
) => {
  const address = `http://${own.providerId}.localhost`
  return {
    type: own.type,
    name: own.name,
    providerId: own.providerId,
    hosts: /^$/,
    isFree: true,
    address: {
      option: "baseUrl",
      variable: `${own.providerId.toUpperCase()}_BASE_URL`,
      fallback: () => address
    },
    serve: (options: Options, url: string) => (url === address ? served(own, options) : undefined),
    notInDocuments: ["env"],
    document: {
      needs: [own.document.modelKey ?? "model"],
      ...own.document,
      fields: [
        ...own.document.fields,
        { key: "command", holds: Words, python: false },
        { key: "args", holds: Schema.Array(Schema.String), python: false },
        { key: "start_timeout", holds: Count, python: false },
        { key: "base_url", holds: "address", python: false }
      ]
    }
  } as const
}

const Words = Schema.Union([Schema.String, Schema.Array(Schema.String)])

/** The server of a model, started if nobody else has. */
const served = <Options extends OwnedServerOptions<string, object>>(
  own: OwnedServer<Options>,
  options: Options
) => {
  const what = commandOf(own, options)
  const watch = {
    ...usualWatch,
    ...(options.startTimeout === undefined ? {} : { startMs: options.startTimeout * 1000 })
  }
  const failed = (detail: string): LLMError =>
    new LLMError({
      llm: own.type,
      model: options.model,
      reason: "Unreachable",
      attempts: 0,
      detail,
      fix: `Run it by hand to see more: ${[what.command, ...what.args(8000)].join(" ")}`,
      fatal: true
    })
  const start = Effect.acquireRelease(
    Effect.tryPromise({
      try: (signal) => ServerProcess.start(what, watch, signal),
      catch: (thrown) => failed(thrown instanceof Error ? thrown.message : String(thrown))
    }),
    (server) => Effect.promise(() => server.end()),
    { interruptible: true }
  )
  const key = JSON.stringify([what.command, what.args(0), options.env ?? {}])
  return Effect.flatMap(Effect.service(CurrentShare), (share) =>
    Effect.map(share(key, start), (server) => ({
      url: `${server.url}/v1`,
      failure: () => server.failure
    }))
  )
}

const commandOf = <Options extends OwnedServerOptions<string, object>>(
  { args, command, install, name, readyPath }: OwnedServer<Options>,
  options: Options
): ServerCommand => {
  const [first, ...rest] = options.command === undefined ? command : [options.command].flat()
  return {
    name,
    command: first!,
    args: (port) => [...rest, ...args(options, port), ...(options.args ?? [])],
    env: options.env,
    readyPath,
    install
  }
}

/** Arguments for options that are given, by their names. */
export const flags = (given: Readonly<Record<string, unknown>>): ReadonlyArray<string> =>
  Object.entries(given).flatMap(([flag, value]) =>
    value === undefined || value === null || value === false
      ? []
      : value === true
        ? [`--${flag}`]
        : [`--${flag}`, typeof value === "object" ? JSON.stringify(value) : String(value)]
  )
