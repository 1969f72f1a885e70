/**
 * One run of the crash benchmark, to be killed: a graph of the given shape over 1,000 rows, its
 * models at the given address.
 */
import {
  CombineColumns,
  CombineOutputs,
  FilterRows,
  from,
  generatorStep,
  globalStep,
  OpenAILLM,
  Pipeline,
  runPromise,
  sampleNSteps,
  step,
  TextGeneration
} from "distilabel-ts"
import * as Schema from "effect/Schema"

const [shape, url, outputDir, cacheDir] = process.argv.slice(2) as [string, string, string, string]

const rows = 1000
const load = generatorStep({
  name: "load",
  outputs: { id: Schema.Number, instruction: Schema.String },
  batchSize: 10,
  *process({ offset }) {
    for (let id = offset; id < rows; id++)
      yield { id, instruction: `Name something special about the number ${id}.` }
  }
})

const model = (name: string) =>
  OpenAILLM({ model: name, baseUrl: `${url}/v1`, apiKey: "bench", maxConcurrency: 8 })
const ask = <const Name extends string>(name: Name) => TextGeneration({ name, llm: model(name) })

const words = step({
  name: "words",
  inputs: { id: Schema.Number, generation: Schema.NullOr(Schema.String) },
  outputs: { words: Schema.Number },
  process: async (batch) => {
    await new Promise((resolve) => setTimeout(resolve, batch[0]!.id % 3))
    return batch.map(({ generation }) => ({ words: (generation ?? "").split(/\s+/).length }))
  }
})

const ranked = globalStep({
  name: "ranked",
  inputs: { words: Schema.Number },
  outputs: { rank: Schema.Number },
  process: (all) =>
    [...all].sort((a, b) => b.words - a.words).map((row, rank) => ({ ...row, rank }))
})

const shapes = {
  chain: () => Pipeline("chain", {}, from(load).to(ask("first")).to(words)),
  routed: () =>
    Pipeline(
      "routed",
      {},
      from(load)
        .route(
          sampleNSteps(2),
          ["a", "b", "c"].map((name) => ask(name))
        )
        .join(
          CombineColumns({
            name: "combine",
            columns: ["generation", "model_name"],
            outputColumns: ["generations", "model_names"]
          })
        )
    ),
  ranked: () => {
    const many = from(load).to(
      FilterRows({ name: "even", inputs: { id: Schema.Number }, where: ({ id }) => id % 2 === 0 })
    )
    const both = many.branch([ask("first"), ask("second")]).join(CombineOutputs({ name: "both" }))
    return Pipeline("ranked", {}, both.to(words).to(ranked))
  }
}

const pipeline = shapes[shape as keyof typeof shapes]() as ReturnType<typeof shapes.chain>
await runPromise(pipeline, { outputDir, cacheDir, progress: "none" })
