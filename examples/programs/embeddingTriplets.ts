/**
 * Triplets that train an embedding model: a passage, a query that it answers, one that it does not.
 * `run` says which dataset: `--param load.repoId=owner/name`.
 */
import { from, GenerateSentencePair, LoadDataFromHub, OpenAILLM, Pipeline } from "distilabel-ts"
import { Schema } from "effect"

const load = LoadDataFromHub({
  name: "load",
  columns: { page_content: Schema.String },
  outputMappings: { page_content: "anchor" },
  numExamples: 100,
  batchSize: 10
})
const pair = GenerateSentencePair({
  name: "pair",
  llm: OpenAILLM({ model: "gpt-4o-mini" }),
  action: "query",
  triplet: true,
  hardNegative: true,
  context: "The passages are from the handbook of an open-source tool; its users search in it."
})

export default Pipeline(
  "embedding-triplets",
  { description: "Passages with a query that fits and one that does not" },
  from(load).to(pair)
)
