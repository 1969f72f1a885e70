#!/usr/bin/env node
/** The command `distilabel-ts`: what it loads is compiled once for all its calls. */
import { enableCompileCache } from "node:module"

enableCompileCache()
await import("./commandLine.ts")
