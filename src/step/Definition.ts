/**
 * Classes of steps, each defined once: the options with their schemas and defaults, and what Python
 * calls them. The constructor, run-time parameters, documents, generated source and citations
 * follow from the definition.
 */
import { assertOptions, refuseUnknown } from "../columns/knownOptions.ts"
import { checkGiven } from "./checkedOptions.ts"
import type { FindingsOf } from "./Finding.ts"
import type { DefaultsFor, OptionFields, OptionsOf } from "./options.ts"

/** What a document holds: JSON. */
export type DocumentValue =
  | string
  | number
  | boolean
  | null
  | ReadonlyArray<DocumentValue>
  | { readonly [key: string]: DocumentValue }

/** Keys that follow from a step's options here, and that Python needs besides. */
export interface DerivedKeys {
  readonly step?: { readonly [key: string]: DocumentValue }
  readonly llm?: { readonly [key: string]: DocumentValue }
}

/** How Python's distilabel spells a class. Documents of a class without this name it as ours. */
export interface PythonClass<Option extends string = string> {
  /** Its name. Default: the type. */
  readonly name?: string
  /** Keys that are not the option's name in snake_case. */
  readonly keys?: { readonly [K in Option]?: string }
  /** Options that Python's class lacks: documents write them where Python passes over them. */
  readonly lacks?: ReadonlyArray<Option>
  /** Values that Python spells otherwise: `{ filetype: { jsonl: "json" } }`. */
  readonly spells?: { readonly [K in Option]?: Readonly<Record<string, string>> }
  /** Values that Python writes where nothing was given. */
  readonly blanks?: { readonly [K in Option]?: ReadonlyArray<DocumentValue> }
  /** Options that Python spells out, and that follow from the others in source. */
  readonly implied?: ReadonlyArray<Option>
  /** Keys of Python's class that change nothing here, with the values that need no warning. */
  readonly ignores?: Readonly<Record<string, ReadonlyArray<DocumentValue>>>
  /** Options that Python does not have, as its class behaves: for documents that Python wrote. */
  readonly meant?: Readonly<Record<string, unknown>>
  /** The options of a step that Python wrote, as they are meant here. */
  readonly read?: (
    options: Readonly<Record<string, unknown>>,
    step: string,
    warn: (option: string, detail: string) => void
  ) => Readonly<Record<string, unknown>>
  /** What Python needs besides the options. */
  readonly derives?: (options: Readonly<Record<string, unknown>>) => DerivedKeys
}

/** What is said once of a class of steps. */
export interface StepDefinition<
  Own extends OptionFields,
  Defaults,
  Option extends string = keyof Own & string
> {
  /** The name of the class, in documents too. */
  readonly type: string
  /** What its steps do, in one sentence: the first of the docstring. */
  readonly about: string
  /** What to cite, as BibTeX, in dataset cards of rows that went through such a step. */
  readonly cites?: string
  /** Tags of dataset cards of rows that went through such a step. */
  readonly tags?: ReadonlyArray<string>
  /** What its steps can say of rows of the result that is worth a figure in the report. */
  readonly findingsOf?: FindingsOf
  /** Options of its own. The order is that of documents. */
  readonly options: Own
  /** The values of options that are left out. */
  readonly defaults: Defaults
  /** Options that `run({ parameters })` may set too. */
  readonly parameters?: ReadonlyArray<Option>
  /** Parameters that must have a value when the run starts. */
  readonly needs?: ReadonlyArray<Option>
  /** False where its constructor takes neither `inputMappings` nor `outputMappings`. */
  readonly takesMappings?: boolean
  /** What its model is asked for. Default: answers to chats. */
  readonly asks?: "chat" | "embeddings" | "images" | "scores"
  /** The option that holds the values of parameters declared by the user. */
  readonly valuesIn?: Option
  /** The column that is the answer itself: of the type of `structuredOutput`, where that is given. */
  readonly answerIn?: string
  /** The function of this library that makes it. Default: the type. */
  readonly madeBy?: string
  readonly python?: PythonClass<Option>
}

/** A definition, whatever its options are. */
export type AnyDefinition = StepDefinition<OptionFields, object, string>

/** A constructor of steps that knows its definition. */
export type Defined<Make> = Make & { readonly definition: AnyDefinition }

/** Any constructor of steps that knows its definition. */
export type AnyDefined = Defined<(options: never) => unknown>

/** A definition whose defaults, lists and tables name only options that it has. */
export const define = <
  const Own extends OptionFields,
  const Defaults extends Partial<OptionsOf<Own>>
>(
  definition: StepDefinition<Own, Defaults & DefaultsFor<Own, Defaults>>
): StepDefinition<Own, Defaults> => definition

/** Options that steps of every class have. */
const shared = [
  "name",
  "batchSize",
  "inputBatchSize",
  "useCache",
  // Documents may give them to steps whose constructors have no types for them.
  "inputMappings",
  "outputMappings"
]

/**
 * Gives a constructor its definition. What comes back refuses options that the definition does not
 * have, whoever gives them.
 */
export const defined = <Make extends (options: never) => unknown>(
  definition: AnyDefinition,
  make: Make
): Defined<Make> => {
  const { madeBy, options, type } = definition
  const known = [...Object.keys(options), ...shared]
  const checked = (given: { readonly name?: unknown }): unknown => {
    assertOptions(madeBy ?? type, given)
    if (typeof given.name !== "string")
      throw new TypeError(
        `${madeBy ?? type} needs a name, a text: ${madeBy ?? type}({ name: "…" }).`
      )
    const owner = `${madeBy ?? type} '${given.name}'`
    refuseUnknown(owner, given, known)
    checkGiven(owner, given.name, definition, given)
    const step = make(given as never)
    // A generator makes batches, all others get them.
    const isGenerator = (step as { readonly kind?: unknown }).kind === "generator"
    const other = isGenerator ? "inputBatchSize" : "batchSize"
    if (other in given)
      refuseUnknown(
        owner,
        given,
        known.filter((name) => name !== other)
      )
    return step
  }
  // One cast: it takes and makes what `make` does.
  return Object.assign(checked as unknown as Make, { definition })
}
