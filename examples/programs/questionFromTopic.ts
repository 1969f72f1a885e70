/** A chain that writes over its input: a topic becomes a question, the question gets an answer. */
import { from, LoadDataFromDicts, OpenAILLM, Pipeline, TextGeneration } from "distilabel-ts"

const load = LoadDataFromDicts({
  name: "load",
  data: [{ instruction: "Ask one question that a beginner would have about beekeeping." }]
})
const llm = OpenAILLM({ model: "gpt-4o-mini" })

// The question takes the place of the request for it.
const ask = TextGeneration({ name: "ask", llm, outputMappings: { generation: "instruction" } })
const respond = TextGeneration({ name: "respond", llm, outputMappings: { generation: "response" } })

export default Pipeline(
  "question-from-topic",
  { description: "A question that a model asks, and its answer" },
  from(load).to(ask).to(respond)
)
