import * as Schema from "effect/Schema"
import { describe, expect, expectTypeOf, it } from "vitest"
import { type LLM, requestTo } from "../../src/models/chat/LLM.ts"
import type { ParametersOf } from "../../src/models/chat/Model.ts"
import { MistralLLM } from "../../src/models/mistral/MistralLLM.ts"
import type {
  MistralGenerationKwargs,
  MistralParameters
} from "../../src/models/mistral/MistralOptions.ts"
import { OpenAILLM } from "../../src/models/openai/OpenAILLM.ts"
import {
  type OpenAIGenerationKwargs,
  OpenAIParameters
} from "../../src/models/openai/OpenAIOptions.ts"
import { ScriptedLLM } from "../../src/models/scripted/ScriptedLLM.ts"
import { VertexAILLM } from "../../src/models/vertex/VertexAILLM.ts"
import type {
  VertexAIGenerationKwargs,
  VertexAIParameters
} from "../../src/models/vertex/VertexOptions.ts"
import { chatOf } from "./asking.ts"

describe("a model's type", () => {
  it("carries the model's name as a literal", () => {
    const openai = OpenAILLM({ model: "gpt-4-0125-preview" })
    expectTypeOf(openai).toEqualTypeOf<OpenAILLM<"gpt-4-0125-preview">>()
    expectTypeOf(openai.model).toEqualTypeOf<"gpt-4-0125-preview">()
    expectTypeOf(
      MistralLLM({ model: "mistral-large-2402" }).model
    ).toEqualTypeOf<"mistral-large-2402">()
    expectTypeOf(VertexAILLM({ model: "gemini-1.5-pro" }).model).toEqualTypeOf<"gemini-1.5-pro">()
    expectTypeOf(ScriptedLLM({ answers: "Hi" }).model).toEqualTypeOf<"scripted">()
    expectTypeOf(ScriptedLLM({ model: "echo", answers: "Hi" }).model).toEqualTypeOf<"echo">()
    const model: string = ["from", "a", "file"].join("-")
    expectTypeOf(OpenAILLM({ model }).model).toEqualTypeOf<string>()
  })

  it("keeps names apart in a list, and fits the common one", () => {
    const llms = [OpenAILLM({ model: "gpt-4" }), MistralLLM({ model: "mistral" })]
    expectTypeOf(llms.map((llm) => llm.model)).toEqualTypeOf<Array<"gpt-4" | "mistral">>()
    expectTypeOf(llms).toExtend<ReadonlyArray<LLM>>()
  })

  it("carries its parameters, each kind its own", () => {
    expectTypeOf<ParametersOf<OpenAILLM<"m">>>().toEqualTypeOf<OpenAIParameters>()
    expectTypeOf<OpenAIParameters["generationKwargs"]>().toEqualTypeOf<
      OpenAIGenerationKwargs | undefined
    >()
    expectTypeOf<ParametersOf<MistralLLM>["generationKwargs"]>().toEqualTypeOf<
      MistralGenerationKwargs | undefined
    >()
    expectTypeOf<ParametersOf<VertexAILLM>["generationKwargs"]>().toEqualTypeOf<
      VertexAIGenerationKwargs | undefined
    >()
    // @ts-expect-error: a misspelt kwarg
    OpenAILLM({ model: "m", generationKwargs: { temprature: 0.7 } })
    // @ts-expect-error: Mistral has no log probabilities
    MistralLLM({ model: "m", generationKwargs: { logprobs: true } })
  })

  it("is that of its schema", () => {
    expectTypeOf(OpenAIParameters.Type).toExtend<OpenAIParameters>()
    expectTypeOf<OpenAIParameters>().toExtend<typeof OpenAIParameters.Type>()
    expectTypeOf<MistralParameters>().toExtend<typeof MistralParameters.Type>()
    expectTypeOf<VertexAIParameters>().toExtend<typeof VertexAIParameters.Type>()
    expectTypeOf<keyof OpenAIGenerationKwargs>().toEqualTypeOf<
      keyof NonNullable<(typeof OpenAIParameters.Type)["generationKwargs"]>
    >()
    expectTypeOf<keyof VertexAIParameters>().toEqualTypeOf<keyof typeof VertexAIParameters.Type>()
  })
})

