/** The process of a worker's slot, which the worker starts by this file's name. */
import * as module from "node:module"

module.enableCompileCache?.()
const [{ serveSlot }, { loadProgram }, { otlp }, { surrounded }, { version }] = await Promise.all([
  import("../cluster/serveSlot.ts"),
  import("./loadProgram.ts"),
  import("../run/otlp.ts"),
  import("../run/surrounded.ts"),
  import("../runtime/version.ts")
])
serveSlot({
  load: (folder, plan) => loadProgram("worker", folder, plan),
  version,
  surround: surrounded,
  collector: otlp
})
