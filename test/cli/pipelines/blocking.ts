/**
 * A pipeline whose second step does not come back from one row, or only after as many seconds as
 * the environment says: it computes, or keeps its thread without needing a core.
 */
import { from, LoadDataFromDicts, MapRows, Pipeline } from "distilabel-ts"
import * as Schema from "effect/Schema"

const seconds = Number(process.env["TEST_BLOCKS"] ?? "Infinity")
const computes = process.env["TEST_COMPUTES"] === "1"
const nothing = new Int32Array(new SharedArrayBuffer(4))
const load = LoadDataFromDicts({
  name: "load",
  data: Array.from({ length: 200_000 }, (_, n) => ({ n }))
})
const stuck = MapRows({
  name: "stuck",
  inputs: { n: Schema.Number },
  outputs: { twice: Schema.Number },
  map: ({ n }) => {
    if (n === 3) {
      console.log("it begins")
      if (computes) /^(a+)+$/.test(`${"a".repeat(60)}!`)
      else Atomics.wait(nothing, 0, 0, seconds * 1000)
    }
    return { twice: n * 2 }
  }
})

export default Pipeline("blocking", {}, from(load).to(stuck))
