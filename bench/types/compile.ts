/**
 * Compiling one program against the declarations of the library, and reading what the compiler
 * counted.
 */
import { execFile } from "node:child_process"
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

/**
 * A workshop: a folder with the library's declarations, in which programs are compiled, each on its
 * own.
 */
export interface Workshop {
  readonly compile: (source: string) => Promise<Counts>
}

/** Makes the declarations once, gives the workshop to `use`, and clears it away afterwards. */
export const withWorkshop = async <A>(use: (workshop: Workshop) => Promise<A>): Promise<A> => {
  // Inside the repository, so that the compiler finds effect and the types of node.
  const folder = mkdtempSync(join(root, "bench", "types", ".workshop-"))
  try {
    await declare(folder)
    let programs = 0
    return await use({ compile: (source) => compiled(folder, `program${programs++}`, source) })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

// Declarations rather than sources: what users get, and what other rooms do inside their functions changes no count.
const declare = async (folder: string): Promise<void> => {
  const settings = {
    extends: "../../../tsconfig.json",
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: "../../../src",
      outDir: "library"
    },
    files: ["../../../src/index.ts"],
    include: [],
    exclude: []
  }
  writeFileSync(join(folder, "declare.json"), JSON.stringify(settings))
  await run(folder, ["-p", "declare.json"])
  mkdirSync(join(folder, "programs"))
}

const compiled = async (folder: string, name: string, source: string): Promise<Counts> => {
  const file = join("programs", `${name}.ts`)
  writeFileSync(join(folder, file), source.replaceAll(`"${door}"`, '"../library/index.ts"'))
  const settings = { extends: "../../../tsconfig.json", files: [file], include: [], exclude: [] }
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(settings))
  // One thread: several checkers would share out the work, and count differently from run to run.
  const text = await run(folder, [
    "-p",
    `${name}.json`,
    "--extendedDiagnostics",
    "--singleThreaded",
    "--pretty",
    "false"
  ])
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

/** What the compiler prints, whether it finds errors or not. */
const run = (cwd: string, args: ReadonlyArray<string>): Promise<string> =>
  new Promise((done, failed) => {
    execFile(
      process.execPath,
      [tsc, ...args],
      // Its garbage is not worth collecting in so short a life.
      { cwd, encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, GOGC: "off" } },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== "number") failed(error)
        else done(stdout + stderr)
      }
    )
  })
