import { afterEach, describe, expect, it, vi } from "vitest"
import { fromYamlPromise } from "../../src/index.ts"
import { InferenceEndpointsLLM } from "../../src/models/huggingface/InferenceEndpointsLLM.ts"
import { ask, failure } from "./asking.ts"
import { type Answer, completion, json, serve } from "./wire.ts"

afterEach(() => vi.unstubAllEnvs())

describe("an InferenceEndpointsLLM", () => {
  it("asks the router for a model of the Hub, and says who pays", async () => {
    await using wire = await serve((_, response) => json(response, completion("Hi.")))
    const llm = InferenceEndpointsLLM({
      model: "meta-llama/Llama-3.3-70B-Instruct",
      baseUrl: `${wire.url}/v1`,
      apiKey: "hf_key",
      billTo: "my-team",
      generationKwargs: { maxNewTokens: 7 }
    })
    await ask(llm, "Hi")
    expect(wire.asked[0]).toMatchObject({
      path: "/v1/chat/completions",
      headers: { authorization: "Bearer hf_key", "x-hf-bill-to": "my-team" },
      body: { model: "meta-llama/Llama-3.3-70B-Instruct", max_tokens: 7 }
    })
  })

  it("is at the router by default, also where the API before it was", () => {
    const address = (baseUrl?: string) =>
      InferenceEndpointsLLM({ model: "m", ...(baseUrl === undefined ? {} : { baseUrl }) }).address()
    expect(address()).toBe("https://router.huggingface.co/v1")
    expect(address("https://api-inference.huggingface.co/models/org/m")).toBe(address())
    expect(address("https://abc.endpoints.huggingface.cloud/")).toBe(
      "https://abc.endpoints.huggingface.cloud/v1"
    )
  })

  it("wakes an endpoint that is paused, and asks it where it is", async () => {
    let looks = 0
    const resumed: Array<string> = []
    const answer: Answer = ({ method, path }, response) => {
      if (path.endsWith("/whoami-v2")) return json(response, { name: "ada" })
      if (path.endsWith("/resume")) {
        resumed.push(method)
        return json(response, {})
      }
      if (path.startsWith("/management/endpoint/"))
        return json(response, {
          status: looks++ === 0 ? { state: "paused" } : { state: "running", url: wire.url }
        })
      return json(response, completion("Awake."))
    }
    await using wire = await serve(answer, answer)
    vi.stubEnv("HF_ENDPOINTS_URL", `${wire.url}/management`)
    vi.stubEnv("HF_ENDPOINT", wire.url)
    const llm = InferenceEndpointsLLM({ model: "tgi", endpointName: "my-llama", apiKey: "hf_key" })
    expect((await ask(llm, "Hi")).generations).toEqual(["Awake."])
    expect(resumed).toEqual(["POST"])
    expect(looks).toBe(2)
  }, 20_000)

  it("says that an endpoint failed, or is not there, before anything is asked", async () => {
    const answer: Answer = ({ path }, response) =>
      path.endsWith("/ada/broken")
        ? json(response, { status: { state: "failed", message: "out of memory" } })
        : json(response, { error: "Not Found" }, 404)
    await using wire = await serve(answer, answer)
    vi.stubEnv("HF_ENDPOINTS_URL", wire.url)
    const named = (endpointName: string) =>
      InferenceEndpointsLLM({ model: "tgi", endpointName, endpointNamespace: "ada", apiKey: "k" })
    expect(await failure(named("broken"))).toMatchObject({
      reason: "Unreachable",
      detail: "endpoint 'ada/broken' failed: out of memory"
    })
    expect(await failure(named("missing"))).toMatchObject({ reason: "ModelNotFound" })
  })

  it("comes from a document of Python's, whose model stands under model_id", async () => {
    const { graph } = await fromYamlPromise(`
distilabel: {version: 1.5.3}
pipeline:
  name: p
  steps:
    - step:
        name: load
        data: [{instruction: Hi}]
        type_info: {module: distilabel.steps.generators.data, name: LoadDataFromDicts}
      name: load
    - step:
        name: t
        llm:
          generation_kwargs: {max_new_tokens: 9, stop_sequences: [END]}
          model_id: org/m
          endpoint_name: null
          base_url: null
          tokenizer_id: org/m
          type_info: {module: distilabel.models.llms.huggingface.inference_endpoints, name: InferenceEndpointsLLM}
        type_info: {module: distilabel.steps.tasks.text_generation, name: TextGeneration}
      name: t
  connections: [{from: load, to: [t]}, {from: t, to: []}]
`)
    expect(graph.nodes.get("t")!.step.options["llm"]).toMatchObject({
      type: "InferenceEndpointsLLM",
      model: "org/m",
      options: { tokenizerId: "org/m" },
      generationKwargs: { maxNewTokens: 9, stop: ["END"] }
    })
  })
})
