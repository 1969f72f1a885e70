/**
 * What is found while a pipeline's source is written: names that are taken, imports, and schemas
 * with names of their own.
 */
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaRepresentation from "effect/SchemaRepresentation"
import { camelCased } from "../../columns/caseNames.ts"
import { type Columns, isOptional } from "../../columns/Columns.ts"
import { required } from "../../columns/Shape.ts"
import { isRecord } from "../../document/tree/Tree.ts"
import { shownPart } from "../../secrets/redact.ts"

/** Words that no variable may be called, and names that generated code uses for something else. */
const reserved = [
  "await",
  "break",
  "case",
  "catch",
  "class",
  "const",
  "continue",
  "debugger",
  "default",
  "delete",
  "do",
  "else",
  "enum",
  "export",
  "extends",
  "false",
  "finally",
  "for",
  "function",
  "if",
  "import",
  "in",
  "instanceof",
  "new",
  "null",
  "return",
  "super",
  "switch",
  "this",
  "throw",
  "true",
  "try",
  "typeof",
  "var",
  "void",
  "while",
  "with",
  "yield",
  "let",
  "static",
  "implements",
  "interface",
  "package",
  "private",
  "protected",
  "public",
  "arguments",
  "eval",
  "undefined",
  "Schema",
  "missing",
  "Error",
  "Infinity",
  "NaN"
]

/** Left out of the source: there is no way to write it, or it is nobody's business. */
export const unsaid = Symbol("unsaid")

/** A schema under a name of its own. */
interface Definition {
  readonly code: string
  /** The type of that name, where one is needed. */
  readonly type?: string
  readonly holdsItself?: boolean
}

export class SourceWriter {
  /** Names from this library, and from modules by their specifiers. */
  readonly #library = new Set<string>()
  readonly #modules = new Map<string, Set<string>>()
  readonly #taken = new Set(reserved)
  readonly #definitions = new Map<string, Definition>()
  /** What the source does not say as the pipeline does. */
  readonly notes: Array<string> = []
  usesMissing = false
  #usesSchema = false

  /** A name of this library, imported. */
  library(name: string): string {
    this.#library.add(name)
    this.#taken.add(name)
    return name
  }

  /** An export of a module, imported, under the name that it gets here. */
  export(module: string, name: string): string {
    const names = this.#modules.get(module) ?? new Set()
    this.#modules.set(module, names)
    const known = [...names].find((text) => text === name || text.startsWith(`${name} as `))
    if (known !== undefined) return known.split(" as ").at(-1)!
    const local = this.variable(name)
    names.add(
      local === name
        ? name
        : `${/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? name : JSON.stringify(name)} as ${local}`
    )
    return local
  }

