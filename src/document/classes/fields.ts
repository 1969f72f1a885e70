/** Kinds of fields: plain values, columns, schemas, functions, models, rows. */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { camelCased, snakeCased } from "../../columns/caseNames.ts"
import type { Columns, ColumnSchema } from "../../columns/Columns.ts"
import { type Inputs, type Outputs, outputsOf, readsOf } from "../../columns/inputs.ts"
import type { Row } from "../../columns/Row.ts"
import { schemaOf } from "../../columns/standard.ts"
import { misspelt } from "../tree/DocumentProblem.ts"
import { shown } from "../tree/DocumentSchema.ts"
import { plainTree } from "../tree/plainTree.ts"
import { isRecord, recordOf, type Tree, type TreeRecord, valueAt } from "../tree/Tree.ts"
import { classNamed, untagged } from "./pythonTags.ts"
import type { Field, Reading, Writing } from "./Registry.ts"
import { columnsOfJson, columnsToJson, schemaFromJson, schemaToJson } from "./schemaJson.ts"

const field = (key: string, read: Field["read"], write: Field["write"]): Field => ({
  key,
  option: camelCased(key),
  own: false,
  read,
  write
})

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

/** Checks a value by a schema; tells what does not fit. */
const fitting = (schema: Schema.Constraint, value: unknown, key: string, at: Reading): boolean => {
  const result = Schema.decodeUnknownResult(schema as Schema.Codec<unknown>, { errors: "all" })(
    value
  )
  if (Result.isSuccess(result)) return true
  for (const { message, path = [] } of issuesOf(result.failure.issue).issues) {
    const keys = (path as ReadonlyArray<string | number>)
      .map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`))
      .join("")
    at.in(...(path as ReadonlyArray<string | number>)).problem(
      `'${key}${keys}' of '${at.step}' is ${shown(valueAt(value, path as ReadonlyArray<string | number>))}. ${message}.`
    )
  }
  return false
}

/** A value that is the same here and in Python. */
export const plain = (key: string, schema: Schema.Constraint): Field =>
  field(
    key,
    (value, at) => {
      const whole = untagged(value)
      return fitting(schema, whole, key, at) ? whole : undefined
    },
    (value, at) =>
      plainTree(value, (what) =>
        at.warn(`'${key}' holds ${what}, which documents cannot hold: it is left out`)
      )
  )

/** The same field where Python passes over it. */
export const own = (of: Field): Field => ({ ...of, own: true })

/** The same field under another option of ours. */
export const as = (option: string, of: Field): Field => ({ ...of, option })

/**
 * Keyword arguments: their names are written in snake_case, their values are as they are. `only`
 * says which names this field holds.
 */
export const keywords = (
  key: string,
  schema: Schema.Constraint & { readonly fields: Readonly<Record<string, Schema.Constraint>> },
  only: (name: string) => boolean,
  ignored: ReadonlyArray<string> = []
): Field =>
  field(
    key,
    (value, at) => {
      if (!isRecord(value)) {
        at.problem(
          `'${key}' of '${at.step}' is ${shown(value)}, not a mapping of keyword arguments.`
        )
        return undefined
      }
      const known = Object.keys(schema.fields)
      const options: Record<string, unknown> = {}
      for (const [name, argument] of Object.entries(value)) {
        const option = camelCased(name)
        const wanted = schema.fields[option]
        if (ignored.includes(name)) continue
        if (wanted === undefined) {
          const meant = misspelt(name, known.map(snakeCased))
          at.in(name).problem(
            `'${key}' of '${at.step}' has '${name}', which its model does not take.${meant === undefined ? "" : ` Did you mean '${meant}'?`} It takes: ${known.map(snakeCased).join(", ")}.`,
            "UnknownKey",
            "key"
          )
        } else if (
          argument !== null &&
          fitting(wanted, untagged(argument), `${key}.${name}`, at.in(name))
        )
          options[option] = untagged(argument)
      }
      return options
    },
    (value, at) => {
      const entries = Object.entries(value as Row).filter(
        ([name, argument]) => argument !== undefined && only(snakeCased(name))
      )
      const written = recordOf(
        entries.flatMap(([name, argument]): ReadonlyArray<readonly [string, Tree]> => {
          const tree = plainTree(argument, (what) =>
            at.warn(
              `'${key}.${snakeCased(name)}' holds ${what}, which documents cannot hold: it is left out`
            )
          )
          return tree === undefined ? [] : [[snakeCased(name), tree]]
        })
      )
      // None of these are other fields' business, unless there are none at all.
      return Object.keys(written).length === 0 && entries.length < Object.keys(value as Row).length
        ? undefined
        : written
    }
  )

/** A model. */
export const model = (key: string): Field =>
  field(
    key,
    (value, at) => at.model(value),
    (value, at) => at.model(value)
  )

/** Several models. Python writes a list of them as a mapping by number. */
export const models = (key: string): Field =>
  field(
    key,
    (value, at) => {
      if (Array.isArray(value) || isRecord(value))
        return Object.entries(value).map(([i, each]) => at.in(i).model(each))
      at.problem(`'${key}' of '${at.step}' is ${shown(value)}, not a list of models.`)
      return undefined
    },
    (value, at) => (value as ReadonlyArray<unknown>).map((each) => at.model(each))
  )

/** What to write of a type that JSON Schema has no word for. */
const widened =
  (key: string, at: Writing) =>
  (type: string): void =>
    at.warn(
      `'${key}' has ${type}, which JSON Schema has no word for: it is written wider than it is. Export it, or its step, from a module that is given as modules`
    )

/** A type, as JSON Schema or as an export. */
export const schema = (key: string): Field =>
  field(
    key,
    (value, at) => readSchema(value, at),
    (value, at) =>
      (at.referenceTo(value) as TreeRecord | undefined) ??
      schemaToJson(schemaOf(value as ColumnSchema), widened(key, at))
  )

/**
 * The type that a value names: a JSON Schema, an export, or a class of Python's that is bound to a
 * schema.
 */
const readSchema = (value: Tree, at: Reading): unknown => {
  const named = classNamed(value)
  if (named !== undefined) return boundSchema(named, at) ?? Schema.Any
  if (isReference(value)) {
    const found = at.exported(value, "schema")
    if (found !== undefined && !Schema.isSchema(found))
      at.problem(`'${String(value["export"])}' of '${String(value["module"])}' is no schema.`)
    return Schema.isSchema(found) ? found : Schema.Any
  }
  return tried(() => schemaFromJson(value), at) ?? Schema.Any
}

/** The schema that a class of Python's is bound to; undefined, and told of, if there is none. */
export const boundSchema = (named: string, at: Reading): Schema.Top | undefined => {
  const name = named.split(".").at(-1)!
  const bound = at.bound(name, named)
  if (Schema.isSchema(bound)) return bound
  at.lacks({
    kind: "schema",
    name,
    module: named.split(".").slice(0, -1).join("."),
    give: `bind: { ${name}: Schema.Struct({ … }) }`
  })
  return undefined
}

/** Columns, as the JSON Schema of a row. */
export const columns = (key: string): Field =>
  field(
    key,
    (value, at) => {
      const found = tried(() => columnsOfJson(value), at)
      return found === undefined || !found.open ? found?.columns : { "~known": found.columns }
    },
    (value, at) => {
      const { columns: declared, open } = outputsOf(value as Outputs)
      return columnsToJson(declared, open, widened(key, at))
    }
  )

/** Columns that a step reads: one set, or several of which it needs one. */
export const inputs = (key: string): Field =>
  field(
    key,
    (value, at) => {
      const sets =
        isRecord(value) && Array.isArray(value["anyOf"])
          ? (value["anyOf"] as ReadonlyArray<Tree>)
          : undefined
      return tried(
        () =>
          sets === undefined
            ? columnsOfJson(value).columns
            : { "~oneOf": sets.map((set) => columnsOfJson(set).columns) },
        at
      )
    },
    (value, at) => {
      const { oneOf, reads } = readsOf(value as Inputs)
      const written = (set: Columns): TreeRecord => columnsToJson(set, false, widened(key, at))
      return oneOf.length > 0 ? { anyOf: oneOf.map(written) } : written(reads)
    }
  )

/** A function, by its module and export. `others` are values that may stand in its place. */
export const reference = (key: string, others?: Field): Field =>
  field(
    key,
    (value, at) => {
      if (others !== undefined && !isReference(value)) return others.read(value, at)
      if (!isRecord(value)) {
        at.problem(
          `'${key}' of '${at.step}' is ${shown(value)}, not a function by reference: { module, export }.`
        )
        return absent
      }
      const found = at.exported(value, "function")
      if (found !== undefined && typeof found !== "function")
        at.problem(
          `'${String(value["export"])}' of '${String(value["module"])}' is a ${typeof found}, not a function for '${key}' of '${at.step}'.`
        )
      return typeof found === "function" ? found : absent
    },
    (value, at) => {
      if (others !== undefined && typeof value !== "function") return others.write(value, at)
      const found = at.referenceTo(value)
      if (found === undefined) at.unwritable(`'${key}'`)
      return found as TreeRecord | undefined
    }
  )

/** What a list of exports holds, each by its module and export. */
export const references = (key: string): Field =>
  field(
    key,
    (value, at) => {
      if (!Array.isArray(value) || !value.every(isReference)) {
        at.problem(
          `'${key}' of '${at.step}' is ${shown(value)}, not a list of exports: [{ module, export }].`
        )
        return undefined
      }
      return value.flatMap((each, i) => at.in(i).exported(each, "function") ?? [])
    },
    (value, at) => {
      const found = (value as ReadonlyArray<unknown>).flatMap((each) => {
        const reference = at.referenceTo(each) as TreeRecord | undefined
        if (reference === undefined) at.unwritable(`'${key}'`)
        return reference === undefined ? [] : [reference]
      })
      return found
    }
  )

/** Stands in for a function that is not here. */
export const absent = (): never => {
  throw new Error(
    "this function is not here: its module was not given when the document was loaded"
  )
}

/** Rows that are part of the document. */
export const rows = (key: string): Field =>
  field(
    key,
    (value, at) => {
      if (Array.isArray(value) && value.every(isRecord)) return value
      at.problem(`'${key}' of '${at.step}' is ${shown(value)}, not a list of rows.`)
      return undefined
    },
    (value, at) => {
      const list = value as ReadonlyArray<unknown>
      if (!at.holdsRows(list)) return undefined
      let lost = ""
      const tree = plainTree(list, (what) => {
        lost = what
      })
      if (lost === "") return tree
      at.warn(
        `its rows hold ${lost}, which documents cannot hold: the rows are left out, and are asked for when the document is run`
      )
      return undefined
    }
  )

/** Whether a value is an export of a module. */
const isReference = (value: Tree): value is TreeRecord =>
  isRecord(value) && typeof value["module"] === "string" && typeof value["export"] === "string"

/** What a function gives; undefined, and told of, if it throws. */
const tried = <A>(read: () => A, at: Reading): A | undefined => {
  try {
    return read()
  } catch (thrown) {
    at.problem(
      `This is no schema that can be read: ${thrown instanceof Error ? thrown.message.replaceAll(/\s+/g, " ") : String(thrown)}.`
    )
    return undefined
  }
}

/** An address: its user and the values of its query are secrets. */
export const address = (key: string): Field =>
  field(
    key,
    (value, at) => {
      if (Redacted.isRedacted(value) || typeof value === "string") return value
      at.problem(`'${key}' of '${at.step}' is ${shown(value)}, not a text.`)
      return undefined
    },
    // Whoever writes the document looks for secrets in it.
    (value) => (Redacted.isRedacted(value) ? (Redacted.value(value) as string) : (value as string))
  )

/** A secret: it may come in a document, and is never written. */
export const secret = (key: string): Field =>
  field(
    key,
    (value, at) => {
      if (Redacted.isRedacted(value)) return value
      if (typeof value !== "string")
        at.problem(`'${key}' of '${at.step}' is ${shown(value)}, not a text.`)
      return undefined
    },
    () => undefined
  )
