/** Null where a step wants a value: the graph stays, the row is the step's own matter. */
import { describe, expect, it } from "vitest"
import {
  allowNulls,
  from,
  fromYamlPromise,
  LoadDataFromDicts,
  Pipeline,
  runPromise,
  ScriptedLLM,
  TextGeneration,
  toYamlPromise
} from "../../src/index.ts"

const answersButTwo = (chat: unknown) => (JSON.stringify(chat).includes("two") ? null : "a draft")

const chain = (answers: string | typeof answersButTwo = answersButTwo) => {
  const load = LoadDataFromDicts({
    name: "load",
    data: [{ instruction: "one" }, { instruction: "two" }, { instruction: "three" }]
  })
  const draft = TextGeneration({
    name: "draft",
    llm: ScriptedLLM({ answers }),
    nulls: "keep",
    outputMappings: { generation: "drafted" }
  })
  const refine = allowNulls(
    TextGeneration({
      name: "refine",
      llm: ScriptedLLM({ answers: "refined" }),
      inputMappings: { instruction: "drafted" }
    }),
    ["drafted"]
  )
  return Pipeline("chain", {}, from(load).to(draft).to(refine))
}

describe("allowNulls", () => {
  it("lets rows without a value reach the step, where each is an error row of its own", async () => {
    const distiset = await runPromise(chain(), { useCache: false, report: false, progress: "none" })
    expect((await distiset.default.head(9)).map(({ instruction }) => instruction)).toEqual([
      "one",
      "three"
    ])
    const errors = await Array.fromAsync(distiset.default.errors())
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatchObject({ step: "refine", row: { instruction: "two", drafted: null } })
  })

  it("comes back from a document, where the same rows reach the step", async () => {
    const yaml = await toYamlPromise(chain("a draft"), { onWarning: () => undefined })
    expect(yaml).toContain("allows_null:")
    const again = await fromYamlPromise(yaml)
    expect(again.graph.nodes.get("refine")!.step.allowsNull).toEqual(["instruction"])
    expect(await toYamlPromise(again, { onWarning: () => undefined })).toBe(yaml)
  })

  it("keeps what it allows when the run sets parameters", async () => {
    const distiset = await runPromise(chain(), {
      parameters: { refine: { inputBatchSize: 1 } },
      useCache: false,
      report: false,
      progress: "none"
    })
    expect(distiset.default.length).toBe(2)
    expect(distiset.default.errorCount).toBe(1)
  })

  it("refuses a column that the step does not read", () => {
    expect(() =>
      allowNulls(TextGeneration({ name: "write", llm: ScriptedLLM({ answers: "a" }) }), [
        // @ts-expect-error: it reads `instruction`
        "generation"
      ])
    ).toThrow("Step 'write' does not read a column 'generation'")
  })
})
