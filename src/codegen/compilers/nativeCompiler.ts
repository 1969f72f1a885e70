/** TypeScript's native compiler, a program of its own that is asked over a pipe: from version 7. */
import type { ChildProcess } from "node:child_process"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import type * as ast from "typescript/unstable/ast"
import type * as native from "typescript/unstable/sync"
import type {
  Checker,
  Compiler,
  CompilerSettings,
  Declaration,
  Diagnostic,
  SourceSymbol,
  SourceType,
  TypeKind
} from "./Compiler.ts"
import { shownPath } from "./shownPath.ts"
import { SourceError } from "./SourceError.ts"

/**
 * Has a file read by the TypeScript of its project; undefined where that is an older one, or does
 * not start.
 */
export const nativeCompiler = (path: string, settings: CompilerSettings): Compiler | undefined => {
  // The compiler is asked over a pipe, whose file descriptors neither of them tells: Bun then waits for ever.
  if ("bun" in process.versions || "deno" in process.versions) return undefined
  const packages = packagesOf(path)
  if (packages === undefined) return undefined
  // A project that is on no disk: the user's, of this file alone.
  const base = settings.config ?? path
  const config = join(dirname(base), "tsconfig.of-one-file.json").replaceAll("\\", "/")
  const text = configText(path, settings)
  const is = (file: string): boolean => file.replaceAll("\\", "/") === config
  const { API } = packages.api
  const opened = started(() => {
    const api = new API({
      cwd: dirname(base),
      // The compiler looks itself where it is told nothing. It asks here for each file that it
      // reads, and is not to ask for the thousands that it looks for.
      fs: { readFile: (file) => (is(file) ? text : undefined) }
    })
    return { api, project: api.updateSnapshot({ openProjects: [config] }).getProject(config) }
  })
  if (opened?.project === undefined) return undefined
  const { api, project } = opened
  const close = { [Symbol.dispose]: () => closed(api) }
  const unreadable = project.program
    .getConfigFileParsingDiagnostics()
    .find(({ code, fileName }) => fileName !== undefined && !is(fileName) && code < firstOfMeaning)
  if (unreadable !== undefined) {
    close[Symbol.dispose]()
    throw new SourceError({
      path,
      detail: `its tsconfig.json (${shownPath(unreadable.fileName ?? base)}) cannot be read: ${unreadable.text}`
    })
  }
  const { program } = project
  return {
    is: packages.ast,
    checker: checkerOf(packages, project),
    fileOf: (file) => program.getSourceFile(file),
    syntaxProblems: (file) => program.getSyntacticDiagnostics(file.fileName).map(diagnosticOf),
    typeProblems: (file) => program.getSemanticDiagnostics(file.fileName).map(diagnosticOf),
    ...close
  }
}

/** Numbers below are those of what cannot be parsed. */
const firstOfMeaning = 2000

interface Packages {
  readonly api: typeof native
  readonly ast: typeof ast
}

const packagesOf = (path: string): Packages | undefined => {
  const required = createRequire(path)
  return started(() => ({
    api: required("typescript/unstable/sync") as Packages["api"],
    ast: required("typescript/unstable/ast") as Packages["ast"]
  }))
}

/** What may not be there, or not run here; sources are then read by the other compiler. */
const started = <A>(start: () => A): A | undefined => {
  try {
    return start()
  } catch {
    return undefined
  }
}

/** The compiler ends in silence when it is killed; asked to end, it may complain of it. */
const closed = (api: native.API): void => {
  // Its process is no public member.
  const { client } = api as unknown as {
    readonly client?: {
      readonly channel?: { readonly child?: ChildProcess }
      readonly close: () => void
    }
  }
  const child = client?.channel?.child
  if (client === undefined || child === undefined) return api.close()
  child.kill("SIGKILL")
  client.close()
}

const configText = (path: string, { config, fixed, strict }: CompilerSettings): string =>
  JSON.stringify({
    ...(config === undefined ? {} : { extends: config.replaceAll("\\", "/") }),
    compilerOptions: config === undefined ? { types: ["*"], ...strict, ...fixed } : fixed,
    files: [path.replaceAll("\\", "/")],
    include: [],
    references: []
  })

const diagnosticOf = (diagnostic: native.Diagnostic): Diagnostic => ({
  start: diagnostic.pos,
  end: diagnostic.end,
  code: diagnostic.code,
  lines: linesOf(diagnostic)
})

const linesOf = ({ messageChain = [], text }: native.Diagnostic): ReadonlyArray<string> => [
  text,
  ...messageChain.flatMap(linesOf)
]

