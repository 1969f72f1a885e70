/** TypeScript's compiler in JavaScript, as ts-morph brings it along. */
import { dirname } from "node:path"
import { ts } from "@ts-morph/common"
import type {
  Checker,
  Compiler,
  CompilerSettings,
  Declaration,
  Diagnostic,
  Node,
  SourceFile,
  SourceSymbol,
  SourceType,
  Syntax,
  TypeKind
} from "./Compiler.ts"
import { compilerHost } from "./compilerHost.ts"
import { narrowProgram } from "./narrowDoors.ts"
import { shownPath } from "./shownPath.ts"
import { SourceError } from "./SourceError.ts"

export const javascriptCompiler = (path: string, settings: CompilerSettings): Compiler => {
  const options = optionsFrom(path, settings)
  const program = narrowProgram(path, options, compilerHost(options))
  return {
    is: syntax,
    checker: javascriptChecker(program.getTypeChecker()),
    fileOf: (file) => ours(program.getSourceFile(file)),
    syntaxProblems: (file) => program.getSyntacticDiagnostics(theirs(file)).map(diagnosticOf),
    typeProblems: (file) => program.getSemanticDiagnostics(theirs(file)).map(diagnosticOf),
    [Symbol.dispose]: () => {}
  }
}

// Nodes of both compilers have the same members; their kinds have other numbers, so that each compiler must be asked what a node is.
const syntax = ts as unknown as Syntax
const ours = <A extends Node | SourceFile | undefined>(node: ts.Node | undefined): A =>
  node as unknown as A
const theirs = <A extends ts.Node>(node: Node): A => node as unknown as A

const optionsFrom = (
  path: string,
  { config, fixed, strict }: CompilerSettings
): ts.CompilerOptions => {
  // The module says which files belong to it: no folder is searched for them.
  const host = { ...ts.sys, readDirectory: () => [] }
  if (config === undefined) {
    const json = { compilerOptions: { ...strict, ...fixed } }
    return ts.parseJsonConfigFileContent(json, host, dirname(path)).options
  }
  const { config: json = {}, error } = ts.readConfigFile(config, ts.sys.readFile)
  if (error !== undefined)
    throw new SourceError({
      path,
      detail: `its tsconfig.json (${shownPath(config)}) cannot be read: ${ts.flattenDiagnosticMessageText(error.messageText, "\n")}`
    })
  const options = { ...json.compilerOptions, ...fixed }
  const whole = { ...json, compilerOptions: options }
  return ts.parseJsonConfigFileContent(whole, host, dirname(config), undefined, config).options
}

const diagnosticOf = ({ code, length = 0, messageText, start = 0 }: ts.Diagnostic): Diagnostic => ({
  start,
  end: start + length,
  code,
  lines: ts
    .flattenDiagnosticMessageText(messageText, "\n")
    .split("\n")
    .map((line) => line.trim())
})

const kinds: Readonly<Record<TypeKind, ts.TypeFlags>> = {
  any: ts.TypeFlags.Any,
  never: ts.TypeFlags.Never,
  null: ts.TypeFlags.Null,
  object: ts.TypeFlags.Object,
  undefined: ts.TypeFlags.Undefined,
  unknown: ts.TypeFlags.Unknown
}

/** The checker of a program, as reading asks it. */
export const javascriptChecker = (checker: ts.TypeChecker): Checker => {
  const typeOf = (type: SourceType): ts.Type => type as ts.Type
  const symbolOf = (symbol: SourceSymbol): ts.Symbol => symbol as ts.Symbol
  const named = (symbol: ts.Symbol | undefined): SourceSymbol | undefined =>
    symbol === undefined
      ? undefined
      : (((symbol.flags & ts.SymbolFlags.Alias) === 0
          ? symbol
          : checker.getAliasedSymbol(symbol)) as SourceSymbol)
  const symbols = (found: ReadonlyArray<ts.Symbol>) => found as ReadonlyArray<SourceSymbol>
  return {
    typeAt: (node) => checker.getTypeAtLocation(theirs(node)),
    typeOf: (symbol, at) => checker.getTypeOfSymbolAtLocation(symbolOf(symbol), theirs(at)),
    symbolAt: (node) => named(checker.getSymbolAtLocation(theirs(node))),
    defaultExportOf: (file) => {
      const module = checker.getSymbolAtLocation(theirs(file))
      return module === undefined
        ? undefined
        : named(checker.tryGetMemberInModuleExports("default", module))
    },
    declarationOf: (symbol): Declaration | undefined => {
      const node = symbolOf(symbol).getDeclarations()?.[0]
      return node === undefined
        ? undefined
        : { file: node.getSourceFile().fileName, node: () => ours(node) }
    },
    isOptional: (symbol) => (symbolOf(symbol).flags & ts.SymbolFlags.Optional) !== 0,
    documentationOf: (symbol) => documented(checker, symbolOf(symbol)),
    is: (type, kind) => (type.flags & kinds[kind]) !== 0,
    propertiesOf: (type) => symbols(checker.getPropertiesOfType(typeOf(type))),
    propertyOf: (type, name) =>
      checker.getPropertyOfType(typeOf(type), name) as SourceSymbol | undefined,
    expectedAt: (node) => checker.getContextualType(theirs<ts.Expression>(node)),
    present: (type) => checker.getNonNullableType(typeOf(type)),
    textOf: (type) =>
      checker.typeToString(
        typeOf(type),
        undefined,
        ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope
      ),
    membersOf: (type) => {
      const found = typeOf(type)
      return found.isUnion() ? found.types : [found]
    },
    literalOf: (type) => {
      const found = typeOf(type)
      return found.isStringLiteral() ? found.value : undefined
    },
    isCalled: (type) => typeOf(type).getCallSignatures().length > 0,
    parametersOf: (type) =>
      symbols(
        typeOf(type)
          .getCallSignatures()
          .flatMap((signature) => signature.getParameters())
      ),
    isList: (type) => checker.isArrayType(typeOf(type)) || checker.isTupleType(typeOf(type)),
    tupleOf: (type) =>
      checker.isTupleType(typeOf(type))
        ? checker.getTypeArguments(type as ts.TypeReference)
        : undefined,
    indexed: (type, by) =>
      checker.getIndexTypeOfType(
        typeOf(type),
        by === "number" ? ts.IndexKind.Number : ts.IndexKind.String
      )
  }
}

/**
 * A member of several types at once has the words of all of them: here are those of the first that
 * has any.
 */
const documented = (checker: ts.TypeChecker, symbol: ts.Symbol): string => {
  const words = (of: ts.Symbol | undefined): string =>
    ts.displayPartsToString(of?.getDocumentationComment(checker))
  const declarations = symbol.getDeclarations() ?? []
  if (declarations.length < 2) return words(symbol)
  const path = (node: ts.Node): string => node.getSourceFile().fileName
  return (
    declarations
      .toSorted((a, b) => (path(a) < path(b) ? -1 : 1))
      .filter((node) => ts.isPropertySignature(node) || ts.isPropertyAssignment(node))
      .map((node) => words(checker.getSymbolAtLocation(node.name)))
      .find((text) => text !== "") ?? ""
  )
}
