/** Hugging Face, whatever its models are asked for: its key, and how documents name endpoints. */
import * as Schema from "effect/Schema"
import { serverFields } from "../provider/ModelDocument.ts"

/** The key of an account. */
export const huggingFaceKey = {
  option: "apiKey",
  variable: "HF_TOKEN",
  headers: /^authorization$/i,
  give: "set HF_TOKEN or option apiKey"
} as const

/** An endpoint by name, and what every server has. */
export const endpointFields = [
  ...["endpoint_name", "endpoint_namespace", "tokenizer_id"].map((key) => ({
    key,
    holds: Schema.String,
    python: true
  })),
  ...serverFields()
]
