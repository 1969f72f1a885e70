/** APIGen: queries with the calls that answer them; those that fail are dropped, the rest judged. */
import * as d from "distilabel-ts"
import { Schema } from "effect"

const functions = d.LoadDataFromDicts({
  name: "functions",
  data: [
    { func_name: "celsius", func_desc: "Converts degrees Fahrenheit, `fahrenheit`, to Celsius." },
    { func_name: "tip", func_desc: "The tip for a `bill`: `percent` of it, 10 by default." }
  ]
})
const shown = (query: string, name: string, args: object) => ({
  query,
  answers: JSON.stringify([{ name, arguments: args }])
})
const sample = d.DataSampler({
  name: "sample",
  data: [
    shown("How warm is 50 degrees Fahrenheit?", "celsius", { fahrenheit: 50 }),
    shown("What do I tip on 80 euros?", "tip", { bill: 80 }),
    shown("Take 15 percent of a bill of 42.", "tip", { bill: 42, percent: 15 })
  ],
  samples: 2
})
const llm = d.OpenAILLM({ model: "gpt-4o" })
const prepare = d.PrepareExamples({ name: "prepare" })
const write = d.APIGenGenerator({ name: "write", llm, useTools: false })
const execute = d.APIGenExecutionChecker({
  name: "execute",
  libpath: new URL("functions.ts", import.meta.url).href
})
const runs = d.FilterRows({
  name: "runs",
  inputs: { keep_row_after_execution_check: Schema.Boolean },
  where: (row) => row.keep_row_after_execution_check
})
const judge = d.APIGenSemanticChecker({ name: "judge", llm })

const both = d.CombineOutputs({ name: "both" })
const written = d.zip([d.from(functions), d.from(sample).to(prepare)], both).to(write)
export default d.Pipeline("function-calls", {}, written.to(execute).to(runs).to(judge))
