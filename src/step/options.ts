/**
 * Options of a class of steps, as schemas: what they hold, which may be left out, and which are
 * more than a plain value.
 */
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import type { Columns, ColumnSchema } from "../columns/Columns.ts"
import type { Inputs, Outputs } from "../columns/inputs.ts"

/** Options by name; one that may be left out is wrapped in `Schema.optionalKey`. */
export interface OptionFields {
  readonly [option: string]: Schema.Constraint
}

interface MayLack {
  readonly "~type.optionality": "optional"
}

/** The options as a constructor takes them. Mapped key by key, so that their docstrings stay. */
export type OptionsOf<Own extends OptionFields> = {
  readonly [K in keyof Own as Own[K] extends MayLack ? never : K]: Own[K]["Type"]
} & {
  readonly [K in keyof Own as Own[K] extends MayLack ? K : never]?: Own[K]["Type"]
}

/** The options as a step works with them: those that have a default are there. */
export type Filled<Own extends OptionFields, Defaults> = OptionsOf<Own> & {
  readonly [K in keyof Own & keyof Defaults]: Own[K]["Type"]
}

/** Options that `run` may set, as parameters. */
export type SetBy<Own extends OptionFields, Settable extends string> = [Settable] extends [never]
  ? unknown
  : { readonly [K in Settable & keyof Own]?: Own[K]["Type"] }

/** No defaults but those of options that are there. */
export type DefaultsFor<Own extends OptionFields, Defaults> = {
  readonly [K in Exclude<keyof Defaults, keyof Own>]: never
}

/** What an option holds that documents write in a way of their own; `plain` values are data. */
export type OptionKind =
  | "plain"
  | "columns"
  | "inputs"
  | "schema"
  | "function"
  | "functions"
  | "model"
  | "rows"
  | "samples"
  | "secret"

const kindKey = "~option"

const ofKind = <A>(kind: OptionKind): Schema.declare<A> =>
  Schema.declare<A>((_value): _value is A => true, { [kindKey]: kind })

/** Columns that a step adds or a source has. */
export const ColumnsOption = ofKind<Outputs>("columns")

/** Columns that a step reads. */
export const InputsOption = ofKind<Inputs>("inputs")

/** Parameters of a user's step. */
export const ParametersOption = ofKind<Columns>("columns")

/** A schema, such as that of an answer. */
export const SchemaOption = ofKind<ColumnSchema>("schema")

/** A function of the user's, which documents name by its module and export. */
export const FunctionOption = ofKind<(...args: never) => unknown>("function")

/** Functions of the user's in a list, with what is known of them. */
export const FunctionsOption = ofKind<ReadonlyArray<object>>("functions")

/** A model. */
export const ModelOption = ofKind<unknown>("model")

/** Rows that come out as they are; a document without them asks for them when it is run. */
export const RowsOption = ofKind<ReadonlyArray<object>>("rows")

/** Rows from which others are drawn: what comes out holds lists of their values. */
export const SamplesOption = ofKind<ReadonlyArray<object>>("samples")

/** What a generator keeps over a resume, as it is at the beginning. */
export const StateOption = Schema.declare<object>(
  (value): value is object => typeof value === "object" && value !== null && !Array.isArray(value)
)

/** A secret: a text that nothing prints and no document holds. */
export const SecretOption: Schema.Codec<Redacted.Redacted, Redacted.Redacted | string> =
  Schema.Union([Schema.Redacted(Schema.String), Schema.RedactedFromValue(Schema.String)]).annotate({
    [kindKey]: "secret"
  })

/** What an option holds. */
export const kindOf = (schema: Schema.Constraint): OptionKind =>
  (SchemaAST.resolve(schema.ast)?.[kindKey] as OptionKind | undefined) ?? "plain"
