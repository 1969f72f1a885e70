/** One measurement of documents, in a process of its own: `load`, or `fuzz COUNT`. */
import {
  from,
  fromYamlPromise,
  InvalidDocument,
  inspect,
  KeepColumns,
  LoadDataFromDicts,
  MistralLLM,
  OpenAILLM,
  Pipeline,
  toYamlPromise,
  TextGeneration
} from "distilabel-ts"
import { handWritten, pythonDocuments } from "../test/document/fixtures.ts"
import { dice, mutated } from "../test/document/mutate.ts"

const steps = 1000

/**
 * A chain of tasks with models, prompts and mappings, with a step without a model after every
 * fourth.
 */
const chain = (): ReturnType<typeof Pipeline> => {
  interface Loose {
    readonly to: (step: unknown) => Loose
  }
  let flow = from(
    LoadDataFromDicts({ name: "load", data: [{ instruction: "Name a river in Peru." }] })
  ) as unknown as Loose
  for (let i = 1; i < steps; i++) {
    const llm =
      i % 2 === 0
        ? OpenAILLM({
            model: "gpt-4o-mini",
            generationKwargs: { temperature: 0.7, maxNewTokens: 512 }
          })
        : MistralLLM({ model: "mistral-large-2402" })
    flow = flow.to(
      i % 5 === 0
        ? KeepColumns({ name: `keep_${i}`, columns: ["instruction"] })
        : TextGeneration({
            name: `generate_${i}`,
            llm,
            template: `Draft ${i} of an answer to: {{ instruction }}\nBe short.`,
            outputMappings: { generation: `generation_${i}` }
          })
    )
  }
  return Pipeline("thousand", {}, flow as never)
}

/** A thousand steps as Python writes them, with all that it says of each parameter. */
const pythonChain = (): string => {
  const [before = "", rest = ""] = pythonDocuments
    .get("pipe-simple.yaml")!
    .split("  - step:\n      name: generate_response\n")
  const [step = "", after = ""] = rest.split("  connections:\n")
  const names = Array.from({ length: steps - 2 }, (_, i) => `generate_${i}`)
  const all = ["load_dataset", "rename_columns", ...names]
  return `${before}${names.map((name) => `  - step:\n      name: ${name}\n${step.replaceAll("generate_response", name)}`).join("")}  connections:\n${all
    .map((name, i) => `  - from: ${name}\n    to: [${all[i + 1] ?? ""}]\n`)
    .join("")}${after.slice(after.indexOf("  routing_batch_functions"))}`
}

const secondsOf = async (what: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await what()
  return (performance.now() - start) / 1000
}

const load = async (): Promise<Readonly<Record<string, number>>> => {
  const pipeline = chain()
  const python = pythonChain()
  let text = ""
  const saved = await secondsOf(async () => {
    text = await toYamlPromise(pipeline)
  })
  // Written in this process, but read for the first time.
  const seconds = await secondsOf(async () => {
    const loaded = await fromYamlPromise(text)
    if (loaded.graph.nodes.size !== steps) throw new Error(`${loaded.graph.nodes.size} steps`)
  })
  const pythonSeconds = await secondsOf(async () => {
    const loaded = await fromYamlPromise(python)
    if (loaded.graph.nodes.size !== steps) throw new Error(`${loaded.graph.nodes.size} steps`)
  })
  return {
    seconds,
    MB: text.length / 1e6,
    "save seconds": saved,
    "python seconds": pythonSeconds,
    "python MB": python.length / 1e6
  }
}

/** A document that takes longer than this hangs. */
const hangMs = 5000

const fuzz = async (count: number): Promise<Readonly<Record<string, number>>> => {
  const figures = { graphs: 0, errors: 0, crashes: 0, hangs: 0, "slowest ms": 0 }
  const documents = [
    handWritten,
    ...[...pythonDocuments.values()].filter((text) => text.length < 5000)
  ]
  const roll = dice(42)
  for (let i = 0; i < count; i++) {
    const text = mutated(documents[i % documents.length]!, roll)
    const start = performance.now()
    try {
      inspect(await fromYamlPromise(text))
      figures.graphs++
    } catch (thrown) {
      if (
        thrown instanceof InvalidDocument &&
        !/This document cannot be read: /.test(thrown.message)
      )
        figures.errors++
      else if (thrown instanceof InvalidDocument && /levels deep|values/.test(thrown.message))
        figures.errors++
      else {
        figures.crashes++
        console.error(`${String(thrown)}\n${text}`)
      }
    }
    const ms = performance.now() - start
    figures["slowest ms"] = Math.max(figures["slowest ms"], ms)
    if (ms > hangMs) figures.hangs++
  }
  return figures
}

const [what, count = "1000"] = process.argv.slice(2)
console.log(JSON.stringify(await (what === "fuzz" ? fuzz(Number(count)) : load())))
