/** A command that was called wrongly. */

export class UsageError extends Error {
  override readonly name = "UsageError"

  constructor(command: string, what: string) {
    super(
      `${what.charAt(0).toUpperCase()}${what.slice(1)}${/[.?!]$/.test(what) ? "" : "."} See: distilabel-ts ${command} --help`
    )
  }
}
