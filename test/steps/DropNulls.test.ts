import {
  DropNulls,
  from,
  fromYamlPromise,
  LoadDataFromDicts,
  Pipeline,
  runPromise,
  ScriptedLLM,
  TextGeneration,
  toYamlPromise
} from "distilabel-ts"
import { expect, it } from "vitest"

const load = LoadDataFromDicts({
  name: "load",
  data: [
    { id: 1, text: "a", note: null },
    { id: 2, text: null, note: "n" },
    { id: 3, text: "", note: "n" }
  ]
})

it("rows with a null in a named column end there, and text may be read afterwards", async () => {
  const answer = TextGeneration({
    name: "answer",
    llm: ScriptedLLM({ answers: "x" }),
    inputMappings: { instruction: "text" }
  })
  const flow = from(load).to(DropNulls({ name: "given", columns: ["text", "note"] }))
  const { default: rows } = await runPromise(
    Pipeline("p", {}, flow.to(DropNulls({ name: "again", columns: ["text"] }))),
    { progress: "none" }
  )
  expect(await rows.toArray()).toEqual([{ id: 3, text: "", note: "n" }])
  expect(() => Pipeline("p", {}, flow.to(answer))).not.toThrow()
  expect(() => Pipeline("p", {}, from(load).to(answer as never))).toThrow("wrong type")
})

it("a column that is not there is an error, and documents know the step", async () => {
  expect(() =>
    Pipeline("p", {}, from(load).to(DropNulls({ name: "given", columns: ["txet"] }) as never))
  ).toThrow("Step 'given' needs column 'txet'")
  const pipeline = Pipeline("p", {}, from(load).to(DropNulls({ name: "given", columns: ["text"] })))
  const loaded = await fromYamlPromise(await toYamlPromise(pipeline))
  expect(loaded.graph.nodes.get("given")!.step.options["columns"]).toEqual(["text"])
})
