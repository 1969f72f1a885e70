/**
 * How tests start the command and programs of their own: from the build that `npm test` has just
 * made, which loads in half the time, else from source.
 */
import { resolve } from "node:path"

const isBuilt = process.env["DISTILABEL_TEST_BUILD"] === "1"

/** The command's file. */
export const entry = resolve(isBuilt ? "dist/cli/main.js" : "src/cli/main.ts")

/** What Node is told before a program that imports `distilabel-ts`. */
export const conditions: ReadonlyArray<string> = isBuilt
  ? []
  : ["--conditions=distilabel-ts:source"]
