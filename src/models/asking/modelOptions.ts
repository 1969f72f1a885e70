/** Options that all providers' models share, and how a model's description is made from them. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { assertOptions, refuseUnknown } from "../../columns/knownOptions.ts"
import { checkRanges, fieldsOf } from "../../columns/ranges.ts"
import { AnswerFormat, type RareFormat, rareFormat } from "../chat/formats.ts"
import type { LLMError } from "../chat/LLMError.ts"
import type { Model } from "../chat/Model.ts"
import type { RequestKindName } from "../chat/RequestKindName.ts"
import { defaultMaxConcurrency } from "./Gate.ts"
import { concealedKeys, type Secret } from "./secrets.ts"

/** Options that every provider's model takes. */
export interface ModelOptions<Kwargs> {
  /** How often a request that may pass is tried again. Default 6. */
  readonly maxRetries?: number | undefined
  /** Seconds for one attempt. Default 120. */
  readonly timeout?: number | undefined
  /** Seconds for one question, with all its attempts and waits. Default: none. */
  readonly rowTimeout?: number | undefined
  /**
   * Seconds that the provider may be down, with nobody but a probe asking, or may reject every
   * request for its rate limit, before the run ends with all that it has kept. Default 600 when it
   * is down, 3,600 when it is rate limited. No pause that the provider asks for lasts longer.
   */
  readonly giveUpAfter?: number | undefined
  /**
   * At most so many requests in flight, over all steps that share the model; fewer where the model
   * rejects or slows down. Default 64.
   */
  readonly maxConcurrency?: number | undefined
  /**
   * At most so many requests a minute, over all steps that ask this model. Default: as many as it
   * takes.
   */
  readonly requestsPerMinute?: number | undefined
  /**
   * At most so many tokens a minute, in and out, over all steps that ask this model. Default: as
   * many as it takes.
   */
  readonly tokensPerMinute?: number | undefined
  /**
   * At most so many requests in 24 hours, and tokens, over all runs with one cache directory. Once
   * they are used up the rows wait, up to `giveUpAfter`; then the run ends, and the same command
   * goes on. Default: as many as it takes.
   */
  readonly requestsPerDay?: number | undefined
  readonly tokensPerDay?: number | undefined
  /** What goes with every request. */
  readonly generationKwargs?: Kwargs | undefined
  /**
   * What every answer looks like, unless a task asks for another format: a JSON schema, or, where
   * the server takes it, a regular expression or a choice of texts.
   */
  readonly structuredOutput?: AnswerFormat | undefined
}

/** Options that models of servers take besides. */
export interface ServerOptions<Kwargs> extends ModelOptions<Kwargs> {
  /**
   * Whether answers arrive as a stream, which is read to its end: for servers that give no other,
   * and for proxies that time out long requests. Default false.
   */
  readonly stream?: boolean | undefined
  /** False to ask at once, without a look whether server, key and model are there. Default true. */
  readonly preflight?: boolean | undefined
}

/** Options with a model, as descriptions are made from them. */
export interface DescribedOptions extends ModelOptions<object> {
  readonly model: string
}

const positive = Schema.Int.check(Schema.isGreaterThan(0))

/** Runtime parameters that every provider's model takes. */
export const sharedParameters = {
  /** How often a question that failed is put again. */
  maxRetries: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  /** Seconds for one attempt. */
  timeout: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(0))),
  /** Seconds for one question, with all its attempts and waits. */
  rowTimeout: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(0))),
  /** Seconds that the provider may be down before the run ends. */
  giveUpAfter: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(0))),
  maxConcurrency: Schema.optionalKey(positive),
  requestsPerMinute: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(0))),
  tokensPerMinute: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(0))),
  requestsPerDay: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(0))),
  tokensPerDay: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(0))),
  structuredOutput: Schema.optionalKey(AnswerFormat)
}

/** A secret as a runtime parameter. */
export const SecretParameter: Schema.Codec<Secret> = Schema.Union([
  Schema.String,
  Schema.Redacted(Schema.String)
])

/** Formats besides JSON schemas that a server takes, and how to have the others, if at all. */
export interface RareFormats {
  readonly taken: ReadonlyArray<RareFormat>
  readonly fix: string
}

/** Of servers that take JSON schemas and no other format. */
export const schemasOnly = (): RareFormats => ({
  taken: [],
  fix: "Give a JSON schema: { name, schema }."
})

/** Of servers that take choices besides. */
export const choicesToo = (): RareFormats => ({
  taken: ["choices"],
  fix: "Give choices or a JSON schema: { name, schema }."
})

/** Names of generation kwargs, by others for the same. */
export type OtherNames = Readonly<Record<string, string>>

