/** Numbers out of their range, wherever they are set: by one seam, in one sentence. */
import { expect, it } from "vitest"
import {
  AnthropicLLM,
  from,
  fromYamlPromise,
  LoadDataFromDicts,
  OpenAIEmbeddings,
  OpenAILLM,
  Pipeline,
  runPromise,
  TextGeneration,
  toYamlPromise
} from "../../src/index.ts"

const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "a" }] })
const llm = OpenAILLM({ model: "m", generationKwargs: { temperature: 0.5 } })
const pipeline = Pipeline(
  "ranges",
  {},
  from(load).to(TextGeneration({ name: "ask", llm, inputBatchSize: 20 }))
)

it.each<[() => unknown, string]>([
  [
    () => OpenAILLM({ model: "m", generationKwargs: { temperature: -1 } }),
    "OpenAILLM 'm': option generationKwargs.temperature is -1. Give a number greater than or equal to 0, or leave it out."
  ],
  [
    () => AnthropicLLM({ model: "m", generationKwargs: { maxTokens: 1.5 } }),
    "AnthropicLLM 'm': option generationKwargs.maxTokens is 1.5. Give a whole number greater than 0, or leave it out."
  ],
  [
    () => OpenAIEmbeddings({ model: "m", generationKwargs: { dimensions: 0 } }),
    "OpenAIEmbeddings 'm': option generationKwargs.dimensions is 0. Give a whole number greater than 0, or leave it out."
  ],
  [
    () => OpenAILLM({ model: "m", maxRetries: -1 }),
    "OpenAILLM 'm': option maxRetries is -1. Give a whole number greater than or equal to 0, or leave it out."
  ],
  [
    () => TextGeneration({ name: "ask", llm, inputBatchSize: 1.5 }),
    "Step 'ask': option inputBatchSize is 1.5. Give a whole number greater than 0, or leave it out."
  ],
  [
    () => TextGeneration({ name: "ask", llm, numGenerations: 0 }),
    "Step 'ask': option numGenerations is 0. Give a whole number greater than 0, or leave it out."
  ],
  [
    () => LoadDataFromDicts({ name: "load", data: [], batchSize: Number.NaN }),
    "Step 'load': option batchSize is NaN. Give a whole number greater than 0, or leave it out."
  ]
])("are refused where a model or a step is made: %s", (make, sentence) => {
  expect(make).toThrow(new RangeError(sentence))
})

it("are refused among the parameters of a run, with the range", async () => {
  await expect(
    runPromise(pipeline, { parameters: { ask: { llm: { generationKwargs: { topP: 2 } } } } })
  ).rejects.toThrow(
    "Parameter 'llm.generationKwargs.topP' of step 'ask' has a wrong value. It wants a number between 0 and 1 and gets 2."
  )
})

it.each([
  ["temperature: 0.5", "temperature: -1", "is -1. Expected a value greater than or equal to 0"],
  ["input_batch_size: 20", "input_batch_size: 1.5", "is 1.5. Expected an integer"]
])("are refused in documents, with their place: %s as %s", async (right, wrong, sentence) => {
  const text = await toYamlPromise(pipeline)
  expect(text).toContain(right)
  await expect(fromYamlPromise(text.replaceAll(right, wrong))).rejects.toThrow(sentence)
})
