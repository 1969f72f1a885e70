/** Where in a program an error was thrown: files and lines, as an editor opens them. */
import { relative } from "node:path"
import { fileURLToPath } from "node:url"

/** The library's own sources, or what was built of them. */
let own: string | undefined
const ownFolder = (): string =>
  (own ??= fileURLToPath(new URL("../", import.meta.url)).replaceAll("\\", "/"))

/** The place stands in parentheses after a function's name, or right after `at`. */
const frame = /(?:\(|^at (?:async )?)((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/])[^()]*?):(\d+):(\d+)\)?$/

/** What called what, in the program's own code. */
interface Frame {
  /** `steps.ts:14:7`. */
  readonly place: string
  /** The function; undefined where it has no name. */
  readonly of: string | undefined
}

/**
 * `steps.ts:14:7`: the first place in the stack that is the program's own; undefined without one.
 */
export const thrownAt = (thrown: unknown): string | undefined => framesOf(thrown)[0]?.place

/** The program's own places in the stack, a line each; undefined without any. */
export const ownStack = (thrown: unknown): string | undefined => {
  const lines = framesOf(thrown).map(({ of, place }) =>
    of === undefined ? `at ${place}` : `at ${of} (${place})`
  )
  return lines.length === 0 ? undefined : lines.join("\n")
}

const framesOf = (thrown: unknown): ReadonlyArray<Frame> =>
  thrown instanceof Error && typeof thrown.stack === "string"
    ? thrown.stack.split("\n").flatMap((line) => frameIn(line.trim()) ?? [])
    : []

/**
 * The frame on a line of a stack, if it is the program's own. Error rows are shared: of a file
 * elsewhere on the machine they hold no more than its last folder.
 */
const frameIn = (line: string): Frame | undefined => {
  const [, address, row, column] = frame.exec(line) ?? []
  if (address === undefined) return undefined
  const path = pathOf(address)
  if (path.includes("/node_modules/") || path.startsWith(ownFolder())) return undefined
  const inside = relative(process.cwd(), path)
  const shown = inside.startsWith("..") ? `…/${path.split("/").slice(-2).join("/")}` : inside
  const [, of] = /^at (?:async )?(.+) \(/.exec(line) ?? []
  return { place: `${shown}:${row}:${column}`, of }
}

const pathOf = (address: string): string => {
  const path = address.startsWith("file://") ? fileURLToPath(address.split("?")[0]!) : address
  return path.replaceAll("\\", "/")
}
