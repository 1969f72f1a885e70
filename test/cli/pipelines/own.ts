/** A pipeline for tests of the command, with a step of its own. */
import { from, LoadDataFromDicts, Pipeline, step } from "distilabel-ts"
import * as Schema from "effect/Schema"

export const loud = step({
  name: "loud",
  inputs: { text: Schema.String },
  outputs: { loud: Schema.String },
  process: (rows) => rows.map(({ text }) => ({ loud: text.toUpperCase() }))
})

export default Pipeline(
  "own",
  {},
  from(LoadDataFromDicts({ name: "load", data: [{ text: "a" }] })).to(loud)
)
