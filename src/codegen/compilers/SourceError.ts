/** Source files that cannot be looked at. */
import * as Schema from "effect/Schema"

export class SourceError extends Schema.TaggedError<SourceError>()("SourceError", {
  path: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `Cannot look at '${this.path}': ${this.detail}`
  }
}
