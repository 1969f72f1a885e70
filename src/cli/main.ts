#!/usr/bin/env node
/** The command `distilabel-ts`: what it loads is compiled once for all its calls. */
import * as module from "node:module"
import { tooOld } from "../runtime/neededNode.ts"

const sentence = tooOld()
if (sentence === undefined) {
  // Other runtimes that stand in for Node do not have it.
  module.enableCompileCache?.()
  await import("./commandLine.ts")
} else {
  process.stderr.write(`${sentence}\n`)
  process.exitCode = 1
}
