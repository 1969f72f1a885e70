/**
 * One cold process of the benchmark `start`: it imports packages, or comes to its first request,
 * and prints how long that took, in milliseconds of the clock and of the processor.
 */
import { subscribe } from "node:diagnostics_channel"

const [what, ...args] = process.argv.slice(2) as [
  "imports" | "run" | "sdk",
  ...ReadonlyArray<string>
]

/** Begins to measure; what it gives is called at the end. */
const measuring = (): (() => void) => {
  const used = process.cpuUsage()
  const start = performance.now()
  return () => {
    const ms = performance.now() - start
    const { system, user } = process.cpuUsage(used)
    console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000 }))
  }
}

/**
 * Ends the measurement when a question is sent. Node's own fetch and undici report it in the same
 * words.
 */
const atFirstQuestion = (end: () => void): void => {
  let isSent = false
  subscribe("undici:client:sendHeaders", (message) => {
    const { request } = message as { readonly request: { readonly path: string } }
    if (isSent || !request.path.endsWith("/chat/completions")) return
    isSent = true
    end()
  })
}

/** Imports packages, one after the other. */
const imports = async (names: ReadonlyArray<string>): Promise<void> => {
  const end = measuring()
  for (const name of names) await import(name)
  end()
}

/** A pipeline with one row for one model, with everything on that a user has on. */
const run = async (url: string, directory: string): Promise<void> => {
  await import("effect")
  const { from, LoadDataFromDicts, OpenAILLM, Pipeline, runPromise, TextGeneration } =
    await import("distilabel-ts")
  const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "Name a river in Peru." }] })
  const llm = OpenAILLM({ model: "gpt-4o-mini", baseUrl: url, apiKey: "bench" })
  const pipeline = Pipeline("start", {}, from(load).to(TextGeneration({ name: "generate", llm })))
  atFirstQuestion(measuring())
  await runPromise(pipeline, {
    outputDir: `${directory}/out`,
    cacheDir: `${directory}/cache`,
    progress: "none"
  })
}

/** The same question by the provider's SDK alone. */
const sdk = async (url: string): Promise<void> => {
  await import("effect")
  atFirstQuestion(measuring())
  const { OpenAI } = await import("openai")
  const client = new OpenAI({ baseURL: url, apiKey: "bench" })
  await client.chat.completions.create({
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: "Name a river in Peru." }]
  })
}

if (what === "imports") await imports(args)
else if (what === "run") await run(args[0]!, args[1]!)
else await sdk(args[0]!)
