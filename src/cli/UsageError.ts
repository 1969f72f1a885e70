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

  /** The one file that a command is about. */
  static oneFile(command: string, [file, ...others]: ReadonlyArray<string>): string {
    if (file === undefined) throw new UsageError(command, "no FILE is given")
    if (others.length > 0) throw new UsageError(command, `there is one FILE, but also ${others.join(", ")}`)
    return file
  }

  /** An option's text, which must be one of a few. */
  static oneOf<const Choices extends ReadonlyArray<string>>(command: string, name: string, text: string | undefined, choices: Choices): Choices[number] | undefined {
    if (text !== undefined && !choices.includes(text)) throw new UsageError(command, `--${name} takes ${choices.join(" or ")}, not '${text}'`)
    return text
  }
}
