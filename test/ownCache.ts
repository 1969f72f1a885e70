/**
 * Gives each test file a cache directory and an environment of its own, so that nothing is
 * remembered from file to file, nor in the user's own cache.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"

const before = { ...process.env }
const directory = mkdtempSync(join(tmpdir(), "distilabel-cache-"))
process.env["DISTILABEL_CACHE_DIR"] = directory
afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
  // The next file may be tested by the same worker.
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
  Object.assign(process.env, before)
})
