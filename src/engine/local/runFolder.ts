/** The folder of a run: which it is, and how a run takes it. */
import { join } from "node:path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { clearUnfinishedArtifacts } from "../../data/distiset/artifacts.ts"
import { DataError } from "../../data/rows/DataError.ts"
import { isAddress } from "../../data/stores/storeAddress.ts"
import { makeFolder } from "../../disk/makeFolder.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { lockRun, type RunLocked } from "../../journal/RunLock.ts"
import { clearSpilled } from "../nodes/SpilledRows.ts"
import type { Prepared } from "./prepared.ts"

/**
 * Makes the folder of a run and locks it as long as the scope lives, unless nobody else can know
 * it; gives its path.
 */
export const openFolder = Effect.fnUntraced(function* (
  pipeline: string,
  run: Prepared,
  outputDir: string | undefined,
  { isTrial, isUnseen }: { readonly isTrial: boolean; readonly isUnseen: boolean }
): Effect.fn.Return<string, DataError | JournalError | RunLocked, Scope.Scope> {
  const directory =
    outputDir === undefined
      ? join(runsOf(run.cacheDir, pipeline), yield* nameOf(run))
      : isTrial
        ? join(outputDir, "dry-run")
        : outputDir
  const written = (write: () => void): Effect.Effect<void, DataError> =>
    Effect.try({ try: write, catch: (thrown) => DataError.of("write", directory, thrown) })
  if (isAddress(directory))
    return yield* new DataError({
      action: "write",
      path: directory,
      detail:
        "a run works in a folder of this machine, where its journal and locks are. Give the path of one."
    })
  yield* written(() => makeFolder(directory))
  if (!isUnseen) yield* lockRun(directory, pipeline)
  yield* written(() => {
    clearSpilled(directory)
    clearUnfinishedArtifacts(directory)
  })
  return directory
})

/** Where the runs of a pipeline are that get no folder from who starts them. */
export const runsOf = (cacheDir: string, pipeline: string): string =>
  join(cacheDir, "runs", pipeline.replaceAll(/[^\p{L}\p{N}._-]/gu, "_"))

/** Runs of the same graph share a folder; any other has one of its own. */
const nameOf = ({ continues, identity }: Prepared): Effect.Effect<string> =>
  continues
    ? Effect.succeed(identity.signature.slice(0, 12))
    : Effect.map(Clock.currentTimeMillis, (now) => {
        const stamp = new Date(now).toISOString().replaceAll(/[:.]/g, "-")
        return `${stamp}-${Math.random().toString(36).slice(2, 6)}`
      })
