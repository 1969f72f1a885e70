/** Descriptions of models that users bring along, whatever they are asked for. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { addressIdentity } from "../../secrets/addresses.ts"
import { diagnosed, diagnosing } from "../asking/Diagnosis.ts"
import { gateTo } from "../asking/Gate.ts"
import type { Asked } from "../asking/ModelAccess.ts"
import {
  describe,
  type DescribedOptions,
  type ModelOptions,
  sharedParameters
} from "../asking/modelOptions.ts"
import { secretsOf } from "../asking/secrets.ts"
import { CurrentSharedLimits } from "../asking/SharedLimits.ts"
import type { LLMError } from "../chat/LLMError.ts"
import type { Model, ModelRequest } from "../chat/Model.ts"
import type { RequestKindName } from "../chat/RequestKindName.ts"

/** What `ask` has besides the request. */
export interface AskTools {
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal
  /** Which attempt at the question this is; 1 is the first. */
  readonly attempt: number
}

/** What names a model of one's own. */
export interface OwnOptions<Name extends string, ModelName extends string> {
  /** What messages, events and the journal call this kind of model: `MyServer`. */
  readonly name: Name
  readonly model: ModelName
  /**
   * Where it is asked. Answers are kept for the place that gave them: of two models of the same
   * name at two addresses neither gets the other's. Default: the name alone.
   */
  readonly address?: string | undefined
  /** What the list of prices calls the provider, such as `openai`. */
  readonly priceId?: string | undefined
}

/** What `run({ parameters })` may set on a model of one's own. */
export interface OwnParameters<Kwargs> extends Pick<
  ModelOptions<Kwargs>,
  | "maxRetries"
  | "timeout"
  | "rowTimeout"
  | "giveUpAfter"
  | "maxConcurrency"
  | "requestsPerMinute"
  | "tokensPerMinute"
  | "requestsPerDay"
  | "tokensPerDay"
> {
  readonly generationKwargs?: Kwargs
}

/** A function that answers. */
type Ask<Request, Given> = (
  request: Request,
  tools: AskTools
) => Given | Promise<Given> | Effect.Effect<Given, unknown>

/** What makes a model of a function. */
interface Own<Options, Request extends ModelRequest, Response, Given> extends Omit<
  OwnOptions<string, string>,
  "model"
> {
  readonly requests: RequestKindName
  /** Options that it takes besides those that every model takes, and the parameters. */
  readonly options: ReadonlyArray<string>
  /** What `run({ parameters })` may set: a struct of optional keys. */
  readonly parameters: Schema.Top
  /** The function, made anew whenever the model is opened. */
  readonly askOf: (options: Options) => Ask<Request, Given>
  /** The response, of what the function gives. */
  readonly read: (given: Given) => Response
  readonly clientOf: (
    asked: Omit<Asked<Request, Response>, "kind">
  ) => Effect.Effect<unknown, LLMError>
  /** Whether its answers are kept from run to run, and may cost something. Default true. */
  readonly isKept?: boolean
  /**
   * Whether it computes in this process: others compute beside it, and limits are not theirs.
   * Default false.
   */
  readonly computesHere?: boolean
}

/** Options of models of one's own besides those of every model. */
export const ownOptionNames = ["name", "ask", "address", "priceId"] as const

/** What `run({ parameters })` may set on any of them. */
export const ownParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
  ...sharedParameters
})

/** Describes a model whose answers come from a function. */
export const describeOwn = <
  D extends Model,
  Options extends DescribedOptions,
  Request extends ModelRequest,
  Response,
  Given
>(
  given: Options,
  own: Own<Options, Request, Response, Given>
): D => {
  const {
    address,
    askOf,
    clientOf,
    computesHere = false,
    isKept = true,
    name,
    options: known,
    parameters,
    priceId,
    read,
    requests
  } = own
  const source = address === undefined ? `own:${name}` : addressIdentity(address)
  return describe<D, Options>(
    {
      type: name,
      requests,
      // What a function makes of a chat is its own business.
      writesUserTurns: true,
      options: known,
      parameters,
      priceId,
      conceal: (options) => options,
      ...(isKept ? { address: () => source } : {}),
      open: (options) =>
        Effect.gen(function* () {
          const place = {
            llm: name,
            providerId: priceId ?? name,
            model: options.model,
            baseUrl: address,
            ...(isKept ? { source } : {}),
            urlOption: "address",
            urlFrom: "option address",
            giveKey: "see to what option ask sends",
            secrets: address === undefined ? [] : secretsOf(undefined, address)
          }
          const gate = yield* computesHere
            ? Effect.provideService(gateTo(place, options), CurrentSharedLimits, undefined)
            : gateTo(place, options)
          const ask = askOf(options)
          return yield* clientOf({
            ...options,
            place,
            gate,
            ask: (request, attempt) => asking(ask, read, request, attempt)
          })
        })
    },
    given
  )
}

const asking = <Request, Given, Response>(
  ask: Ask<Request, Given>,
  read: (given: Given) => Response,
  request: Request,
  attempt: number
) =>
  Effect.flatMap(
    diagnosed(async (signal) => ask(request, { signal, attempt })),
    (given) =>
      Effect.flatMap(Effect.isEffect(given) ? diagnosing(given) : Effect.succeed(given), (answer) =>
        diagnosed(async () => read(answer))
      )
  )
