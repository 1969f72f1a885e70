/** The package that speaks with the Hub, which a project without datasets of the Hub may do without. */
import type * as Hub from "@huggingface/hub"
import { optionalPackage, PackageMissing } from "../../runtime/PackageMissing.ts"
import { HubError } from "./HubError.ts"

export const hubPackage = async (repo: string): Promise<typeof Hub> => {
  try {
    return await import("@huggingface/hub").catch(
      optionalPackage("@huggingface/hub", "a dataset of the Hub")
    )
  } catch (thrown) {
    throw thrown instanceof PackageMissing
      ? new HubError({ reason: "PackageMissing", repo, detail: `it ${thrown.predicate}` })
      : thrown
  }
}
