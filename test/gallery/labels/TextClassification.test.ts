import { expect, it } from "vitest"
import { OpenAILLM, runStepPromise, TextClassification } from "../../../src/index.ts"
import { type JsonSchema, startSimulator } from "../../../src/simulator/index.ts"

/** What the model is held to for a label, by the options. */
const heldTo = async (options: {
  readonly availableLabels?: ReadonlyArray<string> | Readonly<Record<string, string>>
  readonly defaultLabel?: string
  readonly n?: number
}): Promise<JsonSchema | undefined> => {
  const schemas: Array<JsonSchema | undefined> = []
  await using simulator = await startSimulator({
    answer: ({ schema }) => {
      schemas.push(schema)
      return `{ "labels": "one" }`
    }
  })
  const llm = OpenAILLM({ model: "m", baseUrl: simulator.openaiBaseUrl, apiKey: "none" })
  const { errors } = await runStepPromise(TextClassification({ name: "label", llm, ...options }), [
    { text: "Where is my parcel?" }
  ])
  expect(errors).toEqual([])
  return (schemas[0]?.["properties"] as { readonly labels?: JsonSchema } | undefined)?.labels
}

it("the model is held to the labels that there are, and the default one", async () => {
  const choices = { enum: ["delivery", "refund", "other"] }
  const labels = ["delivery", "refund"]
  expect(await heldTo({ availableLabels: labels, defaultLabel: "other" })).toMatchObject(choices)
  const meanings = { delivery: "parcels", refund: "money back" }
  const defaultLabel = "other"
  expect(await heldTo({ availableLabels: meanings, defaultLabel })).toMatchObject(choices)
  expect(await heldTo({ availableLabels: labels, defaultLabel, n: 2 })).toMatchObject({
    type: "array",
    items: choices
  })
})

it("it may give any text where it finds labels itself, or providers would refuse so many", async () => {
  const many = Array.from({ length: 300 }, (_, i) => `label ${i}`)
  for (const options of [{}, { availableLabels: many }, { availableLabels: [""] }]) {
    const held = await heldTo(options)
    expect(held).toMatchObject({ type: "string" })
    expect(held).not.toHaveProperty("enum")
  }
})
