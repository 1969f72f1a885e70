/** A benchmark with reference answers: a model answers, a judge compares, wins are counted. */
import * as d from "distilabel-ts"
import { Schema } from "effect"

const text = { question: Schema.String }
const load = d.LoadDataFromDicts({
  name: "load",
  data: [
    { id: "a", question: "Why is the sky blue?" },
    { id: "b", question: "What is a prime?" }
  ]
})
const prepare = d.MapRows({
  name: "prepare",
  inputs: text,
  outputs: { instruction: Schema.String },
  map: ({ question }) => ({ instruction: `Answer in three sentences at most. ${question}` })
})
const answer = d.TextGeneration({ name: "answer", llm: d.OpenAILLM({ model: "gpt-4o-mini" }) })
const refer = d.Lookup({
  name: "refer",
  on: "id",
  dataFiles: "examples/data/references.jsonl",
  columns: { reference: Schema.String }
})
const both = d.CombineOutputs({ name: "both" })
const winner = { winner: Schema.Literals(["model", "reference", "tie"]) }
const judge = d.task({
  name: "judge",
  llm: d.OpenAILLM({ model: "gpt-4o" }),
  inputs: { ...text, generation: Schema.String, reference: Schema.String },
  outputs: winner,
  structuredOutput: Schema.Struct(winner),
  prompt: ({ generation, question, reference }) =>
    `Which answer is better?\n\n${question}\n\nModel: ${generation}\n\nReference: ${reference}`,
  parse: (verdict) => verdict
})
const rates = d.CountBy({ name: "rates", columns: ["winner"], outputColumn: "questions" })

const loaded = d.from(load)
const judged = d.join([loaded.to(prepare).to(answer), loaded.to(refer)], both).to(judge)
const verdicts = d.KeepColumns({ name: "verdicts", columns: ["id", "generation", "winner"] })
export default d.Pipeline("benchmark", {}, [judged.to(verdicts), judged.to(rates)])
