/** What can go wrong with files of rows. */
import * as Schema from "effect/Schema"

/** A file could not be read or written. */
export class DataError extends Schema.TaggedError<DataError>()("DataError", {
  action: Schema.Literals(["read", "write"]),
  path: Schema.String,
  line: Schema.optionalKey(Schema.Int),
  detail: Schema.String
}) {
  /** From what a system call throws, in words a user knows. */
  static of(action: "read" | "write", path: string, thrown: unknown): DataError {
    if (thrown instanceof DataError) return thrown
    const { code, message } = thrown as NodeJS.ErrnoException
    return new DataError({
      action,
      path,
      detail: (code === undefined ? undefined : causes[code]) ?? message
    })
  }

  override get message(): string {
    return `Cannot ${this.action} '${this.path}'${this.line === undefined ? "" : `, line ${this.line}`}: ${this.detail}`
  }
}

const causes: Readonly<Record<string, string>> = {
  ENOENT:
    "there is no such file. Check the path; a relative one starts at the folder the program runs in.",
  EACCES: "permission denied. Check who may use it.",
  EISDIR: "it is a folder, not a file.",
  ENOTDIR: "a part of the path is a file, not a folder.",
  EEXIST: "a file of that name is in the way.",
  ENOSPC: "the disk is full. Make room and run again.",
  EROFS: "the file system is read-only.",
  EMFILE: "too many files are open."
}
