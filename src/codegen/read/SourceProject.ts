/**
 * Source files under TypeScript's eyes: a module, what it imports from files beside it, and the
 * checker that knows their types. Nothing of them is run.
 */
import { existsSync, statSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { createWrappedNode, type Node, type SourceFile, ts } from "ts-morph"
import { compilerHost } from "./compilerHost.ts"
import { SourceError } from "./SourceError.ts"
import type { SourcePlace } from "./SourceReport.ts"

export interface SourceProject {
  readonly file: SourceFile
  /** The module and the files that it imports by relative paths, directly or not. */
  readonly files: ReadonlyArray<SourceFile>
  readonly program: ts.Program
  readonly checker: ts.TypeChecker
}

/**
 * Opens a module with the compiler options of the nearest tsconfig.json, or of a strict modern
 * project where there is none.
 */
export const openSource = (path: string): SourceProject => {
  const full = resolve(path)
  if (!existsSync(full))
    throw new SourceError({
      path,
      detail:
        "there is no such file. Check the path; a relative one starts at the folder you are in."
    })
  if (statSync(full).isDirectory())
    throw new SourceError({
      path,
      detail: "it is a folder. Give the file whose default export is a pipeline."
    })
  if (!/\.[cm]?[jt]sx?$/.test(full))
    throw new SourceError({
      path,
      detail:
        "it is no module. Give a .ts, .mts, .js or .mjs file whose default export is a pipeline."
    })
  const options = optionsFor(full, path)
  const program = ts.createProgram({ rootNames: [full], options, host: compilerHost(options) })
  const checker = program.getTypeChecker()
  const sourceFile = program.getSourceFile(full)!
  // ts-morph's own projects parse every file with its documentation and link all nodes, which takes twice as long.
  const file = createWrappedNode(sourceFile, {
    compilerOptions: options,
    sourceFile,
    typeChecker: checker
  })
  return { file, files: filesFrom(file), program, checker }
}

const optionsFor = (file: string, path: string): ts.CompilerOptions => {
  const config = nearest("tsconfig.json", dirname(file))
  // What the user chose stays; what follows only makes types tell all they know.
  const always: ts.CompilerOptions = {
    noEmit: true,
    noErrorTruncation: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    ...(/\.[cm]?jsx?$/.test(file) ? { allowJs: true, checkJs: true } : {})
  }
  if (config === undefined) return { ...strict, ...always }
  const { config: json, error } = ts.readConfigFile(config, ts.sys.readFile)
  if (error !== undefined)
    throw new SourceError({
      path,
      detail: `its tsconfig.json (${shown(config)}) cannot be read: ${ts.flattenDiagnosticMessageText(error.messageText, "\n")}`
    })
  // The module says which files belong to it: no folder is searched for them.
  const host = { ...ts.sys, readDirectory: () => [] }
  return ts.parseJsonConfigFileContent(json, host, dirname(config), always, config).options
}

const strict: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2024,
  lib: [
    "lib.es2024.d.ts",
    "lib.esnext.disposable.d.ts",
    "lib.esnext.array.d.ts",
    "lib.esnext.iterator.d.ts"
  ],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  exactOptionalPropertyTypes: true
}

const nearest = (name: string, directory: string): string | undefined => {
  const path = join(directory, name)
  if (existsSync(path)) return path
  const above = dirname(directory)
  return above === directory ? undefined : nearest(name, above)
}

/**
 * Where this library is, as sources and built: its own files are not the user's, however they are
 * imported.
 */
const library = ["../../../src/", "../../../dist/"].map((folder) =>
  fileURLToPath(new URL(folder, import.meta.url)).replaceAll("\\", "/")
)

export const isLibrary = (file: SourceFile): boolean =>
  file.isDeclarationFile() ||
  file.isInNodeModules() ||
  library.some((folder) => file.getFilePath().startsWith(folder))

const filesFrom = (start: SourceFile): ReadonlyArray<SourceFile> => {
  const found = new Set([start])
  for (const file of found) {
    for (const declaration of [...file.getImportDeclarations(), ...file.getExportDeclarations()]) {
      if (declaration.getModuleSpecifierValue()?.startsWith(".") !== true) continue
      const target = declaration.getModuleSpecifierSourceFile()
      if (target !== undefined && !isLibrary(target)) found.add(target)
    }
  }
  return [...found]
}

/** A path as seen from here, if it lies below. */
export const shown = (path: string): string => {
  const way = relative(process.cwd(), path)
  return way.startsWith("..") || way === "" ? path : way
}

/** Where a node begins. */
export const placeOf = (node: Node): SourcePlace => placeAt(node.getSourceFile(), node.getStart())

export const placeAt = (file: SourceFile, position: number): SourcePlace => {
  const { column, line } = file.getLineAndColumnAtPos(position)
  return { file: shown(file.getFilePath()), line, column }
}
