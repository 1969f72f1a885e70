/**
 * Compiling programs against the declarations of the library, and reading what the compiler
 * counted.
 */
import { execFile } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { door } from "./fixtures.ts"

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..")
const tsc = join(root, "node_modules", "typescript", "bin", "tsc")

/** What the compiler counted, and what it said. */
export interface Counts {
  readonly instantiations: number
  readonly errors: ReadonlyArray<string>
}

/**
 * Compiles programs, each a project of its own. A build of many projects parses the library's
 * declarations once, and counts what each project costs by itself.
 */
export const compileAll = async (
  programs: ReadonlyArray<string>
): Promise<ReadonlyMap<string, Counts>> => {
  // Inside the repository, so that the compiler finds effect and the types of node.
  const folder = mkdtempSync(join(root, "bench", "types", ".workshop-"))
  try {
    await declare(folder)
    const builds = availableParallelism()
    const shares = Array.from({ length: builds }, (_, build) =>
      programs.filter((_program, i) => i % builds === build)
    )
    const counts = await Promise.all(
      shares.map((share, build) => built(folder, `build${build}`, share))
    )
    return new Map(shares.flatMap((share, b) => share.map((text, i) => [text, counts[b]![i]!])))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

// Declarations rather than sources: what users get, and what other rooms do inside their functions changes no count.
const declare = async (folder: string): Promise<void> => {
  mkdirSync(join(folder, "programs"))
  if (process.env["DISTILABEL_TEST_BUILD"] === "1") {
    // The build has just written them.
    cpSync(join(root, "dist"), join(folder, "library"), {
      recursive: true,
      filter: (path) => !/\.(?:js|map)$/.test(path)
    })
    return
  }
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
}

const built = async (
  folder: string,
  build: string,
  programs: ReadonlyArray<string>
): Promise<ReadonlyArray<Counts>> => {
  const names = programs.map((_, i) => `${build}-program${i}`)
  for (const [i, name] of names.entries()) {
    const file = join("programs", `${name}.ts`)
    writeFileSync(join(folder, file), programs[i]!.replaceAll(`"${door}"`, '"../library/index.ts"'))
    const settings = { extends: "../../../tsconfig.json", files: [file], include: [], exclude: [] }
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(settings))
  }
  // One thread: several checkers would share out the work, and count differently from run to run.
  const text = await run(folder, [
    "-b",
    ...names.map((name) => `${name}.json`),
    "--extendedDiagnostics",
    "--singleThreaded",
    "--pretty",
    "false"
  ])
  // The counts of each project follow its errors, in the order they were asked for; then come sums.
  const counted = [...text.matchAll(/^Instantiations:\s+(\d+)/gm)].map(([, digits]) =>
    Number(digits)
  )
  if (counted.length !== names.length)
    throw new Error(`tsc counted ${counted.length} of ${names.length} projects:\n${text}`)
  const errors = text.split("\n").filter((line) => /: error TS\d+|^error TS\d+/.test(line))
  return names.map((name, i) => ({
    instantiations: counted[i]!,
    errors: errors.filter((line) => line.startsWith(`programs/${name}.ts`))
  }))
}

/** What the compiler prints, whether it finds errors or not. */
const run = (cwd: string, args: ReadonlyArray<string>): Promise<string> =>
  new Promise((done, failed) => {
    execFile(
      process.execPath,
      [tsc, ...args],
      { cwd, encoding: "utf8", maxBuffer: 1 << 28 },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== "number") failed(error)
        else done(stdout + stderr)
      }
    )
  })
