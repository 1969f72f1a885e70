/** The one place that knows of `node:sqlite`. */
import { DatabaseSync } from "node:sqlite"

/**
 * Opens a database file, made if it is not there. A lock held by another process is waited for up
 * to `patienceMs`.
 */
export const openDatabase = (path: string, patienceMs = 0): DatabaseSync =>
  new DatabaseSync(path, { timeout: patienceMs })
