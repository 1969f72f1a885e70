import { existsSync, mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import {
  AnswersLog,
  Display,
  FileStore,
  from,
  LLMClients,
  LoadDataFromDicts,
  LoadDataFromFileSystem,
  OpenAILLM,
  OutputStore,
  Pipeline,
  run,
  type RunSummary,
  step,
  TextGeneration
} from "../../src/index.ts"
import { startSimulator } from "../../src/simulator/index.ts"

const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-services-"))
const quiet = { progress: "none", report: false } as const
const load = LoadDataFromDicts({
  name: "load",
  data: ["a", "b", "c"].map((instruction) => ({ instruction }))
})

const askingAt = (baseUrl: string) =>
  Pipeline(
    "asking",
    {},
    from(load).to(
      TextGeneration({ name: "ask", llm: OpenAILLM({ model: "m", apiKey: "k", baseUrl }) })
    )
  )

/** The summary of a run in a folder of its own. */
const summaryOf = async (
  pipeline: ReturnType<typeof askingAt>,
  layer: Layer.Layer<never>,
  settings: object
): Promise<RunSummary> => {
  let summary: RunSummary | undefined
  await run(pipeline, {
    ...quiet,
    ...settings,
    outputDir: folder(),
    onSummary: (told) => {
      summary = told
    }
  }).pipe(Effect.provide(layer), Effect.runPromise)
  return summary!
}

describe("services of a run", () => {
  it("AnswersLog.inMemory keeps answers from run to run, and nothing on disk", async () => {
    await using simulator = await startSimulator()
    const cacheDir = folder()
    const pipeline = askingAt(simulator.openaiBaseUrl)
    const program = Effect.gen(function* () {
      const told: Array<RunSummary> = []
      for (const outputDir of [folder(), folder()])
        yield* run(pipeline, {
          ...quiet,
          cacheDir,
          outputDir,
          onSummary: (summary) => void told.push(structuredClone(summary))
        })
      return told.map(({ steps }) => [steps[1]!.requests, steps[1]!.recalled])
    })
    const counts = await program.pipe(Effect.provide(AnswersLog.inMemory), Effect.runPromise)
    expect(counts).toEqual([
      [3, 0],
      [0, 3]
    ])
    expect(existsSync(join(cacheDir, "responses"))).toBe(false)
  })

  it("OutputStore says where rows of own steps are kept", async () => {
    const kept = new Map<string, string>()
    const inMap = Layer.succeed(OutputStore, {
      open: (_, scope) => ({
        find: (key) => kept.get(`${scope} ${key}`),
        keep: (key, json) => {
          kept.set(`${scope} ${key}`, typeof json === "string" ? json : `[${json.join(",")}]`)
        },
        flush: () => {},
        close: () => {}
      })
    })
    const called: Array<string> = []
    const told = { add: (text: string) => called.push(text) }
    const loud = step({
      name: "loud",
      version: "1",
      inputs: { instruction: Schema.String },
      outputs: { loud: Schema.String },
      process: (rows) =>
        rows.map(({ instruction }) => {
          told.add(instruction)
          return { loud: instruction.toUpperCase() }
        })
    })
    const cacheDir = folder()
    for (let i = 0; i < 2; i++) {
      const distiset = await run(Pipeline("p", {}, from(load).to(loud)), {
        ...quiet,
        cacheDir,
        outputDir: folder()
      }).pipe(Effect.provide(inMap), Effect.runPromise)
      expect((await distiset.default.toArray()).map((row) => row.loud)).toEqual(["A", "B", "C"])
    }
    expect(called).toEqual(["a", "b", "c"])
    expect(kept.size).toBe(3)
    expect(existsSync(join(cacheDir, "steps"))).toBe(false)
  })

  it("FileStore says where files of rows are", async () => {
    const texts = new Map([
      ["kept://people/1.jsonl", `{"name":"Ada"}\n{"name":"Émile"}\n`],
      ["kept://people/2.jsonl", `{"name":"Chen"}\n`],
      ["kept://people/README.md", "People."]
    ])
    const bytesOf = (path: string) => new TextEncoder().encode(texts.get(path))
    const kept = Layer.succeed(FileStore, {
      list: async (path) =>
        texts.has(path)
          ? undefined
          : [...texts.keys()].map((file) => file.slice("kept://people/".length)),
      match: async () => undefined,
      open: (path) => ({
        name: path,
        stream: async function* (from = 0) {
          yield bytesOf(path).slice(from)
        },
        pieces: async () => ({
          size: bytesOf(path).length,
          slice: async (start, end) => bytesOf(path).slice(start, end),
          close: async () => {}
        })
      })
    })
    const people = LoadDataFromFileSystem({ name: "people", dataFiles: "kept://people" })
    const distiset = await run(Pipeline("p", {}, from(people)), {
      ...quiet,
      cacheDir: folder(),
      outputDir: folder()
    }).pipe(Effect.provide(kept), Effect.runPromise)
    expect((await distiset.default.toArray()).map((row) => row["name"])).toEqual([
      "Ada",
      "Émile",
      "Chen"
    ])
  })

  it("LLMClients.layer says how models are opened", async () => {
    await using simulator = await startSimulator()
    const seen: Array<string> = []
    const counted = LLMClients.layer((llm) =>
      Effect.map(llm.open, (client) => ({
        generate: (request, observer) => {
          seen.push(llm.model)
          return client.generate(request, observer)
        }
      }))
    )
    const { steps } = await summaryOf(askingAt(simulator.openaiBaseUrl), counted, {
      cacheDir: folder()
    })
    expect(seen).toEqual(["m", "m", "m"])
    expect(steps[1]!.requests).toBe(3)
  })

  it("Display is shown the run from its beginning to its end", async () => {
    const shown: Array<unknown> = []
    const display = Layer.succeed(Display, {
      show:
        ({ mode, summary }) =>
        (running) => {
          shown.push(mode, summary().pipeline)
          return Effect.tap(running, (end) => Effect.sync(() => shown.push(end)))
        }
    })
    await run(Pipeline("p", {}, from(load)), {
      report: false,
      cacheDir: folder()
    }).pipe(Effect.provide(display), Effect.runPromise)
    expect(shown).toEqual(["auto", "p", "done"])
  })

  it("a logger of the program gets what the library logs", async () => {
    const logged: Array<unknown> = []
    const logger = Logger.layer([Logger.make(({ message }) => void logged.push(message))])
    await run(Pipeline("p", {}, from(load)), {
      ...quiet,
      cacheDir: folder(),
      onEvent: () => {
        throw new Error("no dashboard")
      }
    }).pipe(Effect.provide(logger), Effect.runPromise)
    expect(logged.flat()).toEqual(["onEvent threw 'no dashboard'; the run goes on."])
  })
})
