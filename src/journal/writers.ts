/**
 * Writers: the processes that write files of a cache directory, told apart by the names of their
 * files.
 */
import { hash, randomBytes } from "node:crypto"
import { hostname } from "node:os"
import { basename } from "node:path"
import { fileAgeMs } from "../disk/fileAge.ts"
import { isRunning } from "../disk/isRunning.ts"

const host = hash("sha1", hostname()).slice(0, 8)

/** A name that sorts by time and says which process of which machine writes. */
export const writerName = (): string =>
  `${Date.now().toString(36).padStart(9, "0")}-${process.pid}-${host}-${randomBytes(3).toString("hex")}`

/** A writer on another machine counts as gone when its file has been still for so long. */
const stillMs = 5 * 60_000

/**
 * Whether the process that writes a file is there. A process of another machine cannot be seen: the
 * age of its file tells.
 */
export const isWriterLive = (path: string): boolean => {
  const [, pid, where] = basename(path).split(/[-.]/)
  if (where !== host) return fileAgeMs(path) < stillMs
  return isRunning(Number(pid))
}
