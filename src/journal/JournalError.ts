/**
 * What can go wrong with what is kept from run to run: answers of models, outputs of steps,
 * checkpoints.
 */
import * as Schema from "effect/Schema"

/** A file of the cache directory could not be read or written. */
export class JournalError extends Schema.TaggedError<JournalError>()("JournalError", {
  action: Schema.Literals(["open", "read", "write", "lock"]),
  path: Schema.String,
  detail: Schema.String
}) {
  /** From what a system call throws, in words a user knows. */
  static of(
    action: "open" | "read" | "write" | "lock",
    path: string,
    thrown: unknown
  ): JournalError {
    if (thrown instanceof JournalError) return thrown
    const { code, errcode, message } = thrown as NodeJS.ErrnoException & {
      readonly errcode?: number
    }
    return new JournalError({
      action,
      path,
      detail: causes[databaseCauses[(errcode ?? 0) & 255] ?? code ?? ""] ?? message
    })
  }

  override get message(): string {
    return `Cannot ${this.action} '${this.path}': ${this.detail}`
  }
}

/** What sqlite says of a disk, by the primary part of its code. */
const databaseCauses: Readonly<Record<number, string>> = {
  8: "EROFS",
  10: "EIO",
  13: "ENOSPC",
  14: "EACCES"
}

const causes: Readonly<Record<string, string>> = {
  EIO: "the disk is full, or fails. Make room and run again: what was answered before is kept.",
  EFBIG:
    "a file may not grow as large here. Raise the limit (ulimit -f) and run again: what was answered before is kept.",
  ENOSPC: "the disk is full. Make room and run again: what was answered before is kept.",
  EDQUOT: "the disk quota is used up. Make room and run again: what was answered before is kept.",
  EACCES:
    "permission denied. Check who may write there, or set another cache directory with cacheDir or DISTILABEL_CACHE_DIR.",
  EPERM:
    "permission denied. Check who may write there, or set another cache directory with cacheDir or DISTILABEL_CACHE_DIR.",
  EROFS:
    "the file system is read-only. Set another cache directory with cacheDir or DISTILABEL_CACHE_DIR.",
  EEXIST:
    "a file stands where a folder belongs. Move it away, or set another cache directory with cacheDir or DISTILABEL_CACHE_DIR.",
  ENOTDIR:
    "a part of the path is a file, not a folder. Set another cache directory with cacheDir or DISTILABEL_CACHE_DIR.",
  EMFILE: "too many files are open."
}
