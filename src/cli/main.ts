#!/usr/bin/env node
/** The command `distilabel-ts`: what it loads is compiled once for all its calls. */
import * as module from "node:module"

/** Older ones lack what the library is built on, and would say so with a stack trace. */
const [oldestMajor, oldestMinor] = [22, 19]

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
  process.stderr.write(
    `distilabel-ts needs Node ${oldestMajor}.${oldestMinor} or newer, and this is Node ${process.versions.node}. Install a newer one from nodejs.org, or add one to the project: npm install --save-dev node@24, then npx distilabel-ts in its npm scripts.\n`
  )
  process.exitCode = 1
} else {
  // Other runtimes that stand in for Node do not have it.
  module.enableCompileCache?.()
  await import("./commandLine.ts")
}
