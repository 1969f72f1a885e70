/**
 * Logs as a person reads them: the library's own are plain lines on stderr, a program's stay as
 * they are.
 */
import type * as Logger from "effect/Logger"
import * as References from "effect/References"
import { libraryLog } from "../../step/warnings.ts"
import { colorsFor } from "./colors.ts"

const pc = colorsFor(process.stderr)

const usual = References.CurrentLoggers.defaultValue()
const [some] = usual

const log = (entry: Logger.Options<unknown>): void => {
  const { fiber, logLevel, message } = entry
  if (fiber.getRef(References.CurrentLogAnnotations)[libraryLog] !== true) {
    for (const logger of usual) logger.log(entry)
    return
  }
  const mark = logLevel === "Warn" ? `${pc.yellow("warning")} ` : ""
  process.stderr.write(`${mark}${[message].flat().join(" ")}\n`)
}

/**
 * Writes what the library logs to stderr and leaves all else to effect's default loggers. It is not
 * made by `Logger.make`: that module loads streams and file systems, which few programs need.
 */
export const runLogger: Logger.Logger<unknown, void> = Object.assign(
  Object.create(Object.getPrototypeOf(some) as object) as Logger.Logger<unknown, void>,
  { log }
)
