import * as Redacted from "effect/Redacted"
import { expect, it } from "vitest"
import {
  from,
  fromYamlPromise,
  inspect,
  LoadDataFromDicts,
  OpenAILLM,
  Pipeline,
  type SaveWarning,
  TextGeneration,
  toJsonPromise,
  toYamlPromise,
  VertexAILLM
} from "../../src/index.ts"
import { withParameters } from "../../src/pipeline/parameters.ts"

const secret = "sk-verysecretkey123"
const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "a" }] })
const pipelineWith = (llm: ReturnType<typeof OpenAILLM>) =>
  Pipeline("p", {}, from(load).to(TextGeneration({ name: "generate", llm })))

const written = async (pipeline: Parameters<typeof toYamlPromise>[0]) => {
  const warnings: Array<SaveWarning> = []
  const onWarning = (warning: SaveWarning): void => void warnings.push(warning)
  return {
    text:
      (await toYamlPromise(pipeline, { onWarning })) +
      (await toJsonPromise(pipeline, { onWarning })),
    warnings: warnings.map(({ detail }) => detail)
  }
}

it.each([
  ["a key", OpenAILLM({ model: "m", apiKey: secret })],
  ["a wrapped key", OpenAILLM({ model: "m", apiKey: Redacted.make(secret) })],
  ["a header", OpenAILLM({ model: "m", defaultHeaders: { "x-team": "a", "X-Api-Key": secret } })],
  [
    "an address",
    OpenAILLM({ model: "m", baseUrl: `https://me:${secret}@host/v1?api_key=${secret}&version=2` })
  ],
  [
    "a keyword argument",
    OpenAILLM({
      model: "m",
      generationKwargs: { extraBody: { token: secret, deep: [`Bearer ${secret}`] } }
    })
  ],
  [
    "credentials",
    VertexAILLM({
      model: "m",
      accessToken: secret,
      credentials: { private_key: secret }
    }) as unknown as ReturnType<typeof OpenAILLM>
  ]
])("%s is never written", async (_, llm) => {
  const { text } = await written(pipelineWith(llm))
  expect(text).not.toContain(secret)
  expect(text).toContain("model: m")
})

it("what is no secret beside one is written, and what is left out is told", async () => {
  const { text } = await written(
    pipelineWith(OpenAILLM({ model: "m", defaultHeaders: { "X-Title": "a", "X-Api-Key": secret } }))
  )
  expect(text).toContain("X-Title: a")
  expect(text).toContain('X-Api-Key: "***"')
  const { text: address, warnings } = await written(
    pipelineWith(OpenAILLM({ model: "m", baseUrl: `https://host/v1?api_key=${secret}&version=2` }))
  )
  expect(address).toContain("https://host/v1?api_key=***&version=2")
  expect(warnings).toEqual(
    expect.arrayContaining([
      expect.stringContaining("'pipeline.steps[1].step.llm.base_url' holds a secret")
    ])
  )
})

it("a key that was set as a parameter is not written either", async () => {
  const pipeline = pipelineWith(OpenAILLM({ model: "m" }))
  const { graph } = withParameters(pipeline.graph, {
    generate: { llm: { apiKey: secret, generationKwargs: { temperature: 0.25 } } }
  })
  const { text } = await written({ ...pipeline, graph })
  expect(text).not.toContain(secret)
  expect(text).toContain("temperature: 0.25")
})

const document = `pipeline:
  steps:
  - step:
      name: load
      data: [{ instruction: a, token: a column like any other }]
      type_info: { module: distilabel.steps.generators.data, name: LoadDataFromDicts }
  - step:
      name: generate
      llm:
        model: m
        api_key: ${secret}
        default_headers: { authorization: Bearer ${secret}, x-title: a }
        type_info: { module: distilabel.models.llms.openai, name: OpenAILLM }
      type_info: { module: distilabel.steps.tasks.text_generation, name: TextGeneration }
  - step:
      name: push
      repo_id: a/b
      token: hf_${secret}
      other: !!python/object:pydantic.types.SecretStr { _secret_value: ${secret} }
      type_info: { module: distilabel.steps.globals.huggingface, name: PushToHub }
  connections: [{ from: load, to: [generate] }, { from: generate, to: [push] }]
`

it("a secret that came in a document is used, warned of with its place, and neither written nor shown", async () => {
  const loaded = await fromYamlPromise(document)
  const llm = loaded.graph.nodes.get("generate")!.step.options["llm"] as {
    readonly options: { readonly apiKey: Redacted.Redacted }
  }
  expect(Redacted.value(llm.options.apiKey)).toBe(secret)
  expect(
    loaded.warnings
      .filter(({ detail }) => detail.includes("holds a secret"))
      .map(({ line }) => line)
  ).toEqual([11, 12, 18, 19])
  const { text } = await written(loaded)
  expect(text).not.toContain(secret)
  expect(text).toContain("token: a column like any other")
  expect(text).toContain("api_key: null")
  expect(text).toContain("token: null")
  const { inspect: shown } = await import("node:util")
  expect(shown(loaded, { depth: 30 })).not.toContain(secret)
  expect(JSON.stringify(inspect(loaded))).not.toContain(secret)
})

it("asterisks that Python writes in a secret's place stay what they are", async () => {
  const loaded = await fromYamlPromise(document.replace(`hf_${secret}`, "'**********'"))
  expect((await written(loaded)).text).toContain('token: "**********"')
})