describe("a model's description", () => {
  it("fills nothing in that was not given", () => {
    expect(OpenAILLM({ model: "m" })).toMatchObject({
      type: "OpenAILLM",
      maxConcurrency: 64,
      generationKwargs: {},
      options: { model: "m" }
    })
    expect(MistralLLM({ model: "m" }).generationKwargs).toEqual({})
    expect(VertexAILLM({ model: "m" }).generationKwargs).toEqual({})
  })

  it("keeps the options as given, without those that are undefined", () => {
    expect(
      OpenAILLM({
        model: "m",
        apiKey: undefined,
        timeout: 5,
        generationKwargs: { temperature: 0.2 }
      }).options
    ).toEqual({ model: "m", timeout: 5, generationKwargs: { temperature: 0.2 } })
  })

  it("gives a request with all that it adds", () => {
    const structuredOutput = { name: "person", schema: { type: "object" } }
    const llm = ScriptedLLM({
      answers: "Hi",
      structuredOutput,
      generationKwargs: { temperature: 0.1 }
    })
    expect(requestTo(llm, chatOf("Hi"), { numGenerations: 2 })).toEqual({
      messages: chatOf("Hi"),
      numGenerations: 2,
      generationKwargs: { temperature: 0.1 },
      structuredOutput
    })
  })
})

describe("configuring a model", () => {
  const llm = OpenAILLM({
    model: "m",
    baseUrl: "http://127.0.0.1:1/v1",
    generationKwargs: { temperature: 0.2, seed: 1 }
  })

  it("lays generation kwargs over the old ones and keeps the endpoint", () => {
    const warm = llm.configure({ generationKwargs: { temperature: 0.7, topP: undefined } })
    expect(warm.generationKwargs).toEqual({ temperature: 0.7, seed: 1 })
    expect(warm.endpoint).toBe(llm.endpoint)
    expect(llm.generationKwargs).toMatchObject({ temperature: 0.2 })
    expectTypeOf(warm).toEqualTypeOf<OpenAILLM<"m">>()
  })

  it("gives a new endpoint where the connection changes, and only there", () => {
    expect(llm.configure({ timeout: 5 }).endpoint).not.toBe(llm.endpoint)
    expect(llm.configure({ apiKey: "another" }).endpoint).not.toBe(llm.endpoint)
    expect(llm.configure({ maxConcurrency: 2 })).toMatchObject({ maxConcurrency: 2 })
    expect(llm.configure({ baseUrl: "http://127.0.0.1:1/v1" }).endpoint).toBe(llm.endpoint)
    expect(llm.configure({ structuredOutput: { name: "x", schema: {} } }).endpoint).toBe(
      llm.endpoint
    )
    expect(llm.configure({}).endpoint).toBe(llm.endpoint)
  })

  it("gives Vertex AI's token limit one name, the later one winning", () => {
    const vertex = VertexAILLM({ model: "m", generationKwargs: { maxNewTokens: 512 } })
    expect(vertex.generationKwargs).toEqual({ maxOutputTokens: 512 })
    expect(vertex.configure({ generationKwargs: { maxNewTokens: 64 } }).generationKwargs).toEqual({
      maxOutputTokens: 64
    })
    expect(
      VertexAILLM({ model: "m", generationKwargs: { maxNewTokens: 1, maxOutputTokens: 2 } })
        .generationKwargs
    ).toEqual({ maxOutputTokens: 2 })
  })

  it("takes what the parameters' schema decodes, and shows what it knows", () => {
    const given = {
      generationKwargs: { temperature: 0.7, maxNewTokens: 512 },
      apiKey: "key",
      timeout: 3
    }
    expect(Schema.decodeUnknownSync(OpenAIParameters)(given)).toEqual(given)
    expect(() =>
      Schema.decodeUnknownSync(OpenAIParameters)({ generationKwargs: { temperature: "hot" } })
    ).toThrow()
    expect(() =>
      Schema.decodeUnknownSync(OpenAIParameters)(
        { generationKwargs: { temprature: 1 } },
        { onExcessProperty: "error" }
      )
    ).toThrow("temprature")
    expect(Object.keys(OpenAIParameters.fields)).toEqual([
      "generationKwargs",
      "serviceTier",
      "baseUrl",
      "apiKey",
      "maxRetries",
      "timeout",
      "rowTimeout",
      "giveUpAfter",
      "maxConcurrency",
      "requestsPerMinute",
      "tokensPerMinute",
      "requestsPerDay",
      "tokensPerDay",
      "structuredOutput"
    ])
    expect(llm.parameters).toBe(OpenAIParameters)
  })
})

describe("a number with which no request could ever go", () => {
  it.each([
    "timeout",
    "rowTimeout",
    "giveUpAfter",
    "maxConcurrency",
    "requestsPerMinute",
    "tokensPerMinute"
  ] as const)("is refused when the model is described: %s", (name) => {
    for (const value of [0, -1, Number.NaN]) {
      expect(() => OpenAILLM({ model: "m", [name]: value })).toThrow(
        `OpenAILLM 'm': option ${name} is ${value}. Give a ${name === "maxConcurrency" ? "whole " : ""}number greater than 0, or leave it out.`
      )
    }
  })
})
