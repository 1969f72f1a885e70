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
import type { Model, ModelRequest } from "../chat/Model.ts"

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
> {
  readonly generationKwargs?: Kwargs
}

interface Described<Request, Given> extends DescribedOptions, OwnOptions<string, string> {
  readonly ask: (
    request: Request,
    tools: AskTools
  ) => Given | Promise<Given> | Effect.Effect<Given, unknown>
}

/** Describes a model whose answers come from option `ask`, as `read` makes them out. */
export const describeOwn = <D extends Model, Request extends ModelRequest, Given, Response>(
  given: Described<Request, Given>,
  kwargs: Schema.Top,
  read: (given: Given) => Response,
  clientOf: (asked: Omit<Asked<Request, Response>, "kind">) => Effect.Effect<unknown>
): D =>
  describe<D, Described<Request, Given>>(
    {
      type: given.name,
      options: ["name", "ask", "address", "priceId"],
      parameters: Schema.Struct({
        generationKwargs: Schema.optionalKey(kwargs),
        ...sharedParameters
      }),
      priceId: given.priceId,
      conceal: (options) => options,
      address: sourceOf,
      open: (options) =>
        Effect.gen(function* () {
          const place = {
            llm: options.name,
            model: options.model,
            baseUrl: options.address,
            source: sourceOf(options),
            urlOption: "address",
            urlFrom: "option address",
            giveKey: "see to what option ask sends",
            secrets: options.address === undefined ? [] : secretsOf(undefined, options.address)
          }
          const gate = yield* gateTo(place, options)
          return yield* clientOf({
            ...options,
            place,
            gate,
            ask: (request, attempt) => asking(options, read, request, attempt)
          })
        })
    },
    given
  )

const sourceOf = ({ address, name }: OwnOptions<string, string>): string =>
  address === undefined ? `own:${name}` : addressIdentity(address)

const asking = <Request, Given, Response>(
  { ask }: Described<Request, Given>,
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
