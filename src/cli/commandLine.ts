/** What stands on the command line, run. */
import { existsSync } from "node:fs"
import { version } from "../runtime/version.ts"
import { redacted } from "../secrets/redact.ts"
import { runCommand } from "./command.ts"
import { root } from "./commands.ts"
import { screenHere } from "./screen.ts"

/** Errors are told by their messages: a stack says nothing to who runs a pipeline. */
const told = (error: unknown): number => {
  console.error(redacted(error instanceof Error ? error.message : String(error)))
  return error instanceof Error && error.name === "UsageError" ? 2 : 1
}

/** Runs what was typed; gives the exit code. */
const run = async (): Promise<number> => {
  // As Node's --env-file has it: variables that are set stay.
  if (existsSync(".env")) process.loadEnvFile(".env")
  const [first, ...rest] = process.argv.slice(2)
  // `help run` asks the same as `run --help`.
  const args = first === "help" ? [...rest, "--help"] : process.argv.slice(2)
  return runCommand(root, version, args, await screenHere())
}

process.exitCode = await run().catch(told)
