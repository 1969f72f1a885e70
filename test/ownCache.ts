/**
 * Gives each test file a cache directory of its own, so that nothing is remembered from file to
 * file, nor in the user's own.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"

const directory = mkdtempSync(join(tmpdir(), "distilabel-cache-"))
process.env["DISTILABEL_CACHE_DIR"] = directory
afterAll(() => rmSync(directory, { recursive: true, force: true }))
