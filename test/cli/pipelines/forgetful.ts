/** Steps whose rows are kept, and steps whose rows cannot be. */
import { readFileSync } from "node:fs"
import { FilterRows, from, LoadDataFromDicts, MapRows, Pipeline, step } from "distilabel-ts"
import * as Schema from "effect/Schema"
import { now } from "./clock.ts"
const seen = new Set<string>()
const outputs = { v: Schema.String }
const load = LoadDataFromDicts({ name: "load", data: [{ q: "a" }] })
const clean = MapRows({
  name: "clean",
  inputs: { q: Schema.String },
  outputs,
  map: (row) => ({ v: row.q.trim() })
})
const dedup = FilterRows({
  name: "dedup",
  inputs: { q: Schema.String },
  where: (row: { readonly q: string }) => {
    const known = seen.has(row.q)
    seen.add(row.q)
    return !known
  }
})
const stamp = step({
  name: "stamp",
  inputs: { q: Schema.String },
  outputs: { w: Schema.Number },
  process: (rows) => rows.map(() => ({ w: now() }))
})
const file = step({
  name: "file",
  version: "1",
  inputs: { q: Schema.String },
  outputs: { x: Schema.String },
  process: (rows) => rows.map(() => ({ x: readFileSync("x", "utf8") }))
})
export default Pipeline("p", {}, from(load).to(clean).to(dedup).to(stamp).to(file))
