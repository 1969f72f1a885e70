/** `distilabel-ts view`: looks at a run, at rows on disk or at a dataset of the Hub, in the browser. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { parseArgs } from "node:util"
import { serveView } from "../report/view/serveView.ts"
import { wholeNumber } from "./numbers.ts"
import { UsageError } from "./UsageError.ts"

const help = `Usage: distilabel-ts view DIR|FILE|hub:OWNER/NAME [options]

Shows rows in the browser: those of a run's folder with all that its report tells, of any folder or file of JSON Lines or Parquet, or of a dataset
of the Hub. They are read piece by piece as you look at them, so that a million rows open at once. The server listens on this machine only, at an
address with a secret in it, writes nothing, and ends with Ctrl+C. Private datasets are read with HF_TOKEN, which the page never sees.

Options:
  --port N    the port (default: any that is free)
  --open      opens the address in the browser, if this is a terminal
  --help      this text

Examples:
  distilabel-ts view results
  distilabel-ts view rows.parquet --open
  distilabel-ts view hub:OWNER/NAME
  distilabel-ts view hub:OWNER/NAME@REVISION
`

const options = {
  port: { type: "string" },
  open: { type: "boolean", default: false },
  help: { type: "boolean", default: false }
} as const

/** Runs the command until Ctrl+C; gives the exit code. */
export const viewCommand = async (args: ReadonlyArray<string>): Promise<number> => {
  const { positionals, values } = UsageError.of("view", () => parseArgs({ args: [...args], options, allowPositionals: true }))
  if (values.help) {
    console.log(help)
    return 0
  }
  const what = UsageError.oneFile("view", positionals)
  const port = wholeNumber("view", "port", values.port) ?? 0
  if (port > 65_535) throw new UsageError("view", `--port takes a number up to 65535, not '${port}'`)
  const open = what.startsWith("hub:")
    ? async () => (await import("../report/view/viewedHub.ts")).viewedHub(what.slice("hub:".length))
    : async () => (await import("../report/view/viewedPath.ts")).viewedPath(what)
  // What cannot be opened is told here, not in the browser.
  const { title } = await open()
  const ended = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")])
  await using server = await serveView(open, { port })
  console.log(`${title} is at ${server.url}\nCtrl+C ends it.`)
  if (values.open && process.stdout.isTTY) openBrowser(server.url)
  await ended
  return 0
}

/** Opens an address with what the system has for it; the address was printed, should there be nothing. */
const openBrowser = (url: string): void => {
  const [program, ...args] = { darwin: ["open"], win32: ["cmd", "/c", "start", ""] }[process.platform as string] ?? ["xdg-open"]
  spawn(program!, [...args, url], { stdio: "ignore", detached: true }).on("error", () => {}).unref()
}
