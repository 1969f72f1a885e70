/**
 * Commands with options, help and completions, over `effect/cli`. It is unstable: no other file
 * imports it.
 */
import * as Argument from "effect/cli/Argument"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner"
import * as Stdio from "effect/Stdio"
import * as Terminal from "effect/Terminal"
import { type HelpPage, helpText, type Look } from "./helpText.ts"
import { wrongUseText } from "./wrongUse.ts"

/**
 * An option or an argument that gives a value of type A; its name comes with the record it stands
 * in.
 */
export interface Given<A> {
  readonly flag: (name: string) => Flag.Flag<A>
}

/** The values of a record of options. */
export type ValuesOf<Options> = {
  readonly [Name in keyof Options]: Options[Name] extends Given<infer A> ? A : never
}

const optional = <A>(flag: Flag.Flag<A>): Flag.Flag<A | undefined> =>
  Flag.map(Flag.optional(flag), Option.getOrUndefined)

/** A value that is refused with what is taken instead. */
const read = <A>(
  flag: Flag.Flag<string>,
  name: string,
  takes: string,
  reading: (text: string) => A | undefined
): Flag.Flag<A> =>
  Flag.mapEffect(flag, (text) => {
    const value = reading(text)
    return value === undefined
      ? Effect.fail(
          new CliError.InvalidValue({ option: name, value: text, expected: takes, kind: "flag" })
        )
      : Effect.succeed(value)
  })

const described = (flag: Flag.Flag<string>, value: string, about: string): Flag.Flag<string> =>
  Flag.withMetavar(Flag.withDescription(flag, about), value)

const short = <A>(flag: Flag.Flag<A>, alias: string | undefined): Flag.Flag<A> =>
  alias === undefined ? flag : Flag.withAlias(flag, alias)

/** An option without a value. */
export const flag = (about: string): Given<boolean> => ({
  flag: (name) =>
    Flag.withDefault(Flag.withoutNegation(Flag.withDescription(Flag.Boolean(name), about)), false)
})

/** An option with a text. */
export const text = (value: string, about: string, alias?: string): Given<string | undefined> => ({
  flag: (name) => optional(short(described(Flag.String(name), value, about), alias))
})

/** An option with the path of a file or a folder, which shells complete. */
export const path = (value: string, about: string, alias?: string): Given<string | undefined> => ({
  flag: (name) => {
    const path = short(
      described(
        Flag.Path(name, { pathType: value === "DIR" ? "directory" : "either" }),
        value,
        about
      ),
      alias
    )
    return optional(read(path, name, value, (text) => (text === "" ? undefined : text)))
  }
})

/** An option that may be given several times. */
export const several = (value: string, about: string): Given<ReadonlyArray<string>> => ({
  flag: (name) => Flag.atLeast(described(Flag.String(name), value, about), 0)
})

/** An option with one of a few words, which shells complete. */
export const choice = <const Choices extends ReadonlyArray<string>>(
  choices: Choices,
  value: string,
  about: string
): Given<Choices[number] | undefined> => ({
  flag: (name) =>
    optional(Flag.withMetavar(Flag.withDescription(Flag.Literals(name, choices), about), value))
})

/** An option with a number from 0 on. */
export const number = (value: string, about: string): Given<number | undefined> => ({
  flag: (name) =>
    optional(read(described(Flag.String(name), value, about), name, "a number from 0 on", numberIn))
})

/** An option with a whole number from 1 on. */
export const wholeNumber = (value: string, about: string): Given<number | undefined> => ({
  flag: (name) =>
    optional(
      read(
        described(Flag.String(name), value, about),
        name,
        "a whole number from 1 on",
        (given) => {
          const found = numberIn(given)
          return found !== undefined && Number.isInteger(found) && found >= 1 ? found : undefined
        }
      )
    )
})

const numberIn = (given: string): number | undefined => {
  const value = Number(given)
  return given.trim() === "" || !Number.isFinite(value) || value < 0 ? undefined : value
}

