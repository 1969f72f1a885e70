/** The one place that knows of `node:sqlite`. */
import type { DatabaseSync } from "node:sqlite"

/**
 * Opens a database file, made if it is not there. A lock held by another process is waited for up
 * to `patienceMs`.
 */
export const openDatabase = (path: string, patienceMs = 0): DatabaseSync =>
  new (sqlite().DatabaseSync)(path, { timeout: patienceMs })

/**
 * Node 22 warns of SQLite as experimental when it is loaded. What is used here has stayed as it
 * was, and nobody who runs a pipeline could do anything about it.
 */
const sqlite = () => {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return process.getBuiltinModule("node:sqlite")
  } finally {
    process.emitWarning = emitWarning
  }
}
