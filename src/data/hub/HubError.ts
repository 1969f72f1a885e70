/** What can go wrong with the Hugging Face Hub. */
import * as Schema from "effect/Schema"

/** A dataset of the Hub could not be read or written. */
export class HubError extends Schema.TaggedError<HubError>()("HubError", {
  reason: Schema.Literals([
    "NoSuchRepo",
    "NoSuchRevision",
    "NoSuchConfig",
    "NoSuchSplit",
    "NoData",
    "Gated",
    "Unauthorized",
    "RateLimited",
    "Unreachable",
    "Damaged",
    "SecretFound",
    "Conflict",
    "PackageMissing",
    "HubFailed"
  ]),
  repo: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `Dataset '${this.repo}': ${this.detail}`
  }
}
