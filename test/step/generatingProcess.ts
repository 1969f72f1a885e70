/** A process whose generator asks a model for each row and keeps a state. */
import { from, generatorStep, OpenAILLM, Pipeline, runPromise } from "distilabel-ts"
import * as Schema from "effect/Schema"

const [url = "", cacheDir = "", outputDir = ""] = process.argv.slice(2)
const themes = generatorStep({
  name: "themes",
  llm: OpenAILLM({ model: "m", baseUrl: url, apiKey: "k" }),
  outputs: { number: Schema.Int, theme: Schema.String, begun: Schema.Int },
  state: { number: 0, last: "nothing" },
  async *process({ llm, state }) {
    const begun = state.number
    while (state.number < 2600) {
      const { text } = await llm.askPromise(`Another theme than ${state.last}?`)
      state.number++
      state.last = text
      yield { number: state.number, theme: text, begun }
    }
  }
})
const distiset = await runPromise(Pipeline("generated", {}, from(themes)), {
  cacheDir,
  outputDir,
  progress: "none",
  report: false
})
console.log(JSON.stringify(await distiset.default.toArray()))
