/** The process of a worker's slot, which the worker starts by this file's name. */
import * as module from "node:module"

module.enableCompileCache?.()
const [{ serveSlot }, { loadProgram }, { version }] = await Promise.all([
  import("../cluster/serveSlot.ts"),
  import("./loadProgram.ts"),
  import("./version.ts")
])
serveSlot({ load: (plan) => loadProgram("worker", plan), version })
