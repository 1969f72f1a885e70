#!/usr/bin/env node
/** The command `distilabel-ts`. Each subcommand is loaded when it is called. */
import { closest } from "../columns/closest.ts"
import { version } from "./version.ts"

interface Command {
  readonly about: string
  readonly run: (args: ReadonlyArray<string>) => Promise<number>
}

const commands: Readonly<Record<string, Command>> = {
  run: {
    about: "run the pipeline that a module exports",
    run: async (args) => (await import("./runCommand.ts")).runCommand(args)
  },
  estimate: {
    about: "say what a run will ask, cost and take, from a sample",
    run: async (args) => (await import("./estimateCommand.ts")).estimateCommand(args)
  },
  check: {
    about: "find all that is wrong with a pipeline's source, without running it",
    run: async (args) => (await import("./checkCommand.ts")).checkCommand(args)
  },
  info: {
    about: "show the steps, columns and parameters of a pipeline, without running it",
    run: async (args) => (await import("./infoCommand.ts")).infoCommand(args)
  },
  graph: {
    about: "draw the pipeline that a module exports",
    run: async (args) => (await import("./graphCommand.ts")).graphCommand(args)
  },
  view: {
    about: "look at a run, rows on disk or a dataset of the Hub in the browser",
    run: async (args) => (await import("./viewCommand.ts")).viewCommand(args)
  },
  types: {
    about: "write the columns of a file of rows as TypeScript",
    run: async (args) => (await import("./typesCommand.ts")).typesCommand(args)
  },
  cache: {
    about: "show, check and prune what is kept from run to run",
    run: async (args) => (await import("./cacheCommand.ts")).cacheCommand(args)
  },
  simulate: {
    about: "start a simulator of OpenAI, Mistral and Vertex AI on this machine",
    run: async (args) => (await import("../simulator/serve.ts")).serve(args)
  }
}

const usage = `distilabel-ts ${version}: synthetic-data pipelines, typed

Usage: distilabel-ts COMMAND [options]

Commands:
${Object.entries(commands).map(([name, { about }]) => `  ${name.padEnd(12)}${about}`).join("\n")}

Options:
  --help      this text; after a command, that command's options
  --version   the version

Examples:
  distilabel-ts check pipeline.ts
  distilabel-ts graph pipeline.ts -o pipeline.svg
  distilabel-ts simulate --port 8700 --latency lognormal:200:0.5
`

const main = async ([name, ...args]: ReadonlyArray<string>): Promise<number> => {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    console.log(usage)
    return name === undefined ? 2 : 0
  }
  if (name === "--version" || name === "-v") {
    console.log(version)
    return 0
  }
  const command = commands[name]
  if (command !== undefined) return command.run(args)
  const near = closest(name, Object.keys(commands))
  console.error(`There is no command '${name}'.${near === undefined ? "" : ` Did you mean '${near}'?`} See: distilabel-ts --help`)
  return 2
}

/** Errors are told by their messages: a stack says nothing to who runs a pipeline. */
const told = (error: unknown): number => {
  console.error(error instanceof Error ? error.message : String(error))
  return error instanceof Error && error.name === "UsageError" ? 2 : 1
}

process.exitCode = await main(process.argv.slice(2)).catch(told)
