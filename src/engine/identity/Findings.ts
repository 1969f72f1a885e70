/**
 * Findings: what a description has found so far. The text of it as a hash, what could not be seen,
 * and what functions write to.
 */
import { createHash } from "node:crypto"
import { types } from "node:util"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaGetter from "effect/SchemaGetter"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaParser from "effect/SchemaParser"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { type BuiltinPath, type BuiltinUse, judged } from "./builtins.ts"
import type { Inspector } from "./Inspector.ts"
import type { ModuleIdentity } from "./moduleIdentity.ts"
import { type CodeOrigin, originOf } from "./origin.ts"
import { PackageScan } from "./PackageScan.ts"
import { StateSearch } from "./StateSearch.ts"
import { ParserNeeded, type Syntax } from "./Syntax.ts"
import type { Unseen } from "./unseen.ts"

/** A property of an object, as it stands, getters uncalled. */
export type FoundProperty = readonly [key: PropertyKey, descriptor: PropertyDescriptor]

/** Properties of an object's own: by default all. */
export const propertiesOf = (
  object: object,
  keys: ReadonlyArray<PropertyKey> = Reflect.ownKeys(object)
): ReadonlyArray<FoundProperty> =>
  keys.map((key) => [key, Object.getOwnPropertyDescriptor(object, key)!])

export const isSchema = (value: unknown): value is { readonly ast: object } =>
  (typeof value === "object" || typeof value === "function") &&
  value !== null &&
  !types.isProxy(value) &&
  "ast" in value &&
  SchemaAST.isAST(value.ast)

/** Effect's schemas, in the version that this library pins. */
export const effectSchemas: CodeOrigin = { from: "package", name: "effect", isOwn: true }
export const ownCode: CodeOrigin = { from: "project" }

/** The text is hashed in pieces of this length. */
const pieceLength = 65_536

export class Findings {
  readonly inspector: Inspector | undefined
  readonly state: StateSearch = new StateSearch()
  readonly #syntax: Syntax | undefined
  readonly #ofProject = new Set<string>()
  readonly #hash = createHash("sha1")
  #piece = ""
  readonly #unseen = new Map<string, Unseen>()
  readonly #goingOn: Array<string> = []

  constructor(inspector: Inspector | undefined, syntax: Syntax | undefined) {
    this.inspector = inspector
    this.#syntax = syntax
  }

  get #ofSchemas(): ReadonlySet<string> {
    return this.inspector === undefined ? noScripts : scriptsOfSchemas(this.inspector)
  }

  /** The hash of all that was found. */
  digest(): string {
    return this.#hash.update(this.#piece).digest("base64url")
  }

  /** What could not be seen, each thing once. */
  get unseen(): ReadonlyArray<Unseen> {
    for (const name of this.state.changed()) this.hide({ kind: "state", name })
    if (this.state.reached.some(({ use }) => use.steps))
      for (const name of this.#goingOn)
        this.hide({
          kind: "state",
          name,
          what: "a regular expression that goes on where it stopped"
        })
    return [...this.#unseen.values()]
  }

  push(text: string): void {
    this.#piece += text
    if (this.#piece.length >= pieceLength) this.#flush()
  }

  bytes(bytes: Uint8Array): void {
    this.push(`${bytes.length} bytes`)
    this.#flush()
    this.#hash.update(bytes)
  }

  hide(unseen: Unseen): void {
    const key = `${unseen.kind} ${unseen.name}`
    if (!this.#unseen.has(key)) this.#unseen.set(key, unseen)
  }

  /** A regular expression remembers where it stopped. */
  goesOn(name: string): void {
    this.#goingOn.push(name)
  }

  get parser(): Syntax {
    if (this.#syntax === undefined) throw new ParserNeeded()
    return this.#syntax
  }

  /** A module that stands for itself. */
  module({ text, unseen }: ModuleIdentity): void {
    this.push(text)
    for (const each of unseen) this.hide(each)
  }

  /** A function of the project's own: so are all others in its script. */
  isProject(script: string): void {
    if (!this.#ofSchemas.has(script)) this.#ofProject.add(script)
  }

  /** Where a function comes from; undefined for a native one. */
  originOf(fn: Function): CodeOrigin | undefined {
    const script = this.inspector?.scriptOf(fn)
    if (script === undefined) return undefined
    return this.#ofSchemas.has(script)
      ? effectSchemas
      : this.#ofProject.has(script)
        ? ownCode
        : originOf(this.inspector!.urlOf(script))
  }

  /** A built-in, by its uses. */
  builtin([root, ...path]: BuiltinPath, uses: ReadonlyArray<BuiltinUse> | undefined): void {
    for (const use of uses === undefined || uses.length === 0 ? [{ path: [] }] : uses) {
      const { name, standing, value } = judged(root, { ...use, path: [...path, ...use.path] })
      this.push(value === undefined ? `¤${name}` : `¤${name}=${JSON.stringify(value)}`)
      if (standing !== "pure") this.hide({ kind: standing, name })
    }
  }

  /**
   * Functions of a package stand for the version of it, and for what they read besides their
   * arguments.
   */
  package(
    { isOwn, name: of }: Extract<CodeOrigin, { from: "package" }>,
    functions: ReadonlyArray<Function>
  ): void {
    this.push(of)
    if (isOwn || this.inspector === undefined) return
    for (const { name, standing } of new PackageScan(this.inspector, this.parser).of(functions))
      if (standing !== "pure") this.hide({ kind: standing, name, what: `in ${of}` })
  }

  #flush(): void {
    this.#hash.update(this.#piece)
    this.#piece = ""
  }
}

/**
 * Scripts of effect's schemas, whose classes and functions a schema is made of. None where all code
 * is bundled into one script.
 */
const scriptsOfSchemas = (inspector: Inspector): ReadonlySet<string> =>
  (schemaScripts ??= scriptsFound(inspector))

/**
 * Found when the first function is, as it takes milliseconds; the same as long as the process
 * lives.
 */
let schemaScripts: ReadonlySet<string> | undefined

const noScripts: ReadonlySet<string> = new Set()

const scriptsFound = (inspector: Inspector): ReadonlySet<string> => {
  const own = inspector.scriptOf(isSchema)
  const parts = [
    Schema,
    SchemaAST,
    SchemaGetter,
    SchemaIssue,
    SchemaParser,
    SchemaTransformation
  ].flatMap(
    (module) =>
      Object.values(module).find((part) => typeof part === "function" && !isSchema(part)) ?? []
  )
  return new Set(
    parts
      .map((part) => inspector.scriptOf(part))
      .filter((script) => script !== undefined && script !== own) as ReadonlyArray<string>
  )
}
