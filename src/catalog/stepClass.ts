/** Classes of steps for documents: they follow from the steps' definitions. */
import { isOptional } from "../columns/Columns.ts"
import { absent } from "../document/classes/fields.ts"
import { pythonModule } from "../document/classes/pythonClasses.ts"
import type { Reading, SourceFacts, StepClass } from "../document/classes/Registry.ts"
import { ownModule } from "../document/tree/DocumentSchema.ts"
import type { AnyDefined, AnyDefinition } from "../step/Definition.ts"
import { kindOf, type OptionKind } from "../step/options.ts"
import type { StepData } from "../step/Step.ts"
import { withRows } from "./givenRows.ts"
import { keyOf, optionFields } from "./optionFields.ts"

type Options = Readonly<Record<string, unknown>>

/** The class of a constructor's steps. */
export const stepClass = (make: AnyDefined): StepClass => {
  const { definition } = make
  const { python, type, valuesIn } = definition
  const name = python?.name ?? type
  const functions = optionsOfKind(definition, "function")
  const takesRows = optionsOfKind(definition, "rows", "samples").length > 0 ? withRows : withoutRows
  // Types are the business of those who write them; a document's were checked by its fields.
  const made = (options: Options): StepData => make(options as never) as StepData
  return {
    type,
    name,
    module: python === undefined ? ownModule : moduleOf(type, name),
    fields: optionFields(definition),
    ignores: python?.ignores ?? {},
    needs: needsOf(definition),
    optionsOf:
      valuesIn === undefined ? undefined : (step) => withValues(step, definition, valuesIn),
    derived: python?.derives,
    source: sourceFacts(definition),
    make: (options, at) => {
      const given = at.isPythons ? { ...python?.meant, ...options } : options
      const meant =
        python?.read?.(given, at.step, (option, detail) =>
          at.in(keyOf(definition, option)).warn(detail)
        ) ?? given
      return takesRows(made, withFunctions(functions, meant, at), at)
    }
  }
}

const optionsOfKind = (
  { options }: AnyDefinition,
  ...kinds: ReadonlyArray<OptionKind>
): ReadonlyArray<string> =>
  Object.keys(options).filter((option) => kinds.includes(kindOf(options[option]!)))

/** Where Python has the class. A definition that names one that is not there is wrong. */
const moduleOf = (type: string, name: string): string => {
  const module = pythonModule(name)
  if (module === undefined)
    throw new Error(
      `The definition of ${type} says that Python's class is '${name}', which distilabel 1.5.3 does not have. Correct 'python.name', or leave 'python' out.`
    )
  return module
}

/** Keys without which no step can be made. Rows and functions can be given later. */
const needsOf = (definition: AnyDefinition): ReadonlyArray<string> =>
  Object.entries(definition.options)
    .filter(
      ([, schema]) =>
        !isOptional(schema) &&
        !["function", "functions", "rows", "samples"].includes(kindOf(schema))
    )
    .map(([option]) => keyOf(definition, option))

const sourceFacts = ({
  answerIn,
  defaults,
  asks = "chat",
  madeBy,
  options,
  python,
  takesMappings = true,
  type
}: AnyDefinition): SourceFacts => ({
  madeBy: madeBy ?? type,
  defaults: defaults as Options,
  takesMappings,
  implied: python?.implied ?? [],
  answerIn,
  drawsRows: Object.values(options).some((schema) => kindOf(schema) === "samples"),
  asks
})

const withoutRows = (make: (options: Options) => StepData, options: Options): StepData =>
  make(options)

/** A step whose function the document does not have can be looked at, and refuses to run. */
const withFunctions = (names: ReadonlyArray<string>, options: Options, at: Reading): Options => {
  for (const name of names) {
    if (options[name] === undefined) {
      at.lacks({
        kind: "function",
        name,
        module: "",
        give: `bind: { "${at.step}": step({ name: "${at.step}", … }) }; or save it again with the modules that export it: save(pipeline, path, { modules: { … } })`
      })
    }
  }
  return { ...Object.fromEntries(names.map((name) => [name, absent])), ...options }
}

/** The options of a step, with the values of the user's parameters as they are now. */
const withValues = (
  { options, values }: StepData,
  definition: AnyDefinition,
  valuesIn: string
): Options => {
  const isOption = ([name]: readonly [string, unknown]): boolean => name in definition.options
  const entries = Object.entries(values)
  const parameters = Object.fromEntries(entries.filter((entry) => !isOption(entry)))
  return {
    ...options,
    ...(Object.keys(parameters).length === 0 ? {} : { [valuesIn]: parameters }),
    ...Object.fromEntries(entries.filter((entry) => isOption(entry) && entry[1] !== undefined))
  }
}
