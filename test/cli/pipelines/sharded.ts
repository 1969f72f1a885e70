/**
 * Pipelines for tests of runs in shards: what the environment names, with a model at the server
 * that it names.
 */
import {
  CombineColumns,
  from,
  generatorStep,
  globalStep,
  OpenAILLM,
  Pipeline,
  sampleNSteps,
  step,
  TextGeneration
} from "distilabel-ts"
import * as Schema from "effect/Schema"

const env = (name: string, otherwise: string): string => process.env[name] ?? otherwise
const count = Number(env("TEST_ROWS", "60"))

const load = generatorStep({
  name: "load",
  outputs: { n: Schema.Number, instruction: Schema.String },
  batchSize: 10,
  *process({ offset }) {
    for (let n = env("TEST_OFFSET", "") === "ignored" ? 0 : offset; n < count; n++)
      yield { n, instruction: env("TEST_INSTRUCTION", "What is N?").replace("N", String(n)) }
  }
})
/** Empty for the usual number of requests at once. */
const concurrency = env("TEST_CONCURRENCY", "4")
const limits = concurrency === "" ? {} : { maxConcurrency: Number(concurrency) }
const ask = <const Name extends string>(name: Name) =>
  TextGeneration({
    name,
    llm: OpenAILLM({
      model: name,
      baseUrl: env("TEST_URL", "http://127.0.0.1:9/v1"),
      apiKey: "k",
      ...limits,
      ...(env("TEST_RPM", "") === "" ? {} : { requestsPerMinute: Number(env("TEST_RPM", "")) }),
      maxRetries: 0
    })
  })
const parts = step({
  name: "parts",
  inputs: { n: Schema.Number },
  outputs: { part: Schema.Number },
  process: (rows) =>
    rows.flatMap((row) => Array.from({ length: row.n % 4 }, (_, part) => ({ ...row, part }))),
  rowCount: "one-to-many"
})
const half = step({
  name: "half",
  inputs: { n: Schema.Number },
  outputs: { half: Schema.Number },
  inputBatchSize: 1,
  process: (rows) =>
    rows.map((row) => {
      if (row.n % 7 === 3) throw new Error(`no half of ${row.n}`)
      return { ...row, half: row.n / 2 }
    })
})
const judged = TextGeneration({
  name: "judged",
  inputMappings: { instruction: "generation" },
  outputMappings: { generation: "verdict", model_name: "judge" },
  llm: OpenAILLM({
    model: "judge",
    baseUrl: env("TEST_URL", "http://127.0.0.1:9/v1"),
    apiKey: "k",
    ...limits,
    maxRetries: 0
  })
})
const sorted = globalStep({
  name: "sorted",
  inputs: { n: Schema.Number },
  outputs: { n: Schema.Number },
  process: (rows) => rows.toReversed()
})

const flows = {
  plain: () => from(load).to(ask("ask")),
  "one-to-many and error rows": () => from(load).to(half).to(parts).to(ask("ask")),
  "routed by batch": () =>
    from(load)
      .route(
        sampleNSteps(2),
        ["a", "b", "c"].map((name) => ask(name))
      )
      .join(
        CombineColumns({
          name: "combine",
          columns: ["generation", "model_name"],
          outputColumns: ["generations", "models"]
        })
      )
      .to(half),
  "two leaves": () => {
    const asked = from(load).to(ask("ask"))
    return [asked.to(half), asked.to(parts)]
  },
  global: () => from(load).to(half).to(ask("ask")).to(sorted).to(judged).to(parts)
}

const flow = flows[env("TEST_FLOW", "plain") as keyof typeof flows]()

export default Pipeline("sharded", {}, flow as ReturnType<typeof flows.plain>)
