/** Run locks: one run at a time writes to a folder. The system gives a lock back when its process ends, however it ends. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { openDatabase } from "./sqlite.ts"
import { JournalError } from "./JournalError.ts"

/** Another run is writing to the folder. */
export class RunLocked extends Schema.TaggedError<RunLocked>()("RunLocked", {
  pipeline: Schema.String,
  directory: Schema.String,
  /** The process that holds the lock, as far as known. */
  holder: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const who = this.holder === undefined ? "Another run" : `Another run (${this.holder})`
    return `${who} of pipeline '${this.pipeline}' is writing to '${this.directory}'. Wait until it ends, stop it, or give another outputDir: ` +
      "answers of models are shared between runs, so that none is paid for twice."
  }
}

/** Holds a folder, which must be there, for a run as long as the scope lives. */
export const lockRun = (directory: string, pipeline: string): Effect.Effect<void, RunLocked | JournalError, Scope.Scope> => {
  const holderPath = join(directory, ".lock-holder")
  return Effect.asVoid(Effect.acquireRelease(
    Effect.try({
      try: () => {
        const database = openDatabase(join(directory, ".lock"))
        try {
          database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
        } catch (thrown) {
          database.close()
          throw isBusy(thrown) ? new RunLocked({ pipeline, directory, ...holder(holderPath) }) : thrown
        }
        writeFileSync(holderPath, `process ${process.pid}, since ${new Date().toISOString()}`)
        return database
      },
      catch: (thrown) => thrown instanceof RunLocked ? thrown : JournalError.of("lock", directory, thrown)
    }),
    (database) => Effect.sync(() => database.close())
  ))
}

const isBusy = (thrown: unknown): boolean => thrown instanceof Error && /locked|busy/i.test(thrown.message)

const holder = (path: string): { readonly holder?: string } => {
  try {
    return { holder: readFileSync(path, "utf8").trim() }
  } catch {
    return {}
  }
}