/** What a command is, and what its help says. */
export interface CommandOptions<Name extends string, Options> {
  readonly name: Name
  /** One line, for the list of commands. */
  readonly about: string
  /** What it does, for its own help. */
  readonly details?: string
  /** Arguments in their order, with what they are; a name in brackets may be left out. */
  readonly args?: ReadonlyArray<
    readonly [name: string, about: string, choices?: ReadonlyArray<string>]
  >
  readonly options?: Options
  readonly examples: ReadonlyArray<string>
  /** What stands below the options. */
  readonly notes?: string
}

/** A command of effect/cli, whatever it reads and needs. */
type Declared = Command.Command<string, unknown, {}, CliError.CliError, never>

/**
 * A command of the tree. Its options are declared only if it may be called: all commands' options
 * would make each start slower.
 */
export interface CommandNode {
  readonly name: string
  readonly declared: (mayBeCalled: (name: string) => boolean) => Declared
}

/** A command that was called, ready to run; gives the exit code. */
type Called = () => number | Promise<number>

/** Takes what was called while the command line is read: it runs afterwards, on its own. */
class Call extends Context.Service<Call, { readonly is: (called: Called) => void }>()(
  "distilabel-ts/cli/Call"
) {}

/** What stands below the options in a command's help. */
const Notes = Context.Reference<string>("distilabel-ts/cli/Notes", { defaultValue: () => "" })

/** Declares a command. `run` gets the values of its options and arguments, and gives the exit code. */
export const command = <
  const Name extends string,
  Options extends Readonly<Record<string, Given<unknown>>>
>(
  texts: CommandOptions<Name, Options>,
  run: (
    values: ValuesOf<Options>,
    args: ReadonlyArray<string | undefined>
  ) => number | Promise<number>
): CommandNode =>
  node(texts, () => {
    const { args = [], name, options } = texts
    const flags = Object.fromEntries(
      Object.entries(options ?? {}).map(([key, option]) => [key, option.flag(kebabCased(key))])
    )
    const config = { flags, args: args.map(argument) }
    return Command.make(name, config, (given) =>
      Effect.flatMap(Call, ({ is }) =>
        Effect.sync(() => is(() => run(given.flags as ValuesOf<Options>, given.args)))
      )
    )
  })

/** Declares a command that only holds others. */
export const group = (
  texts: CommandOptions<string, {}>,
  commands: ReadonlyArray<CommandNode>
): CommandNode =>
  node(texts, (mayBeCalled) =>
    Command.withSubcommands(
      Command.make(texts.name),
      commands.map(({ declared }) => declared(mayBeCalled))
    )
  )

const node = (
  { about, details = "", examples, name, notes = "" }: CommandOptions<string, unknown>,
  whole: (mayBeCalled: (name: string) => boolean) => unknown
): CommandNode => ({
  name,
  declared: (mayBeCalled) => {
    if (!mayBeCalled(name))
      return Command.withShortDescription(Command.make(name) as Declared, about)
    // What a command reads and needs is known where it is declared; the tree keeps all alike.
    return (whole(mayBeCalled) as Declared).pipe(
      Command.withShortDescription(about),
      Command.withDescription(details),
      Command.withExamples(examples.map((example) => ({ command: example }))),
      Command.annotate(Notes, notes)
    )
  }
})

const argument = ([given, about, choices]: readonly [
  string,
  string,
  ReadonlyArray<string>?
]): Argument.Argument<string | undefined> => {
  const name = given.replaceAll(/[[\]]/g, "")
  const kind: Argument.Argument<string> =
    choices !== undefined
      ? Argument.Literals(name, choices)
      : /FILE|DIR/.test(name)
        ? Argument.Path(name)
        : Argument.String(name)
  const one = Argument.withDescription(kind, about)
  return name === given ? one : Argument.map(Argument.optional(one), Option.getOrUndefined)
}

const kebabCased = (key: string): string =>
  key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** Where the texts of a command line go. */
