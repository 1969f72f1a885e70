import * as Effect from "effect/Effect"
import { expect, it, vi } from "vitest"
import { simulated } from "../../src/cli/simulated.ts"
import {
  EmbeddingGeneration,
  from,
  LlamaCppLLM,
  LoadDataFromDicts,
  MistralEmbeddings,
  OpenAIEmbeddings,
  fallback,
  GeminiLLM,
  MixtureOfAgentsLLM,
  OpenAILLM,
  Pipeline,
  run,
  runPromise,
  TextGeneration,
  TextGenerationToArgilla,
  TransformersLLM,
  VertexAIEmbeddings
} from "../../src/index.ts"

it("models that embed are simulated as those are that answer chats: no key is used", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {})
  for (const name of ["OPENAI_API_KEY", "MISTRAL_API_KEY", "GOOGLE_CLOUD_PROJECT"])
    vi.stubEnv(name, undefined)
  const embed = <const Name extends string>(name: Name, llm: OpenAIEmbeddings) =>
    EmbeddingGeneration({ name, llm, inputMappings: { text: "generation" } })
  const pipeline = Pipeline(
    "p",
    {},
    from(LoadDataFromDicts({ name: "load", data: [{ instruction: "Name a river." }] }))
      .to(TextGeneration({ name: "answer", llm: OpenAILLM({ model: "chat" }) }))
      .to(embed("openai", OpenAIEmbeddings({ model: "e" })))
      .to(embed("mistral", MistralEmbeddings({ model: "e" }) as never))
      .to(embed("vertex", VertexAIEmbeddings({ model: "e" }) as never))
  )
  await using simulation = await simulated(pipeline.graph, {})
  const { default: rows } = await runPromise(pipeline, {
    progress: "none",
    parameters: simulation.parameters
  })
  expect(await rows.toArray()).toMatchObject([{ embedding: expect.any(Array), model_name: "e" }])
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

it("all models of a combination are simulated", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {})
  for (const name of ["OPENAI_API_KEY", "GEMINI_API_KEY"]) vi.stubEnv(name, undefined)
  const llm = MixtureOfAgentsLLM({
    aggregatorLlm: fallback([OpenAILLM({ model: "a" }), GeminiLLM({ model: "b" })]),
    proposersLlms: [OpenAILLM({ model: "c" }), GeminiLLM({ model: "d" })]
  })
  const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "Name a river." }] })
  const pipeline = Pipeline("p", {}, from(load).to(TextGeneration({ name: "answer", llm })))
  await using simulation = await simulated(pipeline.graph, {})
  const { default: rows } = await runPromise(pipeline, {
    progress: "none",
    parameters: simulation.parameters
  })
  expect(await rows.toArray()).toMatchObject([{ model_name: "moa-a else b-c-d" }])
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

it("steps that write to Argilla write to a simulated one, whatever the environment says", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {})
  vi.stubEnv("ARGILLA_API_URL", "http://127.0.0.1:9")
  vi.stubEnv("ARGILLA_API_KEY", "the-real-key")
  const pipeline = Pipeline(
    "p",
    {},
    from(
      LoadDataFromDicts({
        name: "load",
        data: [{ instruction: "Name a river.", generation: "Ucayali" }]
      })
    ).to(
      TextGenerationToArgilla({ name: "show", datasetName: "answers", datasetWorkspace: "my team" })
    )
  )
  await using simulation = await simulated(pipeline.graph, {})
  const parameters = simulation.parameters["show"]!
  const { default: rows } = await runPromise(pipeline, {
    progress: "none",
    report: false,
    useCache: false,
    parameters: simulation.parameters
  })
  expect(rows.length).toBe(1)
  expect(rows.errorCount).toBe(0)
  const headers = { "x-argilla-api-key": String(parameters["apiKey"]) }
  const { items } = (await (
    await fetch(`${String(parameters["apiUrl"])}/api/v1/me/workspaces`, { headers })
  ).json()) as { readonly items: ReadonlyArray<{ readonly name: string }> }
  expect(items.map(({ name }) => name)).toEqual(["my team", "argilla"])
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

it("models that would run in this process are simulated: no package is needed", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {})
  const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "Name a river." }] })
  const pipeline = Pipeline(
    "p",
    {},
    from(load)
      .to(TextGeneration({ name: "one", llm: TransformersLLM({ model: "m" }) }))
      .to(
        TextGeneration({
          name: "two",
          llm: LlamaCppLLM({ modelPath: "m.gguf", generationKwargs: { maxNewTokens: 16 } }),
          outputMappings: { generation: "another" }
        })
      )
  )
  await using simulation = await simulated(pipeline.graph, {})
  const { default: rows } = await Effect.runPromise(
    Effect.provide(
      run(pipeline, { progress: "none", useCache: false, parameters: simulation.parameters }),
      simulation.layer
    )
  )
  expect(await rows.toArray()).toMatchObject([
    { generation: expect.any(String) as string, another: expect.any(String) as string }
  ])
  vi.restoreAllMocks()
})
