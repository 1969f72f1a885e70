/**
 * Source readings: what of a step cannot be seen, as far as its source tells without running it:
 * for a look at a pipeline before it runs.
 *
 * Names are followed from function to function and from module to module. What values they will
 * have is not known yet, so a run may find more.
 */
import { readFileSync } from "node:fs"
import * as Module from "node:module"
import { fileURLToPath, pathToFileURL } from "node:url"
import type { AnyNode, ObjectExpression } from "acorn"
import { type BuiltinUse, isBuiltinGlobal, type Judged, judged } from "./builtins.ts"
import { parsedModule } from "./functionText.ts"
import { useOf } from "./functionUse.ts"
import { withoutTypes } from "./moduleIdentity.ts"
import { isClass, isFunction, Names } from "./Names.ts"
import { StateSearch } from "./StateSearch.ts"
import type { Unseen } from "./unseen.ts"

/** A place in a file, from 1. */
export interface CallPlace {
  readonly file: string
  readonly line: number
  readonly column: number
}

interface ReadModule {
  readonly url: string
  readonly text: string
  readonly names: Names
  /** What its names stand for. */
  readonly declared: ReadonlyMap<string, AnyNode>
}

/** Modules that were read, by their addresses: those of one look at a pipeline. */
export type ReadModules = Map<string, ReadModule | undefined>

/** What cannot be seen of the functions in the options of a call, given where the call stands. */
export const unseenInSource = (
  { column, file, line }: CallPlace,
  modules: ReadModules = new Map()
): ReadonlyArray<Unseen> => {
  const reading = new SourceReading(modules)
  const module = reading.module(pathToFileURL(file).href)
  if (module === undefined) return []
  const start =
    module.text
      .split("\n")
      .slice(0, line - 1)
      .reduce((sum, each) => sum + each.length + 1, 0) +
    column -
    1
  const call = module.names.nodes.find(
    (node) =>
      node.type === "CallExpression" && node.start === start && optionsIn(node) !== undefined
  )
  const options = call === undefined ? undefined : optionsIn(call)
  if (options === undefined || propertiesIn(options).has("version")) return []
  for (const [name, value] of propertiesIn(options))
    reading.follow(module, value, name, { path: [] })
  return reading.unseen
}

class SourceReading {
  readonly #modules: ReadModules
  readonly #read = new Set<AnyNode>()
  readonly #state = new StateSearch()
  readonly #found = new Map<string, Unseen>()

  constructor(modules: ReadModules) {
    this.#modules = modules
  }

