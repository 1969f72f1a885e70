/**
 * The compiler's view of the disk. It brings the declarations of the language along, and reads of
 * other packages only what types are made of: most of their text is documentation.
 */
import { getLibFiles, libFolderInMemoryPath, ts } from "@ts-morph/common"

export const compilerHost = (options: ts.CompilerOptions): ts.CompilerHost => {
  const host = ts.createCompilerHost(options)
  const brought = new Map(
    getLibFiles().map(({ fileName, text }) => [`${libFolderInMemoryPath}/${fileName}`, text])
  )
  // A program may be made anew, for a wider view of the same files.
  const known = new Map<string, ts.SourceFile>()
  const readFile = (path: string): string | undefined => brought.get(path) ?? host.readFile(path)
  return {
    ...host,
    readFile,
    fileExists: (path) => brought.has(path) || host.fileExists(path),
    getDefaultLibLocation: () => libFolderInMemoryPath,
    getDefaultLibFileName: (wanted) =>
      `${libFolderInMemoryPath}/${ts.getDefaultLibFileName(wanted)}`,
    getSourceFile: (path, version) => {
      const before = known.get(path)
      if (before !== undefined) return before
      const text = readFile(path)
      if (text === undefined) return undefined
      const settings = typeof version === "object" ? version : { languageVersion: version }
      const file = ts.createSourceFile(path, text, {
        ...settings,
        jsDocParsingMode: isForeign(path)
          ? ts.JSDocParsingMode.ParseNone
          : ts.JSDocParsingMode.ParseAll
      })
      known.set(path, file)
      return file
    }
  }
}

/** What is neither the user's nor this library's, whose docstrings are shown. */
const isForeign = (path: string): boolean => /.*\/node_modules\/(?!distilabel-ts\/)/.test(path)
