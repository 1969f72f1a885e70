/** Columns that training formats share. */
import * as Schema from "effect/Schema"
import { Messages } from "../../columns/chats.ts"

/** The prompt and its id. */
export const PromptColumns = { prompt: Schema.String, prompt_id: Schema.String }

/** Rated texts. */
export const RatedColumns = {
  generations: Schema.Array(Schema.NullOr(Schema.String)),
  ratings: Schema.Array(Schema.NullOr(Schema.Number)),
  generation_models: Schema.optionalKey(Schema.Array(Schema.String))
}

/** What is chosen and what rejected. */
export const PreferenceColumns = {
  chosen: Messages,
  chosen_rating: Schema.Number,
  rejected: Messages,
  rejected_rating: Schema.Number,
  chosen_model: Schema.optionalKey(Schema.String),
  rejected_model: Schema.optionalKey(Schema.String)
}
