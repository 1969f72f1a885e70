/** Where in a program an error was thrown: its file and line, as an editor opens them. */
import { relative } from "node:path"
import { fileURLToPath } from "node:url"

/** The library's own sources, or what was built of them. */
const own = fileURLToPath(new URL("../../", import.meta.url)).replaceAll("\\", "/")

/** The place stands in parentheses after a function's name, or right after `at`. */
const frame = /(?:\(|^at (?:async )?)((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/])[^()]*?):(\d+):(\d+)\)?$/

/**
 * `steps.ts:14:7`: the first place in the stack that is the program's own; undefined without one.
 * Error rows are shared: of a file elsewhere on the machine they hold no more than its last folder.
 */
export const thrownAt = (thrown: unknown): string | undefined => {
  if (!(thrown instanceof Error) || typeof thrown.stack !== "string") return undefined
  for (const line of thrown.stack.split("\n")) {
    const [, address, row, column] = frame.exec(line.trim()) ?? []
    if (address === undefined) continue
    const path = pathOf(address)
    if (path.includes("/node_modules/") || path.startsWith(own)) continue
    const inside = relative(process.cwd(), path)
    const shown = inside.startsWith("..") ? `…/${path.split("/").slice(-2).join("/")}` : inside
    return `${shown}:${row}:${column}`
  }
  return undefined
}

const pathOf = (address: string): string => {
  const path = address.startsWith("file://") ? fileURLToPath(address.split("?")[0]!) : address
  return path.replaceAll("\\", "/")
}
