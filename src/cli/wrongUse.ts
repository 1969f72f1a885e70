/** What is wrong with a command line, in one sentence for each thing, and where to read on. */

/** What a reader of command lines finds wrong. */
export type WrongUse =
  | {
      readonly _tag: "UnrecognizedOption"
      readonly option: string
      readonly suggestions: ReadonlyArray<string>
    }
  | {
      readonly _tag: "UnknownSubcommand"
      readonly subcommand: string
      readonly suggestions: ReadonlyArray<string>
    }
  | { readonly _tag: "MissingOption"; readonly option: string }
  | { readonly _tag: "MissingArgument"; readonly argument: string }
  | { readonly _tag: "UnexpectedArgument"; readonly arguments: ReadonlyArray<string> }
  | {
      readonly _tag: "InvalidValue"
      readonly option: string
      readonly value: string
      readonly expected: string
      readonly kind: "flag" | "argument"
    }
  | { readonly _tag: "DuplicateOption" | "ValidationError" | "UserError"; readonly message: string }

/** The command that was called: the names that call it, its arguments, and what its options take. */
export interface CalledCommand {
  readonly path: ReadonlyArray<string>
  readonly args: ReadonlyArray<string>
  readonly takes: ReadonlyMap<string, string>
}

/** All that is wrong with a call. */
export const wrongUseText = (called: CalledCommand, errors: ReadonlyArray<WrongUse>): string => {
  const sentences = new Set(errors.map((error) => sentenceOf(error, called)))
  return `${[...sentences].join(" ")} See: ${called.path.join(" ")} --help`
}

const sentenceOf = (error: WrongUse, { args, path, takes }: CalledCommand): string => {
  switch (error._tag) {
    case "UnrecognizedOption":
      return `There is no option '${error.option}'.${didYouMean(error.suggestions)}`
    case "UnknownSubcommand":
      return `There is no ${path.length > 1 ? `'${path.slice(1).join(" ")} ${error.subcommand}'` : `command '${error.subcommand}'`}.${didYouMean(error.suggestions)}`
    case "MissingOption":
      return `--${error.option} is needed.`
    case "MissingArgument":
      return `No ${error.argument} is given.`
    case "UnexpectedArgument":
      return `There ${args.length === 0 ? "is no argument" : args.length === 1 ? `is one ${args[0]!}` : `are only ${args.join(" and ")}`}, but also ${error.arguments.join(", ")}.`
    case "InvalidValue": {
      const name = error.kind === "flag" ? `--${error.option}` : error.option
      // A wrong word comes with a sentence around those that are right.
      if (error.value !== "")
        return `${name} takes ${listed(error.expected)}, not '${error.value}'.`
      return `${name} takes ${takes.get(error.option) ?? listed(error.expected)}, and none is given.`
    }
    default:
      return error.message
  }
}

const didYouMean = ([first]: ReadonlyArray<string>): string =>
  first === undefined ? "" : ` Did you mean '${first}'?`

/** `Expected "svg" | "mermaid", got "png"` and `svg | mermaid` as: svg or mermaid. */
const listed = (expected: string): string => {
  const words = expected
    .replace(/^Expected:? /, "")
    .replace(/, got .*$/s, "")
    .replaceAll('"', "")
  const all = words.split(" | ")
  return all.length === 1 ? words : `${all.slice(0, -1).join(", ")} or ${all.at(-1)!}`
}
