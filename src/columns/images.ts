/** Images in columns: their bytes and a file's name, as Python's `datasets` and the Hub have them. */
import * as Schema from "effect/Schema"

const featureKey = "~feature"

/** An image, with a file's name that tells its type: `{ bytes, path: "….png" }`. */
export const ImageFile = Schema.Struct({
  bytes: Schema.Uint8Array,
  path: Schema.String
}).annotate({ [featureKey]: { _type: "Image" } })

export type ImageFile = typeof ImageFile.Type

/** What `datasets` calls a column, where its declaration says so. */
export const featureOf = (schema: Schema.Constraint): unknown =>
  schema.ast.annotations?.[featureKey]
