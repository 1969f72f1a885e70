/** Arrow's package, which a project without Arrow files may do without. */
import type * as Arrow from "apache-arrow"
import { optionalPackage } from "../../../runtime/PackageMissing.ts"

export const arrowPackage = (): Promise<typeof Arrow> =>
  import("apache-arrow").catch(optionalPackage("apache-arrow", "an Arrow file"))
