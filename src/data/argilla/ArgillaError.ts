/** What can go wrong with Argilla. */
import * as Schema from "effect/Schema"

/** Argilla could not be asked, or refused a request. */
export class ArgillaError extends Schema.TaggedError<ArgillaError>()("ArgillaError", {
  reason: Schema.Literals([
    "NoAddress",
    "NoKey",
    "Unreachable",
    "Unauthorized",
    "NotFound",
    "Refused",
    "OtherDataset",
    "Failed"
  ]),
  detail: Schema.String
}) {
  override get message(): string {
    return this.detail
  }

  /** Whether another try may do better. */
  get isRetryable(): boolean {
    return this.reason === "Unreachable" || this.reason === "Failed"
  }
}
