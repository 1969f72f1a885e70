/**
 * Module identities: what a module of the project is that this process has not loaded, as functions
 * in threads are and what `import()` loads.
 *
 * Its text stands for it, with the text of the project's modules that it imports, and the versions
 * of packages. What its text cannot stand for, the time or a state that it keeps, is found in its
 * syntax tree.
 */
import { existsSync, readFileSync } from "node:fs"
import * as Module from "node:module"
import { dirname, extname, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { AnyNode, ImportDeclaration } from "acorn"
import { digest } from "../keep/signature.ts"
import { isBuiltinGlobal, type Judged, judged } from "./builtins.ts"
import { parsedModule } from "./functionText.ts"
import { useOf } from "./functionUse.ts"
import { isClass, isFunction, Names } from "./Names.ts"
import { packageOf } from "./origin.ts"
import { StateSearch } from "./StateSearch.ts"
import type { Unseen } from "./unseen.ts"
import { usesIn } from "./uses.ts"

export interface ModuleIdentity {
  readonly text: string
  readonly unseen: ReadonlyArray<Unseen>
}

/** What a module is, by its address. */
export const moduleIdentity = (url: string): ModuleIdentity => {
  const reading = new ModuleReading()
  reading.read(url)
  return reading.identity
}

/** What an import stands for, as written in a module at an address. */
export const importIdentity = (specifier: string, from: string): ModuleIdentity => {
  const reading = new ModuleReading()
  reading.import(specifier, from, [[]])
  return reading.identity
}

class ModuleReading {
  readonly #texts: Array<string> = []
  readonly #unseen: Array<Unseen> = []
  readonly #read = new Set<string>()

  get identity(): ModuleIdentity {
    return { text: digest(this.#texts.join("\n")), unseen: this.#unseen }
  }

  /** `paths` are what of a module of Node's is imported. */
  import(specifier: string, from: string, paths: ReadonlyArray<ReadonlyArray<string>>): void {
    if (Module.isBuiltin(specifier)) {
      const root = specifier.startsWith("node:") ? specifier : `node:${specifier}`
      for (const path of paths) this.#judge(judged(root, { path }))
    } else if (/^(?:\.{0,2}\/|file:)/.test(specifier)) this.read(new URL(specifier, from).href)
    else
      this.#texts.push(
        installed(specifier, from) ??
          this.#hide({ kind: "code", name: specifier, what: "a package that is not found" })
      )
  }

  read(url: string): void {
    if (this.#read.has(url)) return
    this.#read.add(url)
    let text: string
    try {
      text = readFileSync(fileURLToPath(url), "utf8")
    } catch {
      this.#hide({ kind: "code", name: url, what: "a module that cannot be read" })
      return
    }
    this.#texts.push(text)
    if (!/^\.[cm]?[jt]s$/.test(extname(new URL(url).pathname))) return
    const program = parsedModule(withoutTypes(url, text))
    if (program === undefined)
      this.#hide({ kind: "code", name: url, what: "a module that cannot be parsed" })
    else this.#look(program, url)
  }

  #look(program: AnyNode, url: string): void {
    const names = new Names(program)
    for (const node of names.nodes) {
      if (node.type === "ImportDeclaration")
        this.import(node.source.value as string, url, pathsOf(node))
      else if (
        (node.type === "ExportNamedDeclaration" || node.type === "ExportAllDeclaration") &&
        typeof node.source?.value === "string"
      )
        this.import(node.source.value, url, [[]])
    }
    const { imports } = useOf(names)
    for (const specifier of imports) {
      if (specifier === undefined)
        this.#hide({ kind: "code", name: "import()", what: "of a module whose name is computed" })
      else this.import(specifier, url, [[]])
    }
    for (const { args, call, kind, name, path } of usesIn(names)) {
      if (kind === "count") continue
      if (isBuiltinGlobal(name)) this.#judge(judged(name, { args, call, path }))
      else this.#hide({ kind: "outside", name })
    }
    this.#state(names, url)
  }

  /** Functions that change variables of their module. */
  #state(names: Names, url: string): void {
    const state = new StateSearch()
    const outermost = names.nodes.filter(
      (node) => (isFunction(node) || isClass(node)) && !isWithin(names, node)
    )
    for (const node of outermost) {
      const reached = {
        script: url,
        use: useOf(new Names(node)),
        values: new Map<string, unknown>()
      }
      state.reach(node, nameOf(names, node), reached)
      for (const { kind, name } of reached.use.uses) {
        if (kind === "count") state.count(reached, name)
        else if (kind === "set") state.sets(reached, name)
        else state.reads(reached, name)
      }
    }
    for (const name of state.changed()) this.#hide({ kind: "state", name })
  }

  #judge({ name, standing, value }: Judged): void {
    if (value !== undefined) this.#texts.push(`${name}=${value}`)
    if (standing !== "pure") this.#hide({ kind: standing, name })
  }

  #hide(unseen: Unseen): string {
    this.#unseen.push(unseen)
    return unseen.name
  }
}

const pathsOf = ({ specifiers }: ImportDeclaration): ReadonlyArray<ReadonlyArray<string>> =>
  specifiers.map((specifier) =>
    specifier.type === "ImportSpecifier" && specifier.imported.type === "Identifier"
      ? [specifier.imported.name]
      : []
  )

/** Whether a function stands in another one. */
const isWithin = (names: Names, node: AnyNode): boolean => {
  let at = names.parentOf(node)
  while (at !== undefined && !isFunction(at) && !isClass(at)) at = names.parentOf(at)
  return at !== undefined
}

/** What a function is called by. */
const nameOf = (names: Names, node: AnyNode): string => {
  const parent = names.parentOf(node)
  if ((isFunction(node) || isClass(node)) && "id" in node && node.id) return node.id.name
  return parent?.type === "VariableDeclarator" && parent.id.type === "Identifier"
    ? parent.id.name
    : ""
}

/** TypeScript as JavaScript. Text that cannot be read so is left to the parser to refuse. */
export const withoutTypes = (url: string, text: string): string => {
  if (!/\.[cm]?ts$/.test(url)) return text
  // Node warns that the function may change, which is no concern of those who run a pipeline.
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return Module.stripTypeScriptTypes(text)
  } catch {
    return text
  } finally {
    process.emitWarning = emitWarning
  }
}

/** The package behind a specifier: its name and version. */
const installed = (specifier: string, from: string): string | undefined => {
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/")
  for (let folder = dirname(fileURLToPath(from)); ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name)
    if (existsSync(join(candidate, "package.json"))) return packageOf(candidate)
    if (dirname(folder) === folder) return undefined
  }
}
