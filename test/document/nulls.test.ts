import {
  fromYamlPromise,
  LoadDataFromDicts,
  from,
  Pipeline,
  ScriptedLLM,
  TextGeneration,
  toYamlPromise
} from "distilabel-ts"
import { expect, it } from "vitest"
import { pythonDocuments } from "./fixtures.ts"

const nullsOf = (pipeline: {
  readonly graph: {
    readonly nodes: ReadonlyMap<
      string,
      {
        readonly step: {
          readonly type: string
          readonly options: Readonly<Record<string, unknown>>
        }
      }
    >
  }
}) =>
  [...pipeline.graph.nodes.values()]
    .filter(({ step }) => step.type === "TextGeneration")
    .map(({ step }) => step.options["nulls"])

it("tasks of a document that Python wrote keep rows without an answer, also when it is saved again", async () => {
  const loaded = await fromYamlPromise(pythonDocuments.get("pipe-llms.yaml")!)
  const nulls = nullsOf(loaded)
  expect(nulls.length).toBeGreaterThan(0)
  expect(new Set(nulls)).toEqual(new Set(["keep"]))
  const again = await fromYamlPromise(await toYamlPromise(loaded))
  expect(nullsOf(again)).toEqual(nulls)
})

it("those of one's own documents do as the program that wrote them", async () => {
  const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "a" }] })
  const llm = ScriptedLLM({ answers: "x" })
  const saved = async (options: { readonly nulls?: "error" | "keep" }) =>
    nullsOf(
      await fromYamlPromise(
        await toYamlPromise(
          Pipeline("p", {}, from(load).to(TextGeneration({ name: "generate", llm, ...options })))
        )
      )
    )
  expect(await saved({})).toEqual([undefined])
  expect(await saved({ nulls: "keep" })).toEqual(["keep"])
})