/** Generation kwargs under the names that requests use. */
export const underOwnNames = (
  kwargs: object,
  otherNames: OtherNames = {}
): Readonly<Record<string, unknown>> => {
  const given: Readonly<Record<string, unknown>> = { ...kwargs }
  const others = Object.entries(given).filter(([name]) => name in otherNames)
  const own = Object.entries(given).filter(([name]) => !(name in otherNames))
  return Object.fromEntries([
    ...others.map(([name, value]) => [otherNames[name]!, value] as const),
    ...own
  ])
}

/** What a kind of model brings to its descriptions. */
export interface Kind<Options extends DescribedOptions> {
  readonly type: string
  /** What its models are asked for. */
  readonly requests: RequestKindName
  readonly parameters: Schema.Top
  /** Options that it takes besides those that every model takes, and the parameters. */
  readonly options: ReadonlyArray<string>
  /** Whether its models go on from a chat whose next turn is the user's, too. */
  readonly writesUserTurns?: boolean
  /** What the list of prices calls the provider. */
  readonly priceId?: string | undefined
  /** Whether answers cost nothing. */
  readonly isFree?: boolean
  /** Whether its provider answers many requests as one job. */
  readonly takesBatches?: boolean
  /** What answers of its flex tier cost of the usual price, where it has one that costs less. */
  readonly flexShare?: number
  /**
   * Other names by which generation kwargs are known, with those that requests use; where both are
   * given, the latter wins.
   */
  readonly otherNames?: OtherNames
  /**
   * Formats besides JSON schemas that its server takes, and what to do where it takes none.
   * Default: all.
   */
  readonly rareFormats?: (options: Options) => RareFormats
  /** The options with secrets wrapped. */
  readonly conceal: (options: Options) => Options
  /** Where a model is asked, without what is secret; undefined for one that needs no server. */
  readonly address?: (options: Options) => string
  readonly open: (options: Options) => Effect.Effect<unknown, LLMError, Scope.Scope>
}

/**
 * Describes a model. `endpoint` is kept by descriptions that differ in what they send, not in whom
 * they ask.
 *
 * The one cast: the precise type has a phantom key that has no value.
 */
export const describe = <Described extends Model, Options extends DescribedOptions>(
  kind: Kind<Options>,
  given: Options,
  endpoint: object = {}
): Described => {
  assertOptions(kind.type, given)
  refuseUnknown(`${kind.type} '${given.model}'`, given, [...everyModels, ...kind.options])
  checkRanges(`${kind.type} '${given.model}'`, fieldsOf(kind.parameters), given)
  checkFormat(kind, given)
  const named = (kwargs: object): object =>
    concealedKeys(withoutUndefined(underOwnNames(kwargs, kind.otherNames)))
  const concealed = kind.conceal(withoutUndefined(given))
  const options =
    concealed.generationKwargs === undefined
      ? concealed
      : { ...concealed, generationKwargs: named(concealed.generationKwargs) }
  return {
    type: kind.type,
    kind: kind.requests,
    writesUserTurns: kind.writesUserTurns ?? false,
    model: options.model,
    maxConcurrency: options.maxConcurrency ?? defaultMaxConcurrency,
    parameters: kind.parameters,
    priceId: kind.priceId,
    isFree: kind.isFree ?? false,
    takesBatches: kind.takesBatches ?? false,
    ...(kind.flexShare === undefined ? {} : { flexShare: kind.flexShare }),
    options,
    generationKwargs: options.generationKwargs ?? {},
    structuredOutput: options.structuredOutput,
    endpoint,
    configure: ({
      generationKwargs,
      structuredOutput = options.structuredOutput,
      ...connection
    }: Partial<DescribedOptions>) => {
      const changes = Object.entries(withoutUndefined(connection)).filter(
        ([name, value]) => value !== options[name as keyof Options]
      )
      const kwargs =
        generationKwargs === undefined
          ? options.generationKwargs
          : { ...options.generationKwargs, ...named(generationKwargs) }
      return describe(
        kind,
        { ...options, ...Object.fromEntries(changes), generationKwargs: kwargs, structuredOutput },
        changes.length === 0 ? endpoint : {}
      )
    },
    address: () => kind.address?.(options),
    open: Effect.suspend(() => kind.open(options))
  } as unknown as Described
}

/** Options of every model. */
const everyModels = ["model", "generationKwargs", ...Object.keys(sharedParameters)]

/** Throws at a format that the server would pass over, or refuse. */
const checkFormat = <Options extends DescribedOptions>(
  { rareFormats, type }: Kind<Options>,
  options: Options
): void => {
  const format = rareFormat(options.structuredOutput)
  if (format === undefined || rareFormats === undefined) return
  const { fix, taken } = rareFormats(options)
  if (!taken.includes(format))
    throw new RangeError(
      `${type} '${options.model}': option structuredOutput is ${format === "regex" ? "a regex" : "a list of choices"}, which its server does not take. ${fix}`
    )
}

const withoutUndefined = <T extends object>(record: T): T =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T
