/** More queries for each chunk of a documentation: a pair, then rewordings by a task of your own. */
import {
  defineTask,
  ExpandColumns,
  from,
  GenerateSentencePair,
  LoadDataFromDicts,
  MergeColumns,
  OpenAILLM,
  Pipeline
} from "distilabel-ts"
import { Schema } from "effect"

const Reword = defineTask({
  type: "Reword",
  about: "Rewords a query in several ways.",
  reads: { query: Schema.String },
  adds: { queries: Schema.Array(Schema.String) },
  options: { count: Schema.optionalKey(Schema.Int) },
  defaults: { count: 3 },
  prompt: ({ query }, { count }) =>
    `Write ${count} other ways to ask this, one on each line, after a dash.\n\n${query}`,
  parse: (answer) => ({
    queries: [...(answer ?? "").matchAll(/^\s*-\s+(.+)$/gm)].map(([, query]) => query!)
  })
})

const chunks = [{ chunks: "Settings live in a file." }, { chunks: "Logs go to standard error." }]
const load = LoadDataFromDicts({ name: "load", data: chunks, outputMappings: { chunks: "anchor" } })
const llm = OpenAILLM({ model: "gpt-4o-mini" })
const pair = GenerateSentencePair({ name: "pair", llm, action: "query", hardNegative: true })
const reword = Reword({ name: "reword", llm, count: 4, inputMappings: { query: "positive" } })
const all = MergeColumns({ name: "all", columns: ["positive", "queries"], outputColumn: "queries" })
const each = ExpandColumns({ name: "each", columns: { queries: "query" } })

export default Pipeline(
  "queries-per-chunk",
  { description: "Five queries for each chunk" },
  from(load).to(pair).to(reword).to(all).to(each)
)
