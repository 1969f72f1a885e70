/** How far a batch job of Google's is, by its state. */
import type { JobState } from "../asking/BatchApi.ts"

export const jobState = (state: string, said = "no explanation given"): JobState => {
  switch (state) {
    case "JOB_STATE_SUCCEEDED":
    case "JOB_STATE_PARTIALLY_SUCCEEDED":
    case "JOB_STATE_CANCELLED":
    case "JOB_STATE_EXPIRED":
      return { kind: "ended" }
    case "JOB_STATE_FAILED":
      return {
        kind: "failed",
        diagnosis: { reason: "InvalidRequest", detail: `the job was refused: ${said}` }
      }
    default:
      return { kind: "under way", answered: undefined }
  }
}
