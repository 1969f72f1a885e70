/** Temporary folders of tests lie in one, which goes when they are through. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export default (): (() => void) => {
  const folder = mkdtempSync(join(tmpdir(), "distilabel-tests-"))
  process.env["TMPDIR"] = folder
  // A process that a test has left may still write into it.
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
