/**
 * A program's code, packed for workers that do not have it: the files of its module's folder lie
 * with the run, and a worker puts them beside its own packages. Secrets are no part of it.
 */
import { createHash } from "node:crypto"
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync
} from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import * as Effect from "effect/Effect"
import { DataError } from "../data/rows/DataError.ts"
import { makeFolder } from "../disk/makeFolder.ts"
import { writerName } from "../journal/writers.ts"
import { InvalidPipeline, NotInCluster } from "../pipeline/problems.ts"
import { redacted } from "../secrets/redact.ts"
import { OtherVersion } from "./problems.ts"
import type { Program } from "./RunPlan.ts"

const mostBytes = 20e6

/** Hidden files among them: `.env`, `.git`, `.npmrc`. */
const leftOut = /^(\.|node_modules$)|\.(pem|key|p12|pfx)$/i

/** What a run leaves in its folder, which is no code. */
const ofRuns = ["run.json", ".checkpoints"]

/** A file, by its path in the folder that is packed. */
interface Packed {
  readonly name: string
  readonly from: string
}

const filesIn = (root: string, without: string): ReadonlyArray<Packed> => {
  const found: Array<Packed> = []
  const visit = (folder: string): void => {
    const entries = readdirSync(folder, { withFileTypes: true })
    if (folder !== root && entries.some(({ name }) => ofRuns.includes(name))) return
    for (const entry of entries) {
      const from = join(folder, entry.name)
      if (leftOut.test(entry.name) || from === without) continue
      if (entry.isDirectory()) visit(from)
      else if (entry.isFile()) found.push({ name: relative(root, from), from })
    }
  }
  visit(root)
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

const hashOf = (files: ReadonlyArray<Packed>): string => {
  const hash = createHash("sha256")
  for (const { from, name } of files)
    hash.update(`${name}\n${createHash("sha256").update(readFileSync(from)).digest("hex")}\n`)
  return hash.digest("hex").slice(0, 16)
}

/** Where packed code lies in the folder of a run. */
export const programFolder = "program"

const packedFolder = (folder: string, hash: string): string => join(folder, programFolder, hash)

/** Code that is ready to be packed. */
export interface Code {
  readonly hash: string
  /** Lays it into the folder of the run, once. */
  readonly lay: Effect.Effect<void, DataError>
}

/**
 * The code of a program, which is to lie in the folder of its run. Refuses what is too large, and a
 * file that holds a secret of this process.
 */
export const codeOf = Effect.fnUntraced(function* (
  pipeline: string,
  folder: string,
  { source }: Pick<Program, "source">
): Effect.fn.Return<Code, InvalidPipeline | DataError> {
  const root = resolve(dirname(source))
  const refused = (why: string): InvalidPipeline =>
    new InvalidPipeline({
      pipeline,
      problems: [new NotInCluster({ detail: `cannot pack its code: ${why}` })]
    })
  const { files, hash, secret, size } = yield* Effect.try({
    try: () => {
      const all = filesIn(root, resolve(folder))
      const total = all.reduce((sum, { from }) => sum + statSync(from).size, 0)
      return total > mostBytes
        ? { files: all, size: total, hash: "", secret: undefined }
        : { files: all, size: total, hash: hashOf(all), secret: all.find(holdsSecret) }
    },
    catch: (thrown) => DataError.of("read", root, thrown)
  })
  if (size > mostBytes)
    return yield* refused(
      `'${root}' holds ${megabytes(size)}, and at most ${megabytes(mostBytes)} are packed. Keep the module in a folder of its own, and data elsewhere`
    )
  if (secret !== undefined)
    return yield* refused(
      `'${secret.from}' holds a secret. Read it from the environment of the workers instead`
    )
  return {
    hash,
    lay: Effect.try({
      try: () => laid(files, packedFolder(folder, hash)),
      catch: (thrown) => DataError.of("write", folder, thrown)
    })
  }
})

const holdsSecret = ({ from }: Packed): boolean => {
  const text = readFileSync(from, "utf8")
  return redacted(text) !== text
}

const megabytes = (size: number): string => `${(size / 1e6).toFixed(1)} MB`

/** Copies files into a folder, which is there as a whole or not at all. */
const laid = (files: ReadonlyArray<Packed>, to: string): void => {
  if (existsSync(to)) return
  const partial = `${to}.${writerName()}.partial`
  for (const { from, name } of files) {
    mkdirSync(dirname(join(partial, name)), { recursive: true })
    copyFileSync(from, join(partial, name))
  }
  try {
    renameSync(partial, to)
  } catch (thrown) {
    rmSync(partial, { recursive: true, force: true })
    if (!existsSync(to)) throw thrown
  }
}

/**
 * A program as this machine is to load it: its own files where it has them, else those that are
 * packed, put beside its packages. Throws an OtherVersion if these are not what was packed.
 */
export const programHere = (folder: string, program: Program): Program => {
  const { bind, packed, source } = program
  if (packed === undefined || existsSync(source)) return program
  const unpacked = resolve(join(".distilabel-ts", packed))
  const wrong = (here: string): OtherVersion =>
    new OtherVersion({
      folder,
      what: "code of hash",
      planned: packed,
      here,
      fix: `Remove '${unpacked}', and have the run packed again.`
    })
  makeFolder(dirname(unpacked))
  const from = packedFolder(folder, packed)
  if (!existsSync(unpacked) && !existsSync(from)) throw wrong("not there")
  if (!existsSync(unpacked)) laid(filesIn(from, ""), unpacked)
  const hash = hashOf(filesIn(unpacked, ""))
  if (hash !== packed) throw wrong(hash)
  const moved = (path: string): string => join(unpacked, relative(dirname(source), path))
  return { ...program, source: moved(source), ...(bind === undefined ? {} : { bind: moved(bind) }) }
}
