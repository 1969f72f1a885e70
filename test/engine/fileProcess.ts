/**
 * A process that asks a question a row and writes the answers to three files on their way, to be
 * killed. It prints where it begins and each checkpoint.
 */
import { join } from "node:path"
import {
  from,
  LoadDataFromDicts,
  MapRows,
  OpenAILLM,
  Pipeline,
  runPromise,
  TextGeneration,
  ToFile
} from "distilabel-ts"
import * as Schema from "effect/Schema"

const [url = "", folder = "", count = "0"] = process.argv.slice(2)
const data = Array.from({ length: Number(count) }, (_, id) => ({
  id,
  instruction: `question ${id}`
}))
const llm = OpenAILLM({ model: "m", baseUrl: url, apiKey: "k", maxConcurrency: 64 })
const file = (name: string, ending: string) =>
  ToFile({ name, path: join(folder, `rows.${ending}`) })
const distiset = await runPromise(
  Pipeline(
    "filing",
    {},
    from(LoadDataFromDicts({ name: "load", data }))
      .to(TextGeneration({ name: "ask", llm, addRawInput: false, addRawOutput: false }))
      .to(file("lines", "jsonl"))
      .to(file("table", "csv"))
      .to(file("columns", "parquet"))
      .to(
        MapRows({
          name: "after",
          inputs: { generation: Schema.NullOr(Schema.String) },
          outputs: { letters: Schema.Number },
          map: ({ generation }) => ({ letters: generation?.length ?? 0 })
        })
      )
  ),
  {
    cacheDir: join(folder, "cache"),
    outputDir: join(folder, "out"),
    progress: "none",
    report: false,
    onEvent: (event) => {
      if (event.kind === "resumed" || event.kind === "checkpoint")
        console.log(`${event.kind} ${event.position}`)
    }
  }
)
console.log(`done ${distiset.default.length}`)
