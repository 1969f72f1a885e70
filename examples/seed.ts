/** The seed pipeline: instructions from a file, each answered by two of three models, the answers side by side. `npm start` runs it. */
import { parseArgs } from "node:util"
import {
  CombineColumns,
  from,
  LoadDataFromFileSystem,
  MistralLLM,
  OpenAILLM,
  Pipeline,
  runPromise,
  sampleNSteps,
  TextGeneration,
  VertexAILLM
} from "distilabel-ts"
import { Schema } from "effect"
import { connect } from "./connect.ts"
import { printSample } from "./printSample.ts"
import { orTell } from "./tell.ts"

const { values: given } = orTell(() =>
  parseArgs({
    options: {
      input: { type: "string", default: "examples/data/instructions.jsonl" },
      map: { type: "string", default: "prompt=prompt" },
      output: { type: "string", default: "output" },
      live: { type: "boolean", default: false }
    }
  })
)

// `--map question=prompt` reads the prompts from another column; its name is typed as the default's, since it takes its place.
const prompt = given.map.split("=")[0] as "prompt"

const loadDataset = LoadDataFromFileSystem({
  name: "load_dataset",
  columns: { [prompt]: Schema.String },
  outputMappings: { [prompt]: "instruction" },
  batchSize: 10
})

const tasks = [OpenAILLM({ model: "gpt-4-0125-preview" }), MistralLLM({ model: "mistral-large-2402" }), VertexAILLM({ model: "gemini-1.5-pro" })]
  .map((llm) => TextGeneration({ name: `text_generation_with_${llm.model}`, llm, inputBatchSize: 5 }))

const combineGenerations = CombineColumns({
  name: "combine_generations",
  columns: ["generation", "model_name"],
  outputColumns: ["generations", "model_names"]
})

const pipeline = Pipeline("pipe-name", { description: "My first pipe" }, from(loadDataset).route(sampleNSteps(2), tasks).join(combineGenerations))

await orTell(async () => {
  await using providers = await connect(given.live)
  const generationKwargs = { temperature: 0.7, maxNewTokens: 512 }
  const distiset = await runPromise(pipeline, {
    outputDir: given.output,
    parameters: {
      load_dataset: { dataFiles: given.input },
      "text_generation_with_gpt-4-0125-preview": { llm: { ...providers.openai, generationKwargs } },
      "text_generation_with_mistral-large-2402": { llm: { ...providers.mistral, generationKwargs } },
      "text_generation_with_gemini-1.5-pro": { llm: { ...providers.vertex, generationKwargs } }
    }
  })
  await printSample(distiset)
})