const checkerOf = (packages: Packages, { checker }: native.Project): Checker => {
  const { NodeBuilderFlags, SignatureKind, SymbolFlags, TypeFlags } = packages.api
  const kinds: Readonly<Record<TypeKind, number>> = {
    any: TypeFlags.Any,
    never: TypeFlags.Never,
    null: TypeFlags.Null,
    object: TypeFlags.Object,
    undefined: TypeFlags.Undefined,
    unknown: TypeFlags.Unknown
  }
  const unknown = once(() => checker.getUnknownType())
  const typeOf = (type: SourceType): native.Type => type as native.Type
  const symbolOf = (symbol: SourceSymbol): native.Symbol => symbol as native.Symbol
  const named = (symbol: native.Symbol | undefined): SourceSymbol | undefined =>
    symbol === undefined
      ? undefined
      : (symbol.flags & SymbolFlags.Alias) === 0
        ? symbol
        : checker.getAliasedSymbol(symbol)
  const called = (type: SourceType) => checker.getSignaturesOfType(typeOf(type), SignatureKind.Call)
  const declarationOf = (symbol: SourceSymbol): Declaration | undefined => {
    const handle = symbolOf(symbol).declarations[0]
    return handle === undefined ? undefined : { file: handle.path, node: () => handle.resolve() }
  }
  // Each answer comes over a pipe: what was asked is known.
  return {
    typeAt: known((node) => checker.getTypeAtLocation(node) ?? unknown()),
    typeOf: known((symbol, at) => checker.getTypeOfSymbolAtLocation(symbolOf(symbol), at)),
    symbolAt: known((node) => named(checker.getSymbolAtLocation(node))),
    defaultExportOf: (file) => {
      const module = checker.getSymbolAtLocation(file)
      return module === undefined
        ? undefined
        : named(checker.getMemberInModuleExports(module, "default"))
    },
    declarationOf,
    isOptional: (symbol) => (symbolOf(symbol).flags & SymbolFlags.Optional) !== 0,
    documentationOf: known((symbol) => documented(packages, checker, symbolOf(symbol))),
    is: (type, kind) => (type.flags & kinds[kind]) !== 0,
    propertiesOf: known((type) => checker.getPropertiesOfType(typeOf(type))),
    propertyOf: (type, name) => checker.getPropertyOfType(typeOf(type), name),
    expectedAt: (node) => checker.getContextualType(node),
    present: known((type) => checker.getNonNullableType(typeOf(type)) ?? type),
    textOf: known((type) =>
      checker.typeToString(
        typeOf(type),
        undefined,
        NodeBuilderFlags.NoTruncation | NodeBuilderFlags.UseAliasDefinedOutsideCurrentScope
      )
    ),
    membersOf: known((type) => {
      const found = typeOf(type)
      return found.isUnionType() ? found.getTypes() : [found]
    }),
    literalOf: (type) => {
      const found = typeOf(type)
      return found.isStringLiteralType() ? found.value : undefined
    },
    isCalled: (type) => called(type).length > 0,
    parametersOf: (type) => called(type).flatMap((signature) => signature.getParameters()),
    isList: (type) => checker.isArrayType(typeOf(type)) || checker.isTupleType(typeOf(type)),
    tupleOf: (type) =>
      checker.isTupleType(typeOf(type))
        ? checker.getTypeArguments(type as native.TypeReference)
        : undefined,
    indexed: (type, by) =>
      checker
        .getIndexInfosOfType(typeOf(type))
        .find(
          ({ keyType }) => (keyType.flags & TypeFlags[by === "number" ? "Number" : "String"]) !== 0
        )?.valueType
  }
}

/**
 * A member of several types at once has the words of all of them: here are those of the first that
 * has any.
 */
const documented = (packages: Packages, checker: native.Checker, symbol: native.Symbol): string => {
  if (symbol.declarations.length < 2) return inherited(checker, symbol)
  for (const handle of symbol.declarations.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const node = handle.resolve()
    const { isPropertyAssignment, isPropertySignatureDeclaration } = packages.ast
    if (node === undefined || !(isPropertySignatureDeclaration(node) || isPropertyAssignment(node)))
      continue
    const member = checker.getSymbolAtLocation(node.name)
    const words = member === undefined ? "" : inherited(checker, member)
    if (words !== "") return words
  }
  return ""
}

/** The words of a member, or those of the member that it overrides. */
const inherited = (checker: native.Checker, symbol: native.Symbol): string => {
  const words = symbol.getDocumentationComment(checker)
  const parent = words === "" ? symbol.getParent() : undefined
  const type = parent === undefined ? undefined : checker.getDeclaredTypeOfSymbol(parent)
  for (const base of type?.isClassOrInterface() === true ? checker.getBaseTypes(type) : []) {
    const above = checker.getPropertyOfType(base, symbol.name)
    if (above !== undefined) return inherited(checker, above)
  }
  return words
}

/** A function that keeps what it found for its first argument. */
const known = <K extends object, Rest extends ReadonlyArray<unknown>, A>(
  find: (key: K, ...rest: Rest) => A
): ((key: K, ...rest: Rest) => A) => {
  const found = new Map<K, A>()
  return (key, ...rest) => {
    const before = found.get(key)
    if (before !== undefined || found.has(key)) return before as A
    const answer = find(key, ...rest)
    found.set(key, answer)
    return answer
  }
}

const once = <A>(make: () => A): (() => A) => {
  let made: { readonly value: A } | undefined
  return () => (made ??= { value: make() }).value
}