export interface Screen extends Look {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/**
 * Runs the command that the arguments call; gives the exit code, which is 2 for a call that nobody
 * understands.
 */
export const runCommand = async (
  root: CommandNode,
  version: string,
  args: ReadonlyArray<string>,
  screen: Screen
): Promise<number> => {
  let called: Called = () => wrongUse
  // An error of the command line itself was shown by then.
  await Effect.runPromise(
    Command.runWith(
      root.declared((name) => name === root.name || args.includes(name)),
      { version }
    )(args).pipe(
      Effect.provideService(Call, {
        is: (found) => {
          called = found
        }
      }),
      Effect.provideService(
        CliConfig.CliConfig,
        CliConfig.make({ builtIns: [GlobalFlag.Help, GlobalFlag.Version] })
      ),
      Effect.provideService(CliOutput.Presenter, {
        present: (event) => Effect.sync(() => (called = () => present(event, screen)))
      }),
      Effect.provideContext(surroundings),
      Effect.catchTag("ShowHelp", () => Effect.void)
    )
  )
  return called()
}

const wrongUse = 2

const present = (event: CliOutput.Presenter.Event, screen: Screen): number => {
  const { err, out } = screen
  if (event._tag === "Version") {
    out(event.version)
    return 0
  }
  if (event._tag === "Help") {
    out(helpText(pageOf(event.helpDoc), screen))
    return event.reason === "Requested" ? 0 : wrongUse
  }
  const { args = [], flags } = event.helpDoc
  const called = {
    path: event.commandPath,
    args: args.map(({ name }) => name),
    takes: new Map(flags.map(({ name, type }) => [name, type]))
  }
  err(wrongUseText(called, event.errors))
  return wrongUse
}

const pageOf = ({
  annotations,
  args = [],
  commandPath = [],
  description,
  examples = [],
  flags,
  globalFlags = [],
  subcommands = []
}: CliOutput.Presenter.Help["helpDoc"]): HelpPage => {
  const root = commandPath.length <= 1
  const options = [...flags, ...globalFlags.filter(({ name }) => root || name !== "version")]
  const about = (text: Option.Option<string>): string =>
    Option.getOrElse(text, () => "").replace(/ \(choices: [^)]*\)$/, "")
  return {
    path: commandPath,
    details: description,
    args: args.map(({ description, name, required }) => ({
      name: required ? name : `[${name}]`,
      about: about(description)
    })),
    commands: subcommands.flatMap(({ commands }) =>
      commands.map(({ name, shortDescription = "" }) => ({ name, about: shortDescription }))
    ),
    options: options.map(({ aliases, description, name, type }) => ({
      name: `--${name}${aliases.map((alias) => `, ${alias}`).join("")}${type === "boolean" ? "" : ` ${type}`}`,
      about: name === "help" ? "this text" : name === "version" ? "the version" : about(description)
    })),
    notes: Context.get(annotations, Notes),
    examples: examples.map(({ command }) => command)
  }
}

/** The script that has a shell complete commands, options and their values. */
export const completionScript = (root: CommandNode, shell: "bash" | "zsh" | "fish"): string => {
  const { name } = root
  return Completions.generate(
    name,
    shell,
    Completions.fromCommand(root.declared(() => true))
  ).replaceAll(`${name} --completions`, `${name} completions`)
}

/**
 * What effect/cli may ask of its surroundings, and does not here: paths stay as they are written,
 * and addresses among them too.
 */
const surroundings = Context.empty().pipe(
  Context.add(FileSystem.FileSystem, FileSystem.makeNoop({ exists: () => Effect.succeed(false) })),
  Context.add(Path.Path, { isAbsolute: () => true } as unknown as Path.Path),
  Context.add(Terminal.Terminal, {} as Terminal.Terminal),
  Context.add(Stdio.Stdio, {} as Stdio.Stdio),
  Context.add(
    ChildProcessSpawner.ChildProcessSpawner,
    {} as ChildProcessSpawner.ChildProcessSpawner["Service"]
  )
)
