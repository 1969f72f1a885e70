/** A process whose rows ask three questions each, two of them the same. */
import { from, LoadDataFromDicts, OpenAILLM, Pipeline, runPromise, step } from "distilabel-ts"
import * as Schema from "effect/Schema"

const [url = "", cacheDir = "", outputDir = ""] = process.argv.slice(2)
const asking = step({
  name: "asking",
  llm: OpenAILLM({ model: "m", baseUrl: url, apiKey: "k", maxConcurrency: 4 }),
  inputs: { text: Schema.String },
  outputs: { first: Schema.String, second: Schema.String, third: Schema.String },
  process: async ([row], _, { llm }) => {
    const first = await llm.askPromise(row!.text)
    const second = await llm.askPromise(row!.text)
    const third = await llm.askPromise(`${first.text} or ${second.text}?`)
    return [{ first: first.text, second: second.text, third: third.text }]
  }
})
const data = Array.from({ length: 100 }, (_, i) => ({ text: `Question ${i % 10}?` }))
const distiset = await runPromise(
  Pipeline("killed", {}, from(LoadDataFromDicts({ name: "load", data })).to(asking)),
  { cacheDir, outputDir, progress: "none", report: false }
)
console.log(JSON.stringify(await distiset.default.toArray()))
