import { expect, expectTypeOf, it } from "vitest"
import {
  ClientvLLM,
  fromYamlPromise,
  InstructionResponsePipeline,
  OpenAILLM,
  runPromise,
  toYamlPromise
} from "../../src/index.ts"
import { startSimulator } from "../../src/simulator/index.ts"

const vllm = (baseUrl: string) =>
  ClientvLLM({ model: "m", baseUrl, apiKey: "test-key", chatTemplate: "llama3" })

it("makes instructions and responses, as many as wanted, typed", async () => {
  await using simulator = await startSimulator()
  const pipeline = InstructionResponsePipeline({ llm: vllm(simulator.openaiBaseUrl), numRows: 3 })
  const { default: rows } = await runPromise(pipeline, { progress: "none" })
  const all = await rows.toArray()
  expect(all).toHaveLength(3)
  for (const { instruction, model_name, response } of all) {
    expect([instruction, response].every((text) => text.trim() !== "")).toBe(true)
    expect(model_name).toBe("m")
  }
  expectTypeOf(all[0]!.response).toEqualTypeOf<string>()
})

it("makes conversations of several turns; run sets how many, and the rest of its parameters", async () => {
  await using simulator = await startSimulator()
  const pipeline = InstructionResponsePipeline({ llm: vllm(simulator.openaiBaseUrl), nTurns: 2 })
  const { default: rows } = await runPromise(pipeline, {
    progress: "none",
    parameters: {
      magpie_generator_0: { numRows: 2, llm: { generationKwargs: { maxNewTokens: 40 } } }
    }
  })
  const all = await rows.toArray()
  expect(all).toHaveLength(2)
  expect(all[0]!.conversation.map(({ role }) => role)).toEqual([
    "user",
    "assistant",
    "user",
    "assistant"
  ])
})

it("is a pipeline like any other in documents, and refuses a model that is asked in chats", async () => {
  const pipeline = InstructionResponsePipeline({ llm: vllm("http://localhost:1/v1") })
  const loaded = await fromYamlPromise(await toYamlPromise(pipeline))
  expect(loaded.name).toBe("sft")
  expect(loaded.graph.nodes.get("magpie_generator_0")!.step.options).toMatchObject({
    numRows: 10,
    systemPrompt: "You are an assistant that writes with imagination."
  })
  expect(() => InstructionResponsePipeline({ llm: OpenAILLM({ model: "m" }) })).toThrow(
    "needs a model that can write the user's turns"
  )
})
