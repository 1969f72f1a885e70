/** Preference pairs: two models answer, a judge rates; rows for DPO, and for people to check. */
import {
  FormatTextGenerationDPO,
  from,
  GroupColumns,
  LoadDataFromFileSystem,
  OpenAILLM,
  Pipeline,
  PreferenceToArgilla,
  TextGeneration,
  UltraFeedback
} from "distilabel-ts"
import { Schema } from "effect"

const load = LoadDataFromFileSystem({
  name: "load",
  dataFiles: "examples/data/instructions.jsonl",
  columns: { prompt: Schema.String },
  outputMappings: { prompt: "instruction" }
})
const writers = ["gpt-4o-mini", "gpt-4.1-nano"].map((model) =>
  TextGeneration({ name: `answer_with_${model}`, llm: OpenAILLM({ model }) })
)
const group = GroupColumns({
  name: "group",
  columns: ["generation", "model_name"],
  outputColumns: ["generations", "generation_models"]
})
const judge = UltraFeedback({ name: "judge", llm: OpenAILLM({ model: "gpt-4o" }) })

const judged = from(load).branch(writers).join(group).to(judge)

export default Pipeline("preference-pairs", { description: "The better of two answers" }, [
  judged.to(FormatTextGenerationDPO({ name: "dpo" })),
  judged.to(PreferenceToArgilla({ name: "argilla", datasetName: "pairs", numGenerations: 2 }))
])
