import { describe, expect, it } from "vitest"
import {
  AnthropicLLM,
  from,
  fromYamlPromise,
  LoadDataFromDicts,
  llm,
  OllamaLLM,
  Pipeline,
  TextGeneration,
  toYamlPromise
} from "../../src/index.ts"

const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "a" }] })
const written = (model: Parameters<typeof TextGeneration>[0]["llm"]): Promise<string> =>
  toYamlPromise(Pipeline("p", {}, from(load).to(TextGeneration({ name: "generate", llm: model }))))

describe("models of other providers in documents", () => {
  it("AnthropicLLM has the names of Python's class, and its key stays out", async () => {
    const text = await written(
      AnthropicLLM({
        model: "claude-sonnet-4-5",
        apiKey: "sk-ant-a-secret-of-mine",
        baseUrl: "https://proxy.example.org",
        generationKwargs: { maxTokens: 512, stopSequences: ["END"], thinking: { type: "disabled" } }
      })
    )
    expect(text).toContain("module: distilabel.models.llms.anthropic")
    expect(text).toMatch(/max_tokens: 512/)
    expect(text).toMatch(/base_url: "?https:\/\/proxy.example.org/)
    expect(text).not.toContain("sk-ant")
    expect(await toYamlPromise(await fromYamlPromise(text))).toBe(text)
  })

  it("OllamaLLM has the names of Python's class, and keeps its own where Python does not look", async () => {
    const text = await written(
      OllamaLLM({
        model: "qwen3:8b",
        host: "http://gpu.local:11434",
        timeout: 300,
        generationKwargs: { options: { num_ctx: 8192 }, keepAlive: "10m", think: false }
      })
    )
    expect(text).toContain("module: distilabel.models.llms.ollama")
    expect(text).toContain("keep_alive: 10m")
    expect(await toYamlPromise(await fromYamlPromise(text))).toBe(text)
  })

  it("what Python writes of them is read", async () => {
    const { warnings } = await fromYamlPromise(`
pipeline:
  name: p
  steps:
    - step:
        name: load
        data: [{ instruction: a }]
        type_info: { module: distilabel.steps.generators.data, name: LoadDataFromDicts }
    - step:
        name: generate
        llm:
          generation_kwargs: { format: json, options: { num_predict: 64 }, keep_alive: null }
          model: llama3
          host: http://127.0.0.1:11434
          timeout: 120
          follow_redirects: true
          structured_output: null
          tokenizer_id: null
          use_magpie_template: false
          magpie_pre_query_template: null
          type_info: { module: distilabel.models.llms.ollama, name: OllamaLLM }
        type_info: { module: distilabel.steps.tasks.text_generation, name: TextGeneration }
  connections: [{ from: load, to: [generate] }, { from: generate, to: [] }]
  routing_batch_functions: []
  type_info: { module: distilabel.pipeline.local, name: Pipeline }
`)
    expect(warnings).toEqual([])
  })

  it("a model of one's own is bound when it is loaded", async () => {
    const mine = llm({ name: "MyServer", model: "m", ask: () => "Hi" })
    const text = await written(mine)
    const bound = await fromYamlPromise(text, { bind: { MyServer: () => mine } })
    expect(await toYamlPromise(bound)).toBe(text)
  })
})
