/**
 * The seed pipeline: instructions from a file, each answered by two of three models, the answers
 * side by side.
 */
import {
  CombineColumns,
  from,
  LoadDataFromFileSystem,
  MistralLLM,
  OpenAILLM,
  Pipeline,
  sampleNSteps,
  TextGeneration,
  VertexAILLM
} from "distilabel-ts"
import { Schema } from "effect"

/**
 * The pipeline, with the instructions in a column of this name; it is typed as the default's, since
 * it takes its place.
 */
export const seedPipeline = (prompt: "prompt") => {
  const loadDataset = LoadDataFromFileSystem({
    name: "load_dataset",
    columns: { [prompt]: Schema.String },
    outputMappings: { [prompt]: "instruction" },
    batchSize: 10
  })

  const tasks = [
    OpenAILLM({ model: "gpt-4-0125-preview" }),
    MistralLLM({ model: "mistral-large-2402" }),
    VertexAILLM({ model: "gemini-1.5-pro" })
  ].map((llm) =>
    TextGeneration({ name: `text_generation_with_${llm.model}`, llm, inputBatchSize: 5 })
  )

  const combineGenerations = CombineColumns({
    name: "combine_generations",
    columns: ["generation", "model_name"],
    outputColumns: ["generations", "model_names"]
  })

  return Pipeline(
    "pipe-name",
    { description: "My first pipe" },
    from(loadDataset).route(sampleNSteps(2), tasks).join(combineGenerations)
  )
}

export default seedPipeline("prompt")
