/**
 * A process that runs a pipeline with one question a row against a server, to be run beside others
 * or killed.
 */
import {
  from,
  LoadDataFromDicts,
  OpenAILLM,
  Pipeline,
  runPromise,
  TextGeneration
} from "distilabel-ts"

const [url = "", cacheDir = "", outputDir = "", prompts = "[]", concurrency = "4"] =
  process.argv.slice(2)
const data = (JSON.parse(prompts) as ReadonlyArray<string>).map((instruction, id) => ({
  id,
  instruction
}))
const llm = OpenAILLM({
  model: "m",
  baseUrl: url,
  apiKey: "k",
  maxConcurrency: Number(concurrency)
})
const distiset = await runPromise(
  Pipeline(
    "asking",
    {},
    from(LoadDataFromDicts({ name: "load", data })).to(TextGeneration({ name: "ask", llm }))
  ),
  { cacheDir, outputDir, progress: "none", report: false }
)
console.log(JSON.stringify((await distiset.default.toArray()).map(({ generation }) => generation)))
