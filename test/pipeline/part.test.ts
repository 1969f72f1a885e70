import {
  FilterRows,
  from,
  LoadDataFromDicts,
  MapRows,
  part,
  Pipeline,
  runPromise
} from "distilabel-ts"
import * as Schema from "effect/Schema"
import { expect, it } from "vitest"

const clean = part({ text: Schema.String }, (rows) =>
  rows
    .to(
      FilterRows({
        name: "long",
        inputs: { text: Schema.String },
        where: (row) => row.text.length > 3
      })
    )
    .to(
      MapRows({
        name: "counted",
        inputs: { text: Schema.String },
        outputs: { chars: Schema.Number },
        map: (row) => ({ chars: row.text.length })
      })
    )
)
const load = (data: ReadonlyArray<object>) => from(LoadDataFromDicts({ name: "load", data }))

it("a part's steps work on a flow, and its other columns pass", async () => {
  const rows = from(
    LoadDataFromDicts({
      name: "load",
      data: [
        { id: 1, text: "Lima" },
        { id: 2, text: "Ica" }
      ]
    })
  )
  const distiset = await runPromise(Pipeline("p", {}, clean(rows)), { progress: "none" })
  expect(await distiset.default.toArray()).toEqual([{ id: 1, text: "Lima", chars: 4 }])
})

it("a part after a flow that the compiler was kept from checking is checked when it is closed", () => {
  const flow = load([{ id: 1 }]) as never
  expect(() => Pipeline("p", {}, clean(flow))).toThrow(
    "Step 'long' needs column 'text', which no earlier step gives"
  )
})
