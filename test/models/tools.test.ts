/** Tools over the real SDKs: offered, called, answered. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import type { Answer } from "../../src/models/chat/Answer.ts"
import type { Chat } from "../../src/models/chat/Chat.ts"
import { type GenerateRequest, type LLM, requestTo } from "../../src/models/chat/LLM.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { at, kinds } from "./asking.ts"
import { good, json, serve } from "./wire.ts"

const weather = {
  name: "weather",
  description: "The weather in a city.",
  parameters: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false
  }
}
const clock = { name: "clock", parameters: { type: "object", properties: {} } }

const answerOf = (llm: LLM, more: Partial<GenerateRequest>): Promise<Answer> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(llm.open, (client) =>
        client.generate({
          ...requestTo(llm, [{ role: "user", content: "Is it warm in Lima?" }]),
          ...more
        })
      )
    )
  ).then(({ answers }) => answers[0]!)

const results = (answer: Answer): Chat => [
  { role: "user", content: "Is it warm in Lima?" },
  { role: "assistant", content: answer.text ?? "", tool_calls: answer.toolCalls! },
  ...answer.toolCalls!.map(({ id, name }) => ({
    role: "tool" as const,
    tool_call_id: id,
    name,
    content: "24 degrees"
  }))
]

describe.each(kinds)("tools of %s", (kind) => {
  it.each([false, true])(
    "are called, and what they gave is read, with streams %s",
    async (stream) => {
      await using simulator = await startSimulator()
      const llm = at[kind](simulator.url, { stream })
      const answer = await answerOf(llm, { tools: [weather, clock] })
      expect(answer).toMatchObject({
        finishReason: "tool",
        toolCalls: [{ id: expect.any(String), name: "weather" }]
      })
      expect(JSON.parse(answer.toolCalls![0]!.arguments)).toEqual({ city: expect.any(String) })
      const next = await answerOf(llm, { tools: [weather, clock], messages: results(answer) })
      expect(next).toMatchObject({ text: expect.stringMatching(/\w/), finishReason: "stop" })
      expect(next.toolCalls).toBeUndefined()
    }
  )

  it("are called or not as the choice has it", async () => {
    await using simulator = await startSimulator()
    const llm = at[kind](simulator.url)
    const tools = [weather, clock]
    expect((await answerOf(llm, { tools, toolChoice: "none" })).toolCalls).toBeUndefined()
    expect((await answerOf(llm, { tools, toolChoice: "required" })).toolCalls).toHaveLength(1)
    // Ollama can be told of no choice.
    if (kind !== "ollama")
      expect(
        (await answerOf(llm, { tools, toolChoice: { tool: "clock" } })).toolCalls
      ).toMatchObject([{ name: "clock" }])
  })

  it("are no part of a request that has none", async () => {
    await using wire = await serve((_, response) => json(response, good[kind]("Hi.")))
    await answerOf(at[kind](wire.url), { tools: [], toolChoice: "auto" })
    expect(JSON.stringify(wire.asked[0]!.body)).not.toMatch(/tool/i)
  })
})

it("Gemini gets back what it signed, and all results of a turn in one", async () => {
  await using wire = await serve((_, response) => json(response, good.gemini("Hi.")))
  const call = (id: string) => ({ id, name: "weather", arguments: '{"city":"Lima"}' })
  await answerOf(at.gemini(wire.url), {
    messages: [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "", tool_calls: [call("a#signature:c2ln"), call("b")] },
      { role: "tool", tool_call_id: "a#signature:c2ln", name: "weather", content: "24" },
      { role: "tool", tool_call_id: "b", name: "weather", content: "25" }
    ]
  })
  expect(wire.asked[0]!.body["contents"]).toMatchObject([
    { role: "user" },
    {
      role: "model",
      parts: [
        { functionCall: { id: "a", args: { city: "Lima" } }, thoughtSignature: "c2ln" },
        { functionCall: { id: "b" } }
      ]
    },
    {
      role: "user",
      parts: [
        { functionResponse: { id: "a", response: { output: "24" } } },
        { functionResponse: { id: "b" } }
      ]
    }
  ])
})
