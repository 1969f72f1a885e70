/**
 * Source files under a compiler's eyes: a module, and what it imports from files beside it. Nothing
 * of them is run.
 */
import { existsSync, statSync } from "node:fs"
import { resolve } from "node:path"
import { fileURLToPath } from "node:url"
import type { Compiler, SourceFile } from "../compilers/Compiler.ts"
import { SourceError } from "../compilers/SourceError.ts"

export interface SourceProject {
  readonly compiler: Compiler
  readonly file: SourceFile
  /** The module and the files that it imports by relative paths, directly or not. */
  readonly files: ReadonlyArray<SourceFile>
}

/** A module's full path, where there is one that can be looked at. */
export const modulePath = (path: string): string => {
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
  return full
}

/** The files of a module that a compiler has read. */
export const projectOf = (compiler: Compiler, path: string): SourceProject => {
  const file = compiler.fileOf(path)!
  return { compiler, file, files: filesFrom(compiler, file) }
}

/**
 * Where this library is, as sources and built: its own files are not the user's, however they are
 * imported.
 */
const library = ["../../../src/", "../../../dist/"].map((folder) =>
  fileURLToPath(new URL(folder, import.meta.url))
    .replaceAll("\\", "/")
    .toLowerCase()
)

/** Whether a file, by its path, is none that the user writes. */
export const isLibrary = (path: string): boolean =>
  /\.d\.[cm]?ts$|\/node_modules\//.test(path) ||
  // A compiler may spell paths in small letters where the disk takes them for the same.
  library.some((folder) => path.toLowerCase().startsWith(folder))

const filesFrom = ({ checker, fileOf, is }: Compiler, start: SourceFile): Array<SourceFile> => {
  const found = new Map([[start.fileName, start]])
  for (const file of found.values()) {
    for (const statement of file.statements) {
      if (!is.isImportDeclaration(statement) && !is.isExportDeclaration(statement)) continue
      const from = statement.moduleSpecifier
      if (from === undefined || !is.isStringLiteral(from) || !from.text.startsWith(".")) continue
      const module = checker.symbolAt(from)
      const path = module === undefined ? undefined : checker.declarationOf(module)?.file
      const target = path === undefined || isLibrary(path) ? undefined : fileOf(path)
      if (target !== undefined) found.set(target.fileName, target)
    }
  }
  return [...found.values()]
}
