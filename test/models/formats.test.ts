import { describe, expect, it } from "vitest"
import {
  from,
  fromYamlPromise,
  LoadDataFromDicts,
  Pipeline,
  TextGeneration,
  toYamlPromise
} from "../../src/index.ts"
import { AnthropicLLM } from "../../src/models/anthropic/AnthropicLLM.ts"
import { MistralLLM } from "../../src/models/mistral/MistralLLM.ts"
import { OllamaLLM } from "../../src/models/ollama/OllamaLLM.ts"
import { OpenAILLM } from "../../src/models/openai/OpenAILLM.ts"
import { VertexAILLM } from "../../src/models/vertex/VertexAILLM.ts"
import { ask, at, failure } from "./asking.ts"
import { candidates, chat, completion, json, serve } from "./wire.ts"

const regex = { regex: "[1-5]" }
const choices = { choices: ["yes", "no (never)"] }

describe("a regex or choices as structuredOutput", () => {
  it("go to vLLM and SGLang in the fields that those have", async () => {
    await using wire = await serve((_, response) => json(response, completion("4")))
    const fields = async (server: "vllm" | "sglang", structuredOutput: object) => {
      await ask(
        OpenAILLM({
          model: "m",
          baseUrl: `${wire.url}/v1`,
          server,
          structuredOutput: structuredOutput as typeof regex
        }),
        "?"
      )
      const { messages: _, model: __, ...rest } = wire.asked.at(-1)!.body
      return rest
    }
    expect(await fields("vllm", regex)).toEqual({ structured_outputs: { regex: "[1-5]" } })
    expect(await fields("vllm", choices)).toEqual({
      structured_outputs: { choice: ["yes", "no (never)"] }
    })
    expect(await fields("sglang", regex)).toEqual({ regex: "[1-5]" })
    expect(await fields("sglang", choices)).toEqual({ regex: "(yes|no \\(never\\))" })
  })

  it("of choices go to Ollama as JSON texts, which come back as they were given", async () => {
    await using wire = await serve((_, response) => json(response, chat('"no (never)"')))
    const llm = OllamaLLM({ model: "m", host: wire.url, structuredOutput: choices })
    expect((await ask(llm, "?")).generations).toEqual(["no (never)"])
    expect(wire.asked[0]?.body["format"]).toEqual({ type: "string", enum: ["yes", "no (never)"] })
  })

  it("of choices go to Vertex AI as an enum", async () => {
    await using wire = await serve((_, response) => json(response, candidates("yes")))
    const llm = VertexAILLM({
      model: "m",
      baseUrl: wire.url,
      project: "p",
      accessToken: "test-token",
      structuredOutput: choices
    })
    expect((await ask(llm, "?")).generations).toEqual(["yes"])
    expect(wire.asked[0]?.body["generationConfig"]).toEqual({
      responseMimeType: "text/x.enum",
      responseSchema: { type: "STRING", enum: ["yes", "no (never)"] }
    })
  })

  it.each<[string, () => unknown]>([
    ["OpenAILLM", () => OpenAILLM({ model: "m", structuredOutput: regex })],
    ["OpenAILLM", () => OpenAILLM({ model: "m", structuredOutput: choices })],
    ["MistralLLM", () => MistralLLM({ model: "m", structuredOutput: choices })],
    ["AnthropicLLM", () => AnthropicLLM({ model: "m", structuredOutput: regex })],
    ["VertexAILLM", () => VertexAILLM({ model: "m", structuredOutput: regex })],
    ["OllamaLLM", () => OllamaLLM({ model: "m", structuredOutput: regex })]
  ])("are refused when a model is described whose server does not take them: %s", (type, make) => {
    expect(make).toThrow(
      new RegExp(
        `^${type} 'm': option structuredOutput is a (regex|list of choices), which its server does not take\\. (Say|Give) `
      )
    )
  })

  it("are refused in a request, too", async () => {
    await using wire = await serve((_, response) => json(response, completion("4")))
    expect(await failure(at.openai(wire.url), "?", { structuredOutput: regex })).toMatchObject({
      reason: "InvalidRequest",
      detail: expect.stringContaining("no regex")
    })
    expect(wire.asked).toHaveLength(0)
  })

  it("are kept in documents", async () => {
    const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "a" }] })
    for (const structuredOutput of [regex, choices]) {
      const llm = OpenAILLM({ model: "m", server: "vllm", structuredOutput })
      const text = await toYamlPromise(
        Pipeline("p", {}, from(load).to(TextGeneration({ name: "generate", llm })))
      )
      const loaded = await fromYamlPromise(text)
      expect(await toYamlPromise(loaded)).toBe(text)
      expect(text).toContain("regex" in structuredOutput ? "format: regex" : "choices:")
    }
  })
})
