/** The process of a worker's slot, which the worker starts by this file's name. */
import { serveSlot } from "../cluster/serveSlot.ts"
import { loadProgram } from "./loadProgram.ts"
import { version } from "./version.ts"

serveSlot({ load: (plan) => loadProgram("worker", plan), version })
