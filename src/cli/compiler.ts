/**
 * What needs the compiler: loaded only where there is something to compile, and named where its
 * package is not installed.
 */
import { optionalPackage } from "../runtime/PackageMissing.ts"

export const sourceReader = () => import("../codegen/read/inspectSource.ts")

export const sourceWriter = () =>
  import("../codegen/write/pipelineSource.ts").catch(
    optionalPackage("ts-morph", "Writing a pipeline's source")
  )
