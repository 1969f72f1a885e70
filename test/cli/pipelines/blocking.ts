import { from, LoadDataFromDicts, MapRows, Pipeline } from "distilabel-ts"
/**
 * A pipeline whose second step computes without end at one row, or for as many seconds as the
 * environment says.
 */
import { Schema } from "effect"

const seconds = Number(process.env["TEST_BLOCKS"] ?? "Infinity")
const load = LoadDataFromDicts({
  name: "load",
  data: Array.from({ length: 200_000 }, (_, n) => ({ n }))
})
const stuck = MapRows({
  name: "stuck",
  inputs: { n: Schema.Number },
  outputs: { twice: Schema.Number },
  map: ({ n }) => {
    const end = performance.now() + seconds * 1000
    if (n === 3) {
      console.log("it begins")
      if (seconds === Infinity) /^(a+)+$/.test(`${"a".repeat(60)}!`)
      else while (performance.now() < end);
    }
    return { twice: n * 2 }
  }
})

export default Pipeline("blocking", {}, from(load).to(stuck))