  get unseen(): ReadonlyArray<Unseen> {
    for (const name of this.#state.changed()) this.#hide({ kind: "state", name })
    return [...this.#found.values()]
  }

  module(url: string): ReadModule | undefined {
    if (!this.#modules.has(url)) this.#modules.set(url, opened(url))
    return this.#modules.get(url)
  }

  /** What a name, or the value of an option, stands for. */
  follow(module: ReadModule, node: AnyNode, name: string, use: BuiltinUse): void {
    if (isFunction(node) || isClass(node)) this.#function(module, node, name)
    else if (node.type === "Identifier") {
      const target = module.declared.get(node.name)
      if (target !== undefined && target !== node) this.follow(module, target, node.name, use)
    } else if (node.type === "VariableDeclarator") {
      if (this.#read.has(node) || !node.init) return
      if (node.init.type !== "Identifier") this.#read.add(node)
      this.follow(module, node.init, name, use)
    } else if (node.type === "NewExpression" && node.callee.type === "Identifier") {
      if (node.callee.name === "WeakMap" || node.callee.name === "WeakSet")
        this.#hide({ kind: "state", name, what: `a ${node.callee.name}` })
      this.follow(module, node.callee, node.callee.name, use)
    } else if (node.type === "ImportDeclaration") this.#import(module, node, name, use)
    else if (node.type === "ObjectExpression")
      for (const [key, value] of propertiesIn(node))
        if (isFunction(value)) this.follow(module, value, key, { path: [] })
  }

  #function(module: ReadModule, node: AnyNode, name: string): void {
    if (this.#read.has(node)) return
    this.#read.add(node)
    const reached = {
      script: module.url,
      use: useOf(new Names(node)),
      values: new Map<string, unknown>()
    }
    this.#state.reach(node, name, reached)
    for (const part of reached.use.unseen) this.#hide({ kind: "code", name: part })
    for (const use of reached.use.uses) {
      const target = module.declared.get(use.name)
      if (target !== undefined) reached.values.set(use.name, target)
      if (use.kind === "count") this.#state.count(reached, use.name)
      else if (use.kind === "set") this.#state.sets(reached, use.name)
      else {
        this.#state.reads(reached, use.name)
        if (target !== undefined) this.follow(module, target, use.name, use)
        else if (isBuiltinGlobal(use.name) && module.names.bindingOf(use.identifier) === undefined)
          this.#judge(judged(use.name, use))
      }
    }
  }

  #import(
    { url }: ReadModule,
    { source, specifiers }: Extract<AnyNode, { type: "ImportDeclaration" }>,
    name: string,
    use: BuiltinUse
  ): void {
    const specifier = specifiers.find(({ local }) => local.name === name)!
    const from = source.value as string
    const imported =
      specifier.type === "ImportSpecifier" && specifier.imported.type === "Identifier"
        ? [specifier.imported.name]
        : []
    const path = [...imported, ...use.path]
    if (Module.isBuiltin(from))
      this.#judge(judged(from.startsWith("node:") ? from : `node:${from}`, { ...use, path }))
    else if (/^\.{0,2}\//.test(from)) {
      const other = this.module(new URL(from, url).href)
      const [first] = path
      const target = first === undefined ? undefined : other?.declared.get(first)
      if (other !== undefined && target !== undefined)
        this.follow(other, target, first!, { ...use, path: path.slice(1) })
    }
  }

  #judge({ name, standing }: Judged): void {
    if (standing !== "pure") this.#hide({ kind: standing, name })
  }

  #hide(unseen: Unseen): void {
    if (!this.#found.has(unseen.name)) this.#found.set(unseen.name, unseen)
  }
}

const opened = (url: string): ReadModule | undefined => {
  try {
    const text = readFileSync(fileURLToPath(url), "utf8")
    const program = parsedModule(withoutTypes(url, text))
    if (program === undefined) return undefined
    const statements = program.body.map((node) =>
      node.type === "ExportNamedDeclaration" &&
      node.declaration !== null &&
      node.declaration !== undefined
        ? node.declaration
        : node
    )
    return {
      url,
      text,
      names: new Names(program),
      declared: new Map(statements.flatMap(declaredBy))
    }
  } catch {
    // A module that is not there is the compiler's affair.
    return undefined
  }
}

const declaredBy = (node: AnyNode): ReadonlyArray<readonly [string, AnyNode]> => {
  switch (node.type) {
    case "VariableDeclaration":
      return node.declarations.flatMap((each) =>
        each.id.type === "Identifier" ? [[each.id.name, each] as const] : []
      )
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return node.id ? [[node.id.name, node]] : []
    case "ImportDeclaration":
      return node.specifiers.map(({ local }) => [local.name, node])
    default:
      return []
  }
}

const optionsIn = (node: AnyNode): ObjectExpression | undefined =>
  node.type === "CallExpression" && node.arguments[0]?.type === "ObjectExpression"
    ? node.arguments[0]
    : undefined

const propertiesIn = ({ properties }: ObjectExpression): ReadonlyMap<string, AnyNode> =>
  new Map(
    properties.flatMap((property) =>
      property.type === "Property" && !property.computed && property.key.type === "Identifier"
        ? [[property.key.name, property.value] as const]
        : []
    )
  )
