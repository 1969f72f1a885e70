/** Fields of documents, from the options of a definition. */
import { snakeCased } from "../columns/caseNames.ts"
import { own as ownOf } from "../columns/own.ts"
import { required } from "../columns/Shape.ts"
import {
  columns,
  inputs,
  model,
  own,
  plain,
  reference,
  references,
  rows,
  schema,
  secret
} from "../document/classes/fields.ts"
import type { Field } from "../document/classes/Registry.ts"
import type { AnyDefinition } from "../step/Definition.ts"
import { kindOf, type OptionFields } from "../step/options.ts"

/** The key of an option: its name in snake_case, unless Python has another for it. */
export const keyOf = ({ python }: AnyDefinition, option: string): string =>
  ownOf(python?.keys ?? {}, option) ?? snakeCased(option)

/** The fields that documents have for the options, in their order. */
export const optionFields = (definition: AnyDefinition): ReadonlyArray<Field> =>
  Object.entries(definition.options).flatMap(([option, of]) => {
    const field = { ...fieldOf(keyOf(definition, option), of), option }
    const { defaults, python = {} } = definition
    const usual = ownOf(defaults as Readonly<Record<string, unknown>>, option)
    const kind = kindOf(of)
    const spelt =
      kind === "rows" || kind === "samples"
        ? unlessClasses(field)
        : respelt(field, ownOf(python.spells ?? {}, option))
    return spelt
      .map((one) => unlessBlank(one, ownOf(python.blanks ?? {}, option)))
      .map((one) => (Array.isArray(usual) && usual.length === 0 ? unlessEmpty(one) : one))
      .map((one) => (python.lacks?.includes(option) === true ? own(one) : one))
  })

const fieldOf = (key: string, of: OptionFields[string]): Field => {
  switch (kindOf(of)) {
    case "columns":
      return columns(key)
    case "inputs":
      return inputs(key)
    case "schema":
      return schema(key)
    case "function":
      return reference(key)
    case "functions":
      return references(key)
    case "model":
      return model(key)
    case "rows":
    case "samples":
      return rows(key)
    case "secret":
      return secret(key)
    case "plain":
      return plain(key, required(of))
  }
}

/** The field, written only for values that fit. */
const onlyIf = (field: Field, fits: (value: unknown) => boolean): Field => ({
  ...field,
  write: (value, at) => (fits(value) ? field.write(value, at) : undefined)
})

/** An empty list says as much as none, and Python does not like it. */
const unlessEmpty = (field: Field): Field =>
  onlyIf(field, (value) => !Array.isArray(value) || value.length > 0)

/**
 * Python makes objects of mappings with `type_info`, wherever it finds them: such rows go where it
 * does not look.
 */
const unlessClasses = (field: Field): ReadonlyArray<Field> => [
  onlyIf(field, (data) => !holdsClasses(data)),
  own(onlyIf(field, holdsClasses))
]

const holdsClasses = (data: unknown): boolean =>
  /"(?:type_info|_type)":/.test(
    JSON.stringify(data, (_, held: unknown) => (typeof held === "bigint" ? String(held) : held)) ??
      ""
  )

/**
 * The field with values as Python spells them. Which of two values it means that Python does not
 * tell apart, another field says, where Python does not look.
 */
const respelt = (
  field: Field,
  spells: Readonly<Record<string, string>> | undefined
): ReadonlyArray<Field> => {
  if (spells === undefined) return [field]
  const meant = (value: unknown): string | undefined =>
    Object.keys(spells).find((ours) => spells[ours] === value)
  return [
    {
      ...field,
      read: (value, at) => meant(value) ?? field.read(value, at),
      write: (value, at) => ownOf(spells, String(value)) ?? field.write(value, at)
    },
    own(onlyIf(field, (value) => meant(value) !== undefined))
  ]
}

/** The field without the values that Python writes where nothing was given. */
const unlessBlank = (field: Field, blanks: ReadonlyArray<unknown> | undefined): Field =>
  blanks === undefined
    ? field
    : {
        ...field,
        read: (value, at) => (blanks.includes(value) ? undefined : field.read(value, at))
      }
