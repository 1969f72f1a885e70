/** Which compiler a file is read by, and as what. */
import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { optionalPackage, PackageMissing } from "../../runtime/PackageMissing.ts"
import type { Compiler, CompilerSettings } from "./Compiler.ts"
import { nativeCompiler } from "./nativeCompiler.ts"
import { SourceError } from "./SourceError.ts"

/** Has a file compiled, and what is wanted of it read. */
export type ReadWith = <A>(path: string, read: (compiler: Compiler) => A) => Promise<A>

/**
 * Reads a file with the options of the nearest tsconfig.json, or of a strict modern project where
 * there is none: with the project's own TypeScript where that is the native one, which takes a
 * quarter of the time, else with the one that ts-morph brings along.
 */
export const readWithCompiler: ReadWith = async (path, read) => {
  const compiler = nativeCompiler(path, settingsFor(path))
  if (compiler === undefined) return readWithJavascriptCompiler(path, read)
  try {
    using native = compiler
    return read(native)
  } catch (thrown) {
    if (thrown instanceof SourceError) throw thrown
    // The native compiler calls what it answers with unstable: a later version may answer otherwise.
    return readWithJavascriptCompiler(path, read).catch((second: unknown) => {
      throw second instanceof PackageMissing ? thrown : second
    })
  }
}

/** Reads a file with the compiler in JavaScript, whichever TypeScript the project has. */
export const readWithJavascriptCompiler: ReadWith = async (path, read) => {
  const { javascriptCompiler } = await import("./javascriptCompiler.ts").catch(
    optionalPackage(wanted(path), "Reading a pipeline's source", "@ts-morph/common")
  )
  return read(javascriptCompiler(path, settingsFor(path)))
}

/** What a project lacks in which no compiler is found. */
const wanted = (path: string): string => {
  try {
    createRequire(path).resolve("typescript/package.json")
    return "ts-morph"
  } catch {
    return "typescript"
  }
}

const settingsFor = (path: string): CompilerSettings => ({
  config: nearest("tsconfig.json", dirname(path)),
  // What the user chose stays; this only makes types tell all they know.
  fixed: {
    noEmit: true,
    noErrorTruncation: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    ...(/\.[cm]?jsx?$/.test(path) ? { allowJs: true, checkJs: true } : {})
  },
  strict: {
    strict: true,
    target: "es2024",
    lib: ["es2024", "esnext.disposable", "esnext.array", "esnext.iterator"],
    module: "nodenext",
    moduleResolution: "nodenext",
    exactOptionalPropertyTypes: true
  }
})

const nearest = (name: string, directory: string): string | undefined => {
  const path = join(directory, name)
  if (existsSync(path)) return path
  const above = dirname(directory)
  return above === directory ? undefined : nearest(name, above)
}
