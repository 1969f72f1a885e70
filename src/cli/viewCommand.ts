/** `distilabel-ts view`: looks at a run, at rows on disk or at a dataset of the Hub, in the browser. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { isAddress } from "../data/stores/storeAddress.ts"
import { Copies } from "../report/view/Copies.ts"
import { serveView } from "../report/view/serveView.ts"
import { UsageError } from "./UsageError.ts"

/** The values of its options. */
interface ViewValues {
  readonly port: number | undefined
  readonly open: boolean
}

/** Runs the command until Ctrl+C; gives the exit code. */
export const viewCommand = async (
  what: string,
  { open, port = 0 }: ViewValues
): Promise<number> => {
  if (port > 65_535)
    throw new UsageError("view", `--port takes a number up to 65535, not '${port}'`)
  using copies = new Copies((path) =>
    console.error(`Copying the rows of ${path}, which cannot be read piece by piece …`)
  )
  const look = what.startsWith("hub:")
    ? async () => (await import("../report/view/viewedHub.ts")).viewedHub(what.slice("hub:".length))
    : isAddress(what)
      ? async () => (await import("../report/view/viewedStore.ts")).viewedStore(what, copies)
      : async () => (await import("../report/view/viewedPath.ts")).viewedPath(what, copies)
  // Stopped while rows are copied, it leaves no copy behind.
  const leave = (signal: NodeJS.Signals): never => {
    copies[Symbol.dispose]()
    process.exit(signal === "SIGINT" ? 130 : 143)
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, leave)
  // What cannot be opened is told here, not in the browser.
  const { title } = await look()
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, leave)
  const ended = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")])
  await using server = await serveView(look, { port })
  console.log(`${title} is at ${server.url}\nCtrl+C ends it.`)
  if (open && process.stdout.isTTY) openBrowser(server.url)
  await ended
  return 0
}

/**
 * Opens an address with what the system has for it; the address was printed, should there be
 * nothing.
 */
const openBrowser = (url: string): void => {
  const [program, ...args] = { darwin: ["open"], win32: ["cmd", "/c", "start", ""] }[
    process.platform as string
  ] ?? ["xdg-open"]
  spawn(program!, [...args, url], { stdio: "ignore", detached: true })
    .on("error", () => {})
    .unref()
}
