/** Compiling one program against the declarations of the library, and reading what the compiler counted. */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { door } from "./fixtures.ts"

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..")
const tsc = join(root, "node_modules", "typescript", "bin", "tsc")

/** What the compiler counted, and what it said. */
export interface Counts {
  readonly instantiations: number
  readonly types: number
  readonly errors: ReadonlyArray<string>
}

/** A workshop: a folder with the library's declarations, in which programs are compiled one at a time. */
export interface Workshop {
  readonly compile: (name: string, source: string) => Counts
}

/** Makes the declarations once, gives the workshop to `use`, and clears it away afterwards. */
export const withWorkshop = <A>(use: (workshop: Workshop) => A): A => {
  // Inside the repository, so that the compiler finds effect and the types of node.
  const folder = mkdtempSync(join(root, "bench", "types", ".workshop-"))
  try {
    declare(folder)
    return use({ compile: (name, source) => compiled(folder, name, source) })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

// Declarations rather than sources: what users get, and what other rooms do inside their functions changes no count.
const declare = (folder: string): void => {
  const settings = {
    extends: "../../../tsconfig.json",
    compilerOptions: { noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: "../../../src", outDir: "library" },
    files: ["../../../src/index.ts"],
    include: [],
    exclude: []
  }
  writeFileSync(join(folder, "declare.json"), JSON.stringify(settings))
  run(folder, ["-p", "declare.json"])
  mkdirSync(join(folder, "programs"))
}

const compiled = (folder: string, name: string, source: string): Counts => {
  const file = join("programs", `${name}.ts`)
  writeFileSync(join(folder, file), source.replaceAll(`"${door}"`, "\"../library/index.ts\""))
  const settings = { extends: "../../../tsconfig.json", files: [file], include: [], exclude: [] }
  writeFileSync(join(folder, "compile.json"), JSON.stringify(settings))
  // One thread: several checkers would share out the work, and count differently from run to run.
  const text = run(folder, ["-p", "compile.json", "--extendedDiagnostics", "--singleThreaded", "--pretty", "false"])
  return {
    instantiations: counted(text, "Instantiations"),
    types: counted(text, "Types"),
    errors: text.split("\n").filter((line) => /: error TS\d+|^error TS\d+/.test(line))
  }
}

const counted = (text: string, what: string): number => {
  const digits = new RegExp(`^${what}:\\s+(\\d+)`, "m").exec(text)?.[1]
  if (digits === undefined) throw new Error(`tsc told no ${what}:\n${text}`)
  return Number(digits)
}

const run = (cwd: string, args: ReadonlyArray<string>): string => {
  const { error, stderr, stdout } = spawnSync(process.execPath, [tsc, ...args], { cwd, encoding: "utf8" })
  if (error !== undefined) throw error
  return stdout + stderr
}
