/** What stands on the command line, run. */
import { redacted } from "../secrets/redact.ts"
import { runCommand } from "./command.ts"
import { root } from "./commands.ts"
import { screenHere } from "./screen.ts"
import { version } from "./version.ts"

/** Errors are told by their messages: a stack says nothing to who runs a pipeline. */
const told = (error: unknown): number => {
  console.error(redacted(error instanceof Error ? error.message : String(error)))
  return error instanceof Error && error.name === "UsageError" ? 2 : 1
}

const [first, ...rest] = process.argv.slice(2)
// `help run` asks the same as `run --help`.
const args = first === "help" ? [...rest, "--help"] : process.argv.slice(2)
process.exitCode = await runCommand(root, version, args, await screenHere()).catch(told)
