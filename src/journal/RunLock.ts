/**
 * Run locks: one run at a time writes to a folder. The system gives a lock back when its process
 * ends, however it ends.
 */
import { readFileSync, realpathSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { DatabaseSync } from "node:sqlite"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { clearWay } from "../disk/clearWay.ts"
import { JournalError } from "./JournalError.ts"
import { openDatabase } from "./sqlite.ts"

/** Another run is writing to the folder. */
export class RunLocked extends Schema.TaggedError<RunLocked>()("RunLocked", {
  pipeline: Schema.String,
  directory: Schema.String,
  /** The process that holds the lock, as far as known. */
  holder: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const who = this.holder === undefined ? "Another run" : `Another run (${this.holder})`
    return (
      `${who} of pipeline '${this.pipeline}' is writing to '${this.directory}'. Wait until it ends, stop it, or give another outputDir: ` +
      "answers of models are shared between runs, so that none is paid for twice."
    )
  }
}

/** Holds a folder, which must be there, for a run as long as the scope lives. */
export const lockRun = (
  directory: string,
  pipeline: string
): Effect.Effect<void, RunLocked | JournalError, Scope.Scope> => {
  const holderPath = join(directory, ".lock-holder")
  return Effect.asVoid(
    Effect.acquireRelease(
      Effect.try({
        try: () => {
          const held = realpathSync(directory)
          const locked = (): RunLocked =>
            new RunLocked({ pipeline, directory, ...holder(holderPath) })
          // A process that opens the file of a lock of its own loses that lock when it closes it.
          if (heldHere.has(held)) throw locked()
          emptied(join(directory, ".lock"))
          const database = openDatabase(join(directory, ".lock"))
          try {
            database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
          } catch (thrown) {
            database.close()
            throw isBusy(thrown) ? locked() : thrown
          }
          heldHere.set(held, database)
          tellHolder(holderPath)
          return held
        },
        catch: (thrown) =>
          thrown instanceof RunLocked ? thrown : JournalError.of("lock", directory, thrown)
      }),
      (held) =>
        Effect.sync(() => {
          heldHere.get(held)?.close()
          heldHere.delete(held)
        })
    )
  )
}

/**
 * Folders that this process holds, each with what locks it: a database that nobody reaches any more
 * is closed by the garbage collector, and a fiber that only waits is reached by nobody.
 */
const heldHere = new Map<string, DatabaseSync>()

/**
 * The lock is on the file, which stays empty: whatever stands in it came from elsewhere. Locks of
 * other processes outlast this.
 */
const emptied = (path: string): void => {
  clearWay(path)
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0) truncateSync(path)
  // Of a database that was never written to there is none.
  for (const ending of ["-journal", "-wal", "-shm"])
    rmSync(path + ending, { recursive: true, force: true })
}

const isBusy = (thrown: unknown): boolean =>
  thrown instanceof Error && /locked|busy/i.test(thrown.message)

/** For messages only: a run does without. */
const tellHolder = (path: string): void => {
  try {
    clearWay(path)
    writeFileSync(path, `process ${process.pid}, since ${new Date().toISOString()}`)
  } catch {
    // The run says itself what it cannot write.
  }
}

const holder = (path: string): { readonly holder?: string } => {
  try {
    const text = readFileSync(path, "utf8").trim()
    return /^process \d+, since [\d:.TZ-]+$/.test(text) ? { holder: text } : {}
  } catch {
    return {}
  }
}
