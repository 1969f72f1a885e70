import { concat, from, KeepColumns, LoadDataFromDicts, Pipeline } from "distilabel-ts"
import { expect, it } from "vitest"
import { forgottenSteps } from "../../src/pipeline/Pipeline.ts"

it("only steps that stand in no flow count as forgotten, and concat's own is none of them", () => {
  forgottenSteps()
  const a = from(LoadDataFromDicts({ name: "a", data: [{ x: 1 }] }))
  const b = from(LoadDataFromDicts({ name: "b", data: [{ x: 2 }] }))
  const never = KeepColumns({ name: "never", columns: ["x"] })
  Pipeline("p", {}, concat([a, b]).to(KeepColumns({ name: "kept", columns: ["x"] })))
  expect(forgottenSteps()).toEqual([never.name])
})
