import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import {
  from,
  fromYamlPromise,
  inspect,
  LoadDataFromHub,
  OpenAILLM,
  open,
  Pipeline,
  sampleNSteps,
  TextGeneration
} from "../../src/index.ts"
import { pythonDocuments } from "./fixtures.ts"

const load = LoadDataFromHub({
  name: "load",
  columns: open({ prompt: Schema.String }),
  outputMappings: { prompt: "instruction" }
})
const arms = ["a", "b"].map((name) =>
  TextGeneration({
    name,
    llm: OpenAILLM({
      model: `gpt-${name}`,
      apiKey: "sk-secretsecret",
      generationKwargs: { temperature: 0.2 }
    }),
    numGenerations: 2
  })
)
const pipeline = Pipeline(
  "looked-at",
  { description: "Two arms" },
  from(load).route(sampleNSteps(1), arms).flows
)

it("tells steps, columns, models, parameters with their values, connections and routings", () => {
  const told = inspect(pipeline)
  expect(told).toMatchObject({
    name: "looked-at",
    description: "Two arms",
    connections: [
      { from: "load", to: "a" },
      { from: "load", to: "b" }
    ],
    routings: [
      {
        from: "load",
        to: ["a", "b"],
        by: "batch",
        description: "Sample 1 steps from the list of downstream steps."
      }
    ],
    leaves: ["a", "b"],
    missing: [],
    warnings: []
  })
  const [first, second] = told.steps
  expect(first).toMatchObject({
    name: "load",
    type: "LoadDataFromHub",
    kind: "generator",
    open: true,
    before: []
  })
  expect(first!.parameters.find(({ path }) => path === "repoId")).toEqual({
    path: "repoId",
    type: "string",
    required: true
  })
  expect(second).toMatchObject({
    name: "a",
    type: "TextGeneration",
    kind: "step",
    model: { type: "OpenAILLM", model: "gpt-a" }
  })
  expect(second!.reads).toEqual([
    { column: "instruction", type: "string", optional: false },
    { column: "system_prompt", type: "string | null", optional: true }
  ])
  expect(second!.adds.map(({ column }) => column)).toEqual([
    "generation",
    "model_name",
    "distilabel_metadata"
  ])
  const parameter = (path: string) => second!.parameters.find((one) => one.path === path)
  expect(parameter("llm.generationKwargs.temperature")).toEqual({
    path: "llm.generationKwargs.temperature",
    type: "number",
    required: false,
    value: 0.2
  })
  expect(parameter("llm.generationKwargs.maxNewTokens")).not.toHaveProperty("value")
  expect(parameter("numGenerations")).toMatchObject({ value: 2 })
  expect(parameter("inputBatchSize")).toMatchObject({ value: 50 })
  expect(parameter("llm.apiKey")).not.toHaveProperty("value")
  expect(JSON.stringify(told)).not.toContain("secret")
})

it("tells of an unknown step what its document tells", async () => {
  const { missing, steps } = inspect(
    await fromYamlPromise(pythonDocuments.get("finepersonas-social.yaml")!)
  )
  const unknown = steps.find(({ name }) => name === "troll_user")!
  expect(unknown).toMatchObject({
    type: "SocialAI",
    kind: "step",
    open: true,
    model: { type: "InferenceEndpointsLLM", model: "meta-llama/Meta-Llama-3.1-70B-Instruct" }
  })
  expect(unknown.parameters.map(({ path }) => path)).toEqual(
    expect.arrayContaining(["resources", "llm", "numGenerations"])
  )
  expect(unknown.missing.map(({ name }) => name)).toEqual(["SocialAI"])
  expect(missing.find(({ name }) => name === "SocialAI")!.steps).toEqual([
    "supporter_user",
    "troll_user",
    "alarmist_user"
  ])
})

it("knows which classes of distilabel take all rows at once", async () => {
  const { steps } = inspect(await fromYamlPromise(pythonDocuments.get("embedding-dedup.yaml")!))
  expect(steps.map(({ kind, name }) => [name, kind])).toEqual(
    expect.arrayContaining([
      ["embedding_dedup_0", "global"],
      ["faiss_nearest_neighbour_0", "global"],
      ["normalize_embeddings_0", "step"]
    ])
  )
})
