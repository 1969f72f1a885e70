/**
 * Distils a reasoning model: several answers to each problem, by a template. Your own rows take the
 * place of these: `run --input problems.jsonl`, or `runPromise(pipeline, { dataset })`.
 */
import { from, LoadDataFromDicts, OpenAILLM, Pipeline, TextGeneration } from "distilabel-ts"

const load = LoadDataFromDicts({
  name: "load",
  data: [
    { problem: "A train covers 180 km in 2.5 hours. What is its mean speed?" },
    { problem: "How many diagonals does a convex polygon with 12 corners have?" }
  ]
})

const distil = TextGeneration({
  name: "distil",
  // Whatever speaks OpenAI's protocol, such as vLLM on your own machines.
  llm: OpenAILLM({
    model: "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B",
    baseUrl: "http://localhost:8000/v1",
    apiKey: "none"
  }),
  template: "Solve this problem step by step. Put the result in \\boxed{}.\n\n{{ instruction }}",
  inputMappings: { instruction: "problem" },
  numGenerations: 4,
  groupGenerations: true,
  // Each run samples anew.
  useCache: false
})

export default Pipeline(
  "distil-reasoning",
  { description: "Four worked solutions of each problem" },
  from(load).to(distil)
)
