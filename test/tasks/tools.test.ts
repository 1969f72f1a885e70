import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import {
  from,
  fromYamlPromise,
  LoadDataFromDicts,
  OpenAILLM,
  Pipeline,
  runPromise,
  runStepPromise,
  TextGeneration,
  tool,
  toYamlPromise
} from "../../src/index.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { type Body, completion, json, serve } from "../models/wire.ts"

let measured = 0
export const weather = tool({
  name: "weather",
  description: "The weather in a city.",
  parameters: Schema.Struct({ city: Schema.String }),
  run: ({ city }) => {
    measured++
    return Effect.succeed({ city, degrees: 24 })
  }
})
const search = tool({
  name: "search",
  parameters: Schema.Struct({ query: Schema.String, since: Schema.optionalKey(Schema.Int) })
})

const calling = (...calls: ReadonlyArray<readonly [name: string, args: string]>) =>
  completion("", {
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: null,
          tool_calls: calls.map(([name, args], i) => ({
            id: `c${i}`,
            type: "function",
            function: { name, arguments: args }
          }))
        },
        finish_reason: "tool_calls"
      }
    ]
  })

/** Answers by what was said so far: the number of results in the chat. */
const serving = (answer: (results: number, body: Body) => unknown) =>
  serve(({ body }, response) =>
    json(response, answer(body.messages.filter(({ role }) => role === "tool").length, body))
  )

const at = (url: string) => OpenAILLM({ model: "m", baseUrl: `${url}/v1`, apiKey: "k" })

