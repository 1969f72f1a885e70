/**
 * Every LLM class of Python's distilabel, as a pipeline that Python dumped names it: it is loaded
 * and asked, over its SDK or in the place of what would run here, at a simulator.
 */
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, expect, it, vi } from "vitest"
import { simulated } from "../../src/cli/simulated.ts"
import { fromYamlPromise, run } from "../../src/index.ts"

const tokenizer = join(mkdtempSync(join(tmpdir(), "tokenizer-")), "tokenizer_config.json")
writeFileSync(
  tokenizer,
  JSON.stringify({ chat_template: "{% for each in messages %}{{ each.content }}{% endfor %}" })
)

type Fields = Readonly<Record<string, unknown>>

/** What Python writes of all. */
const all: Fields = {
  generation_kwargs: {},
  use_offline_batch_generation: false,
  offline_batch_generation_block_until_done: null,
  jobs_ids: null
}
const magpie: Fields = { use_magpie_template: false, magpie_pre_query_template: null }
const cuda: Fields = { cuda_devices: "auto", disable_cuda_device_placement: false }
const hosted = (url: string): Fields => ({
  model: "a-model",
  base_url: url,
  default_headers: null,
  max_retries: 6,
  timeout: 120,
  structured_output: null
})

/** By class: the module and what Python writes of it, with defaults. */
const classes: Readonly<Record<string, readonly [module: string, fields: Fields]>> = {
  OpenAILLM: ["openai", hosted("https://api.openai.com/v1")],
  AnyscaleLLM: ["anyscale", hosted("https://api.endpoints.anyscale.com/v1")],
  TogetherLLM: ["together", hosted("https://api.together.xyz/v1")],
  AzureOpenAILLM: [
    "azure",
    { ...hosted("https://mine.openai.azure.com"), api_version: "2024-10-21" }
  ],
  AnthropicLLM: [
    "anthropic",
    {
      model: "a-model",
      base_url: "https://api.anthropic.com",
      timeout: 600,
      max_retries: 6,
      structured_output: null
    }
  ],
  CohereLLM: [
    "cohere",
    {
      model: "a-model",
      base_url: "https://api.cohere.ai/v1",
      timeout: 120,
      client_name: "distilabel",
      structured_output: null
    }
  ],
  GroqLLM: [
    "groq",
    {
      model: "a-model",
      base_url: "https://api.groq.com",
      max_retries: 2,
      timeout: 120,
      structured_output: null
    }
  ],
  MistralLLM: [
    "mistral",
    {
      model: "a-model",
      endpoint: "https://api.mistral.ai",
      max_retries: 6,
      timeout: 120,
      max_concurrent_requests: 64,
      structured_output: null
    }
  ],
  LiteLLM: ["litellm", { model: "openai/a-model", verbose: false, structured_output: null }],
  VertexAILLM: ["vertexai", { model: "gemini-1.5-flash" }],
  OllamaLLM: [
    "ollama",
    {
      ...magpie,
      model: "a-model",
      host: null,
      timeout: 120,
      follow_redirects: true,
      structured_output: null,
      tokenizer_id: null
    }
  ],
  InferenceEndpointsLLM: [
    "huggingface.inference_endpoints",
    {
      ...magpie,
      model_id: "meta-llama/Llama-3.1-8B-Instruct",
      endpoint_name: null,
      endpoint_namespace: null,
      base_url: null,
      tokenizer_id: null,
      model_display_name: null,
      structured_output: null
    }
  ],
  TransformersLLM: [
    "huggingface.transformers",
    {
      ...cuda,
      ...magpie,
      model: "HuggingFaceTB/SmolLM2-135M-Instruct",
      revision: "main",
      torch_dtype: "auto",
      trust_remote_code: false,
      model_kwargs: null,
      tokenizer: null,
      use_fast: true,
      chat_template: null,
      device: null,
      device_map: null,
      token: null,
      structured_output: null
    }
  ],
  vLLM: [
    "vllm",
    {
      ...cuda,
      ...magpie,
      model: "HuggingFaceTB/SmolLM2-135M-Instruct",
      dtype: "auto",
      trust_remote_code: false,
      quantization: null,
      revision: null,
      tokenizer: null,
      tokenizer_mode: "auto",
      tokenizer_revision: null,
      skip_tokenizer_init: false,
      chat_template: null,
      extra_kwargs: {},
      structured_output: null
    }
  ],
  ClientvLLM: [
    "vllm",
    {
      ...hosted("http://gpu:8000/v1"),
      ...magpie,
      model: "HuggingFaceTB/SmolLM2-135M-Instruct",
      // A name of the Hub would be downloaded by Python; here it is a file.
      tokenizer,
      tokenizer_revision: null
    }
  ],
  LlamaCppLLM: [
    "llamacpp",
    {
      ...magpie,
      model_path: "./a-model.gguf",
      n_gpu_layers: -1,
      chat_format: null,
      n_ctx: 512,
      n_batch: 512,
      seed: 4294967295,
      verbose: false,
      extra_kwargs: {},
      structured_output: null,
      tokenizer_id: null
    }
  ],
  MlxLLM: [
    "mlx",
    {
      ...magpie,
      path_or_hf_repo: "mlx-community/a-model",
      tokenizer_config: {},
      mlx_model_config: {},
      adapter_path: null,
      structured_output: null
    }
  ]
}

const typed = (name: string, more: Fields = {}): Fields => ({
  ...all,
  ...classes[name]![1],
  ...more,
  type_info: { module: `distilabel.models.llms.${classes[name]![0]}`, name }
})

/** A document as Python's `dump` makes it. */
const documentOf = (llm: Fields): string =>
  JSON.stringify({
    pipeline: {
      name: "p",
      description: null,
      steps: [
        {
          step: {
            name: "load",
            data: [{ instruction: "Name a river." }],
            type_info: { module: "distilabel.steps.generators.data", name: "LoadDataFromDicts" }
          },
          name: "load"
        },
        {
          step: {
            name: "generate",
            llm,
            type_info: { module: "distilabel.steps.tasks.text_generation", name: "TextGeneration" }
          },
          name: "generate"
        }
      ],
      connections: [
        { from: "load", to: ["generate"] },
        { from: "generate", to: [] }
      ],
      routing_batch_functions: [],
      type_info: { module: "distilabel.pipeline.local", name: "Pipeline" }
    }
  })

const documents: Readonly<Record<string, Fields>> = {
  ...Object.fromEntries(Object.keys(classes).map((name) => [name, typed(name)])),
  MixtureOfAgentsLLM: {
    ...all,
    aggregator_llm: typed("OpenAILLM"),
    proposers_llms: [typed("AnthropicLLM"), typed("GroqLLM")],
    rounds: 1,
    type_info: { module: "distilabel.models.llms.moa", name: "MixtureOfAgentsLLM" }
  }
}

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

it("there are eighteen of them", () => {
  expect(Object.keys(documents)).toHaveLength(18)
})

it.each(Object.keys(documents))("%s is loaded as Python wrote it, and answers", async (name) => {
  vi.spyOn(console, "error").mockImplementation(() => {})
  const loaded = await fromYamlPromise(documentOf(documents[name]!))
  expect(loaded.warnings).toEqual([])
  await using simulation = await simulated(loaded.graph, {})
  const { default: rows } = await Effect.runPromise(
    run(loaded, {
      progress: "none",
      report: false,
      useCache: false,
      parameters: simulation.parameters
    }).pipe(Effect.provide(simulation.layer))
  )
  expect(await rows!.toArray()).toMatchObject([{ generation: expect.stringMatching(/\w/) }])
})
