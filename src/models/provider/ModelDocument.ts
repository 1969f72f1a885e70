/**
 * How documents spell a model: which of its options Python's class has, under which keys. Plain
 * data, from which the catalog derives the class.
 */
import type * as Schema from "effect/Schema"

/** What a key of a document holds: a value of a schema, or something that documents treat apart. */
export type Holds =
  | Schema.Top
  /** An address, written without its secrets. */
  | "address"
  /** A secret, read and never written. */
  | "secret"
  /** Headers, written without their secrets. */
  | "headers"
  /** A model, or several. */
  | "model"
  | "models"
  /** A function, written as its module and export; other values as a schema says. */
  | { readonly functionOr: Schema.Top | undefined }

/** One option in documents. */
export interface ModelField {
  /** The key: `base_url`. The option is the same in camelCase, unless `option` names another. */
  readonly key: string
  readonly holds: Holds
  readonly option?: string
  /** Whether Python's class has it too. */
  readonly python: boolean
}

/** Options that models share, by their keys in documents. */
export type SharedKey = "max_retries" | "timeout" | "max_concurrency" | "structured_output"

/** Generation kwargs with the names that they have in code. */
export type KwargsSchema = Schema.Top & {
  readonly fields: Readonly<Record<string, Schema.Constraint>>
}

export interface ModelDocument {
  /** The name of Python's class. Default: the type. */
  readonly pythonName?: string
  readonly kwargs: KwargsSchema
  /** The keyword arguments that Python's class takes. */
  readonly pythonKwargs: ReadonlyArray<string>
  /** Keyword arguments of Python's class that change nothing here. */
  readonly ignoredKwargs?: ReadonlyArray<string>
  /** The key of the model's name. Default `model`. */
  readonly modelKey?: string
  /** The option that holds it. Default `model`. */
  readonly modelOption?: string
  /** The options that this model alone has. */
  readonly fields: ReadonlyArray<ModelField>
  /** The shared options that Python's class has; it may call one otherwise. */
  readonly pythonShares: ReadonlyArray<SharedKey>
  readonly pythonNames?: Partial<Readonly<Record<SharedKey, string>>>
  /** Whether it is made of other models, and has no options but its own. */
  readonly isCombined?: boolean
  /** Options that other models have and this one has not. */
  readonly lacks?: ReadonlyArray<"structured_output" | "stream" | "preflight">
  /** Keys without which nothing can be made; `model` by default. */
  readonly needs?: ReadonlyArray<string>
  /** Keys of Python's class that change nothing here, with the values that are not worth a word. */
  readonly ignores?: Readonly<Record<string, ReadonlyArray<Ignored>>>
}

/** How documents spell a provider's models; the kwargs are those of its parameters. */
export type ProviderDocument = Omit<ModelDocument, "kwargs">

type Ignored = string | number | boolean | null

/** Headers, which Python's classes have not unless they say so. */
export const headersField = {
  key: "default_headers",
  holds: "headers",
  python: false
} as const

/** Address, key and headers, of which Python's classes have no headers unless they say so. */
export const serverFields = (pythonHeaders = false): ReadonlyArray<ModelField> => [
  { key: "base_url", holds: "address", python: true },
  { key: "api_key", holds: "secret", python: true },
  { ...headersField, python: pythonHeaders }
]

/** Python's classes that Magpie may use say whether it does; here a task says so. */
export const withoutMagpie = {
  use_magpie_template: [false],
  magpie_pre_query_template: [null]
}
