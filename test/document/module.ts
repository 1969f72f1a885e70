/**
 * A module of own steps, functions, routings and schemas, as a user has one, for documents to refer
 * to.
 */
import * as Schema from "effect/Schema"
import { type Row, routingBatchFunction, ScriptedLLM, step, task } from "../../src/index.ts"

export const shout = step({
  name: "shout",
  version: "1",
  inputs: { text: Schema.String },
  outputs: { loud: Schema.String },
  process: (rows) => rows.map((row) => ({ loud: row.text.toUpperCase() }))
})

export const rate = task({
  name: "rate",
  llm: ScriptedLLM({ answers: "5" }),
  inputs: { loud: Schema.String },
  outputs: { rating: Schema.Number },
  prompt: (row) => row.loud,
  parse: (answer) => ({ rating: Number(answer) })
})

export const isLong = (row: { readonly text: string }): boolean => row.text.length > 1

export const byLength = (row: Row): string => (String(row["text"]).length > 2 ? "long" : "short")

export const firstAlways = routingBatchFunction((steps) => steps.slice(0, 1), "the first, always")

export const Character = Schema.Struct({ name: Schema.String, age: Schema.Int })

export const notAStep = 42