  /** A variable's name, like the given one, that nothing else has. */
  variable(like: string): string {
    const words = like.replaceAll(/[^\p{ID_Continue}$]+/gu, "_").replaceAll(/^_+|_+$/g, "")
    // Python calls a step of the class APIGenGenerator `a_p_i_gen_generator_0`.
    const plain = camelCased(
      words.replace(/^(?:[a-z]_){3,}/, (letters) => `${letters.replaceAll("_", "")}_`)
    ).replaceAll(/_([a-zA-Z])/g, (_, letter: string) => letter.toUpperCase())
    const stem = /^[\p{ID_Start}$_]/u.test(plain)
      ? plain
      : `step${plain.slice(0, 1).toUpperCase()}${plain.slice(1)}`
    let name = stem
    for (let number = 2; this.#taken.has(name); number++) name = `${stem}${number}`
    this.#taken.add(name)
    return name
  }

  /** Keeps names for things that are written later. */
  reserve(names: Iterable<string>): void {
    for (const name of names) this.#taken.add(name)
  }

  /** The call that stands where code is to be written. */
  missing(what: string): string {
    this.usesMissing = true
    return `missing(${JSON.stringify(what)})`
  }

  /** The expression of a schema. */
  schema(schema: Schema.Constraint): string {
    this.#usesSchema = true
    if (isOptional(schema)) return `Schema.optionalKey(${this.schema(required(schema))})`
    try {
      const { artifacts, codes, references } = SchemaRepresentation.toCodeDocument(
        SchemaRepresentation.toMultiDocument(SchemaRepresentation.toRepresentation(schema.ast))
      )
      if (artifacts.length > 0) throw new Error("it has no form of its own")
      this.#references(references)
      return plainSchema(codes[0]!.runtime)
    } catch (thrown) {
      this.notes.push(`a type is written as unknown: ${(thrown as Error).message}`)
      return "Schema.Unknown"
    }
  }

  /** The type that a schema stands for. */
  type(schema: Schema.Constraint): string {
    const {
      codes: [code],
      references: { nonRecursives, recursives }
    } = SchemaRepresentation.toCodeDocument(
      SchemaRepresentation.toMultiDocument(SchemaRepresentation.toRepresentation(schema.ast))
    )
    const plain = nonRecursives.length === 0 && Object.keys(recursives).length === 0
    return plain
      ? code!.Type.replaceAll(/"([\p{ID_Start}$_][\p{ID_Continue}$]*)"(\??: )/gu, "$1$2")
      : `typeof ${this.named("Row", schema)}.Type`
  }

  /** A schema under a name of its own; gives the name. */
  named(like: string, schema: Schema.Constraint): string {
    const code = this.schema(schema)
    const same = [...this.#definitions].find(([, known]) => known.code === code)
    if (same !== undefined) return same[0]
    const name = this.variable(`${like.slice(0, 1).toUpperCase()}${like.slice(1)}`)
    this.#definitions.set(name, { code })
    return name
  }

  /**
   * Types that a schema refers to by name: those that hold themselves come after what they are made
   * of, and before what is made of them.
   */
  #references({
    nonRecursives,
    recursives
  }: ReturnType<typeof SchemaRepresentation.toCodeDocument>["references"]): void {
    const own = Object.entries(recursives)
    const mentions = (text: string, names: ReadonlyArray<string>): boolean =>
      (text.match(/[\p{ID_Continue}$]+/gu) ?? []).some((word) => names.includes(word))
    const later = nonRecursives.filter(({ code }) =>
      mentions(code.runtime, Object.keys(recursives))
    )
    for (const { $ref, code } of nonRecursives) {
      if (later.some((each) => each.$ref === $ref)) continue
      this.#define($ref, {
        code: plainSchema(code.runtime),
        ...(own.some(([, { Type }]) => mentions(Type, [$ref]))
          ? { type: `typeof ${$ref}.Type` }
          : {})
      })
    }
    for (const [$ref, { Type, runtime }] of own)
      this.#define($ref, { code: plainSchema(runtime), type: Type, holdsItself: true })
    for (const { $ref, code } of later) this.#define($ref, { code: plainSchema(code.runtime) })
  }

  #define(name: string, definition: Definition): void {
    const known = this.#definitions.get(name)
    if (known?.code === definition.code) return
    if (
      known !== undefined ||
      this.#taken.has(name) ||
      !/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
    )
      throw new Error(`'${name}' is the name of two types`)
    this.#taken.add(name)
    this.#definitions.set(name, definition)
  }

  /** A record of columns. */
  columns(columns: Columns): string {
    return objectSource(
      Object.entries(columns).map(([column, schema]) => [column, this.schema(schema)] as const)
    )
  }

  /** A value: data, columns, schemas. Secrets and functions are left out. */
  value(value: unknown): string | typeof unsaid {
    const shown = Redacted.isRedacted(value) ? shownPart(value) : null
    if (shown !== null) return this.value(shown)
    if (
      Redacted.isRedacted(value) ||
      (typeof value === "function" && !Schema.isSchema(value)) ||
      typeof value === "symbol"
    )
      return unsaid
    if (Schema.isSchema(value)) return this.schema(value)
    if (value === null || typeof value !== "object") return plainValue(value)
    if (Array.isArray(value)) {
      const items = value.map((item) => this.value(item))
      return `[${items.map((item) => (item === unsaid ? "null" : item)).join(", ")}]`
    }
    if (!isRecord(value)) return unsaid
    const { "~known": known, "~oneOf": sets } = value as {
      readonly "~known"?: Columns
      readonly "~oneOf"?: ReadonlyArray<Columns>
    }
    if (known !== undefined)
      return `${this.library("open")}(${Object.keys(known).length === 0 ? "" : this.columns(known)})`
    if (sets !== undefined)
      return `${this.library("oneOf")}(${sets.map((set) => this.columns(set)).join(", ")})`
    return objectSource(
      Object.entries(value).flatMap(([key, item]) => {
        const source = item === undefined ? unsaid : this.value(item)
        return source === unsaid ? [] : [[key, source] as const]
      })
    )
  }

  /** Import statements. */
  imports(): ReadonlyArray<string> {
    const all = [...this.#modules].map(
      ([module, names]) =>
        `import { ${[...names].sort().join(", ")} } from ${JSON.stringify(module)}`
    )
    return [
      `import { ${[...this.#library].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)).join(", ")} } from "distilabel-ts"`,
      ...(this.#usesSchema ? [`import { Schema } from "effect"`] : []),
      ...all
    ]
  }

  /** Schemas with names, in the order in which they need one another. */
  definitions(): ReadonlyArray<string> {
    return [...this.#definitions].flatMap(([name, { code, holdsItself = false, type }]) => [
      ...(type === undefined ? [] : [`export type ${name} = ${type}`]),
      `export const ${name}${holdsItself ? `: Schema.Codec<${name}>` : ""} = ${code}`
    ])
  }
}

/** An object of expressions by key. */
export const objectSource = (
  entries: ReadonlyArray<readonly [key: string, source: string]>
): string =>
  entries.length === 0
    ? "{}"
    : `{ ${entries.map(([key, source]) => (key === source && identifier.test(key) ? key : `${key === "__proto__" ? `["__proto__"]` : identifier.test(key) ? key : JSON.stringify(key)}: ${source}`)).join(", ")} }`

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

const plainValue = (value: unknown): string => {
  if (typeof value === "string") return textSource(value)
  if (typeof value === "bigint") return `${value}n`
  return Object.is(value, -0) ? "-0" : String(value)
}

/** A text; one of several lines as one sees it. A carriage return would be lost there. */
const textSource = (text: string): string =>
  text.includes("\n") &&
  !/[\r\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text) &&
  text.isWellFormed()
    ? `\`${text.replaceAll(/[`\\]|\$\{/g, "\\$&")}\``
    : JSON.stringify(text)

/** As a person writes it: messages that follow from the checks are not told twice. */
const plainSchema = (code: string): string =>
  code
    .replaceAll(/\.annotate\(\{ "expected": "(?:[^"\\]|\\.)*" \}\)/g, "")
    .replaceAll(
      /Schema\.Union\(\[([^[\](),]+(?:\([^()]*\))?), Schema\.Null\]\)/g,
      "Schema.NullOr($1)"
    )
