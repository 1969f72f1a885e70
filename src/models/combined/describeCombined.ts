/** Descriptions of models that are made of others, which each may be of any provider. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { refuseUnknown } from "../../columns/knownOptions.ts"
import type { AnyLLM, LLM, LLMClient } from "../chat/LLM.ts"
import type { LLMError } from "../chat/LLMError.ts"
import type { ModelDocument, ModelField } from "../provider/ModelDocument.ts"

/** The models of a combination, by the options that hold them. */
export type Members = Readonly<Record<string, AnyLLM | ReadonlyArray<AnyLLM>>>

/** What `run({ parameters })` may set of a combination. */
export interface CombinedParameters {
  /** What goes with every request, to whichever of the models. */
  readonly generationKwargs?: Readonly<Record<string, unknown>>
  /** Parameters of one model, by its option, and its place where the option holds several. */
  readonly [option: string]: unknown
}

/** What makes one combination differ from another. */
export interface Combination<Options extends object> {
  /** The class in documents: `FallbackLLM`. */
  readonly type: string
  /** Its options besides the models. */
  readonly options: ReadonlyArray<string>
  /** What rows and messages call it. */
  readonly nameOf: (options: Options) => string
  readonly membersOf: (options: Options) => Members
  /** So many rows may ask it at once. */
  readonly maxConcurrencyOf: (options: Options) => number
  readonly open: (options: Options, name: string) => Effect.Effect<LLMClient, LLMError, Scope.Scope>
}

/** How documents spell a combination: the fields of its models, and its others. */
export const combinedDocument = (
  members: ReadonlyArray<ModelField>,
  others: ReadonlyArray<ModelField>,
  more: Partial<ModelDocument> = {}
): ModelDocument => ({
  kwargs: Schema.Struct({}),
  pythonKwargs: [],
  fields: [...members, ...others],
  pythonShares: [],
  isCombined: true,
  needs: members.map(({ key }) => key),
  ...more
})

/** The models of one that has no counterpart in Python, in a list. */
export const listedModels: ReadonlyArray<ModelField> = [
  { key: "models", holds: "models", python: false }
]

/** All models among members, in their order. */
export const membersIn = (members: Members): ReadonlyArray<AnyLLM> => Object.values(members).flat()

/**
 * Describes a combination. Parameters reach its members, which then are others: the connections
 * that did not change are shared all the same.
 *
 * The one cast: the precise type has a phantom key that has no value.
 */
export const describeCombined = <Described extends LLM, Options extends object>(
  combination: Combination<Options>,
  options: Options
): Described => {
  const { maxConcurrencyOf, membersOf, nameOf, open, type } = combination
  const members = membersOf(options)
  const all = membersIn(members)
  const model = nameOf(options)
  refuseUnknown(`${type} '${model}'`, options, [...combination.options, ...Object.keys(members)])
  return {
    type,
    kind: "chat",
    writesUserTurns: all.every(({ writesUserTurns }) => writesUserTurns === true),
    model,
    maxConcurrency: maxConcurrencyOf(options),
    parameters: parametersOf(members),
    isFree: all.every(({ isFree }) => isFree === true),
    options,
    generationKwargs: {},
    endpoint: {},
    members,
    configure: ({ generationKwargs, ...given }: CombinedParameters) =>
      describeCombined<Described, Options>(combination, {
        ...options,
        ...configured(members, given, generationKwargs)
      }),
    address: () => {
      const addresses = all.flatMap((member) => member.address() ?? [])
      return addresses.length === 0 ? undefined : addresses.join(" ")
    },
    open: Effect.suspend(() => open(options, model))
  } as unknown as Described
}

type Given = Readonly<Record<string, unknown>>

const configured = (
  members: Members,
  given: Given,
  generationKwargs: Given | undefined
): Readonly<Record<string, unknown>> => {
  const one = (member: AnyLLM, own: Given = {}): AnyLLM => {
    const kwargs = { ...generationKwargs, ...(own["generationKwargs"] as Given | undefined) }
    return member.configure(
      Object.keys(kwargs).length === 0 ? own : { ...own, generationKwargs: kwargs }
    )
  }
  return Object.fromEntries(
    Object.entries(members).map(([option, of]) => {
      const own = given[option] as Given | undefined
      return [
        option,
        isOne(of) ? one(of, own) : of.map((each, i) => one(each, own?.[i] as Given | undefined))
      ]
    })
  )
}

const isOne = (of: AnyLLM | ReadonlyArray<AnyLLM>): of is AnyLLM => !Array.isArray(of)

/** Python's names have a number for each of several models, too. */
const parametersOf = (members: Members): Schema.Top => {
  const of = ({ parameters }: AnyLLM) => Schema.optionalKey(parameters)
  return Schema.Struct({
    generationKwargs: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
    ...Object.fromEntries(
      Object.entries(members).map(([option, each]) => [
        option,
        isOne(each)
          ? of(each)
          : Schema.optionalKey(
              Schema.Struct(Object.fromEntries(each.map((one, i) => [i, of(one)])))
            )
      ])
    )
  })
}
