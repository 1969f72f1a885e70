/**
 * Colours of what is printed: only a terminal gets them. picocolors would also give them to logs of
 * a CI.
 */
import { createColors } from "picocolors"

export const colorsFor = (stream: NodeJS.WriteStream) =>
  createColors(
    stream.isTTY === true && process.env["NO_COLOR"] === undefined && process.env["TERM"] !== "dumb"
  )
