/** The cache directory: where answers, outputs of steps and runs are kept. */
import { homedir } from "node:os"
import { join } from "node:path"
import * as Context from "effect/Context"

/**
 * The directory given, else `DISTILABEL_CACHE_DIR`, else `distilabel-ts` in the user's cache
 * folder.
 */
export const cacheDirectory = (given?: string): string =>
  given ??
  process.env["DISTILABEL_CACHE_DIR"] ??
  join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "distilabel-ts")

/** The cache directory of the run under way; undefined outside of any. */
export const CurrentCacheDirectory = Context.Reference<string | undefined>(
  "distilabel-ts/data/CacheDirectory",
  { defaultValue: () => undefined }
)
