/** From a few topics to preferences: instructions, two answers to each, ratings. */
import * as d from "distilabel-ts"

const load = d.LoadDataFromDicts({
  name: "load",
  data: [{ input: "Night trains" }, { input: "Lost luggage" }]
})
const strong = d.OpenAILLM({ model: "gpt-4o" })
const invent = d.SelfInstruct({
  name: "invent",
  llm: strong,
  numInstructions: 5,
  applicationDescription: "The help desk of a railway company"
})
const each = d.ExpandColumns({ name: "each", columns: { instructions: "instruction" } })
const writers = ["gpt-4o-mini", "gpt-4.1-nano"].map((model) =>
  d.TextGeneration({ name: `answer_with_${model}`, llm: d.OpenAILLM({ model }) })
)
const group = d.GroupColumns({
  name: "group",
  columns: ["generation", "model_name"],
  outputColumns: ["generations", "generation_models"]
})
const judge = d.UltraFeedback({ name: "judge", llm: strong, aspect: "helpfulness" })

const judged = d.from(load).to(invent).to(each).branch(writers).join(group).to(judge)

export default d.Pipeline("instructions-to-preferences", { description: "Rated, by topic" }, [
  judged.to(d.PreferenceToArgilla({ name: "argilla", datasetName: "railway", numGenerations: 2 })),
  judged.to(d.FormatTextGenerationDPO({ name: "dpo" }))
])
