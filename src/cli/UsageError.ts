/** A command that was called wrongly. */

export class UsageError extends Error {
  override readonly name = "UsageError"

  constructor(command: string, what: string) {
    super(`${what.charAt(0).toUpperCase()}${what.slice(1)}${/[.?!]$/.test(what) ? "" : "."} See: distilabel-ts ${command} --help`)
  }

  /** What a parser of arguments throws, as such an error. */
  static of<A>(command: string, parse: () => A): A {
    try {
      return parse()
    } catch (thrown) {
      const [sentence = ""] = (thrown as Error).message.split(". ")
      throw new UsageError(command, sentence.replace(/\.$/, ""))
    }
  }
}