describe("TextGeneration with tools", () => {
  it("carries calls out until there are none, with columns for calls and transcript", async () => {
    await using wire = await serving((results) =>
      results === 0
        ? calling(["weather", '{"city":"Lima"}'], ["weather", '{"city":"Cusco"}'])
        : results === 2
          ? calling(["weather", '{"city":"Puno"}'])
          : completion("Lima is warmest.")
    )
    const generate = TextGeneration({ name: "t", llm: at(wire.url), tools: [weather] })
    const { rows } = await runStepPromise(generate, [{ instruction: "Where is it warm?" }])
    const [row] = rows
    expect(row!.generation).toBe("Lima is warmest.")
    expect(row!.tool_calls.map((call) => call.arguments)).toEqual([
      '{"city":"Lima"}',
      '{"city":"Cusco"}',
      '{"city":"Puno"}'
    ])
    expect(row!.transcript.map(({ role }) => role)).toEqual([
      "user",
      "assistant",
      "tool",
      "tool",
      "assistant",
      "tool",
      "assistant"
    ])
    expect(row!.transcript[2]).toEqual({
      role: "tool",
      tool_call_id: "c0",
      name: "weather",
      content: '{"city":"Lima","degrees":24}'
    })
    // Tokens of all three requests count.
    expect(row!.distilabel_metadata["statistics_t"]).toEqual({ input_tokens: 9, output_tokens: 15 })
    expect(wire.asked[0]!.body["tools"]).toEqual([
      {
        type: "function",
        function: {
          name: "weather",
          description: "The weather in a city.",
          parameters: {
            type: "object",
            properties: { city: { type: "string" } },
            required: ["city"],
            additionalProperties: false
          }
        }
      }
    ])
  })

  it("leaves calls in the row that nobody carries out", async () => {
    await using wire = await serving(() => calling(["search", '{"query":"Lima"}']))
    const generate = TextGeneration({
      name: "t",
      llm: at(wire.url),
      tools: [weather, search],
      toolChoice: { tool: "search" }
    })
    const { rows } = await runStepPromise(generate, [{ instruction: "Search." }])
    expect(rows).toMatchObject([
      {
        generation: "",
        tool_calls: [{ id: "c0", name: "search", arguments: '{"query":"Lima"}' }],
        transcript: [{ role: "user" }, { role: "assistant", tool_calls: [{ name: "search" }] }]
      }
    ])
    expect(wire.asked).toHaveLength(1)
    expect(wire.asked[0]!.body["tool_choice"]).toEqual({
      type: "function",
      function: { name: "search" }
    })
  })

  it("forces only the first answer", async () => {
    await using wire = await serving((results) =>
      results === 0 ? calling(["weather", '{"city":"Lima"}']) : completion("Warm.")
    )
    const generate = TextGeneration({
      name: "t",
      llm: at(wire.url),
      tools: [weather],
      toolChoice: "required"
    })
    await runStepPromise(generate, [{ instruction: "Where?" }])
    expect(wire.asked.map(({ body }) => body["tool_choice"])).toEqual(["required", undefined])
  })

  it.each([
    ["arguments that are no JSON", "weather", "{city:", "Error:"],
    ["arguments of another type", "weather", '{"city":3}', "Error:"],
    [
      "a tool that is not there",
      "wheather",
      "{}",
      "Error: there is no tool 'wheather'. There are: weather, broken."
    ],
    ["what a tool throws", "broken", "{}", "Error: no connection"]
  ])("tells the model of %s", async (_, name, args, told) => {
    await using wire = await serving((results) =>
      results === 0 ? calling([name, args]) : completion("I see.")
    )
    const broken = tool({
      name: "broken",
      parameters: Schema.Struct({}),
      run: () => {
        throw new Error("no connection")
      }
    })
    const generate = TextGeneration({ name: "t", llm: at(wire.url), tools: [weather, broken] })
    const { rows } = await runStepPromise(generate, [{ instruction: "Where?" }])
    expect(rows[0]!.generation).toBe("I see.")
    expect(rows[0]!.transcript[2]!.content).toContain(told)
  })

  it("makes an error row of a model that calls for ever", async () => {
    await using wire = await serving(() => calling(["weather", '{"city":"Lima"}']))
    const generate = TextGeneration({
      name: "t",
      llm: at(wire.url),
      tools: [weather],
      maxToolRounds: 2
    })
    const { errors } = await runStepPromise(generate, [{ instruction: "Where?" }])
    expect(wire.asked).toHaveLength(3)
    expect(errors).toMatchObject([
      {
        reason: "InvalidAnswer",
        detail: expect.stringContaining("still calls tools after 2 rounds")
      }
    ])
  })

  it("asks nothing twice in a later run, and gives each of several answers its own calls", async () => {
    await using simulator = await startSimulator()
    const llm = OpenAILLM({ model: "m", baseUrl: simulator.openaiBaseUrl, apiKey: "k" })
    const generate = TextGeneration({ name: "t", llm, tools: [weather], numGenerations: 3 })
    const cacheDir = mkdtempSync(join(tmpdir(), "tools-"))
    const rowsOf = async (instructions: ReadonlyArray<string>) => {
      const load = LoadDataFromDicts({
        name: "load",
        data: instructions.map((instruction) => ({ instruction }))
      })
      const distiset = await runPromise(Pipeline("p", {}, from(load).to(generate)), {
        cacheDir,
        progress: "none",
        report: false
      })
      return distiset.default.toArray()
    }
    const first = await rowsOf(["Is it warm in Lima?"])
    expect(first).toHaveLength(3)
    expect(
      first.every(({ generation, tool_calls }) => generation !== "" && tool_calls.length === 1)
    ).toBe(true)
    const asked = simulator.stats().requests
    expect(asked).toBe(4)
    const again = await rowsOf(["Is it warm in Lima?", "Is it warm in Cusco?"])
    expect(again.slice(0, 3)).toEqual(first)
    expect(simulator.stats().requests).toBe(2 * asked)
  })

  it("comes back from a document that names the exports of its tools", async () => {
    const generate = TextGeneration({
      name: "t",
      llm: OpenAILLM({ model: "m" }),
      tools: [weather],
      toolChoice: "required"
    })
    const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "Where?" }] })
    const modules = { "./tools.ts": { weather } }
    const text = await toYamlPromise(Pipeline("p", {}, from(load).to(generate)), { modules })
    expect(text).toContain("export: weather")
    expect(await toYamlPromise(await fromYamlPromise(text, { modules }), { modules })).toBe(text)
  })

  it("is asked anew where a tool has changed", async () => {
    await using wire = await serving((results) =>
      results === 0 ? calling(["weather", '{"city":"Lima"}']) : completion("Warm.")
    )
    const cacheDir = mkdtempSync(join(tmpdir(), "tools-"))
    const contentOf = async (degrees: number) => {
      const own = tool({
        name: "weather",
        parameters: Schema.Struct({ city: Schema.String }),
        run: () => degrees
      })
      const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "Where?" }] })
      const generate = TextGeneration({ name: "t", llm: at(wire.url), tools: [own] })
      const distiset = await runPromise(Pipeline("p", {}, from(load).to(generate)), {
        cacheDir,
        progress: "none",
        report: false
      })
      const [row] = await distiset.default.toArray()
      return row!.transcript[2]!.content
    }
    expect(await contentOf(24)).toBe("24")
    expect(await contentOf(25)).toBe("25")
    expect(wire.asked).toHaveLength(3)
  })
})

it("a tool is named as models want it", () => {
  expect(() => tool({ name: "the weather", parameters: Schema.Struct({}) })).toThrow(
    "A tool is called 'the weather'. Name it with letters"
  )
  expect(measured).toBeGreaterThan(0)
})
