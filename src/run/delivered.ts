/**
 * Runs whose results go to an object store: they work in a folder of this machine, where journal
 * and locks are, and upload it at their end.
 */
import { hash } from "node:crypto"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { cacheDirectory } from "../data/rows/cacheDirectory.ts"
import { DataError } from "../data/rows/DataError.ts"
import { isAddress } from "../data/stores/storeAddress.ts"
import type { RunError } from "../engine/local/runErrors.ts"
import { runsOf } from "../engine/local/runFolder.ts"
import { optionProblems } from "../engine/local/runRanges.ts"
import type { AnyRunOptions } from "../engine/local/RunSettings.ts"
import { lockRun } from "../journal/RunLock.ts"
import { RunUpload } from "./RunUpload.ts"

/** Has a run work where it can, and its results where they are wanted. */
export const delivered = <A, R>(
  pipeline: string,
  options: AnyRunOptions,
  isTrial: boolean,
  run: (options: AnyRunOptions) => Effect.Effect<A, RunError, R>
): Effect.Effect<A, RunError, R> => {
  const { outputDir: address } = options
  // What is wrong with options the run says itself.
  if (typeof address !== "string" || !isAddress(address) || optionProblems(options).length > 0)
    return run(options)
  const cacheDir = cacheDirectory(options.cacheDir)
  const notes = join(cacheDir, "uploads", nameOf(address))
  const directory = join(runsOf(cacheDir, pipeline), nameOf(address))
  const local = { ...options, outputDir: directory }
  // What is only tried stays here.
  if (isTrial) return run(local)
  const told = <B>(request: () => Promise<B>): Effect.Effect<B, DataError> =>
    Effect.tryPromise({
      try: request,
      catch: (thrown) => DataError.of("write", address, thrown)
    })
  return Effect.scoped(
    Effect.gen(function* () {
      yield* Effect.try({
        try: () => mkdirSync(notes, { recursive: true }),
        catch: (thrown) => DataError.of("write", notes, thrown)
      })
      // Over the upload too: no other run changes the files meanwhile.
      yield* lockRun(notes, pipeline)
      const upload = yield* told(() => RunUpload.open(address, notes))
      const result = yield* Effect.onExit(run(local), (exit) =>
        Exit.isSuccess(exit) ? Effect.void : Effect.ignore(told(() => upload.abandon()))
      )
      yield* told(() => upload.upload(directory))
      return result
    })
  )
}

/** A name for an address that people recognize and no other address has. */
const nameOf = (address: string): string => {
  const plain = address.replace(/\/+$/, "")
  return `${plain.replaceAll(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60)}-${hash("sha256", plain).slice(0, 8)}`
}
