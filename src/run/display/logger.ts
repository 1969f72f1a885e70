/**
 * Logs as a person reads them: the library's own are plain lines on stderr, a program's stay as
 * they are.
 */
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import { libraryLog } from "../../step/warnings.ts"
import { colorsFor } from "./colors.ts"

const pc = colorsFor(process.stderr)

/** Writes what the library logs to stderr and leaves all else to effect's default logger. */
export const runLogger: Logger.Logger<unknown, void> = Logger.make((entry) => {
  const { fiber, logLevel, message } = entry
  if (fiber.getRef(References.CurrentLogAnnotations)[libraryLog] !== true) {
    Logger.defaultLogger.log(entry)
    return
  }
  const mark = logLevel === "Warn" ? `${pc.yellow("warning")} ` : ""
  process.stderr.write(`${mark}${[message].flat().join(" ")}\n`)
})
