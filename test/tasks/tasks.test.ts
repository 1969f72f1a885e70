import * as Schema from "effect/Schema"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import {
  CombineColumns,
  from,
  LoadDataFromDicts,
  MistralLLM,
  OpenAILLM,
  Pipeline,
  runPromise,
  runStepPromise,
  sampleNSteps,
  ScriptedLLM,
  task,
  TextGeneration,
  UltraFeedback,
  VertexAILLM
} from "../../src/index.ts"
import { type Simulator, startSimulator } from "../../src/simulator/index.ts"
import { completion, json, serve } from "../models/wire.ts"

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

const quiet = { progress: "none" } as const
const models = () =>
  [
    OpenAILLM({ model: "gpt-4-0125-preview", baseUrl: simulator.openaiBaseUrl, apiKey: "k" }),
    MistralLLM({ model: "mistral-large-2402", endpoint: simulator.mistralUrl, apiKey: "k" }),
    VertexAILLM({
      model: "gemini-1.5-pro",
      baseUrl: simulator.vertexUrl,
      accessToken: "k",
      project: "p"
    })
  ] as const

describe("tasks over the real SDKs", () => {
  it("ask three providers, judge what they say, and give typed rows", async () => {
    const load = LoadDataFromDicts({
      name: "load",
      data: Array.from({ length: 12 }, (_, n) => ({ instruction: `Explain the number ${n}.` })),
      batchSize: 3
    })
    const writers = models().map((llm) =>
      TextGeneration({ name: `text_generation_with_${llm.model}`, llm, inputBatchSize: 3 })
    )
    const combine = CombineColumns({
      name: "combine",
      columns: ["generation", "model_name"],
      outputColumns: ["generations", "models"]
    })
    const judge = UltraFeedback({ name: "judge", llm: models()[0], aspect: "honesty" })
    const distiset = await runPromise(
      Pipeline("p", {}, from(load).route(sampleNSteps(2), writers).join(combine).to(judge)),
      quiet
    )
    const rows = await distiset.default.toArray()
    expect(rows).toHaveLength(12)
    for (const { generations, models, ratings, rationales } of rows) {
      expect([generations.length, models.length, ratings.length, rationales.length]).toEqual([
        2, 2, 2, 2
      ])
      expect(ratings.every((rating) => rating !== null && rating >= 1 && rating <= 5)).toBe(true)
    }
  })

  it("keep answers to a schema, typed by it", async () => {
    const City = Schema.Struct({
      name: Schema.String,
      people: Schema.Int,
      rivers: Schema.Array(Schema.String)
    })
    for (const llm of models()) {
      const { errors, rows } = await runStepPromise(
        TextGeneration({ name: "city", llm, structuredOutput: City }),
        [{ instruction: "Name a city." }]
      )
      expect(errors).toEqual([])
      const { generation } = rows[0]!
      expect(typeof generation.name).toBe("string")
      expect(Number.isInteger(generation.people)).toBe(true)
    }
  })

  it("give a row for each answer, or one with lists", async () => {
    for (const llm of models()) {
      const each = await runStepPromise(TextGeneration({ name: "each", llm, numGenerations: 3 }), [
        { instruction: "a" },
        { instruction: "b" }
      ])
      expect(each.rows.map(({ instruction }) => instruction)).toEqual([
        "a",
        "a",
        "a",
        "b",
        "b",
        "b"
      ])
      const grouped = await runStepPromise(
        TextGeneration({ name: "grouped", llm, numGenerations: 3, groupGenerations: true }),
        [{ instruction: "a" }]
      )
      expect(grouped.rows[0]!.generation).toHaveLength(3)
    }
  })

  it("make an error row of a request that keeps failing, and of no other", async () => {
    await using failing = await startSimulator({
      faults: [{ kind: "refusal", share: 0.2, permanent: true }]
    })
    const llm = OpenAILLM({ model: "m", baseUrl: failing.openaiBaseUrl, apiKey: "k" })
    const rows = Array.from({ length: 60 }, (_, n) => ({ instruction: `Say ${n}.` }))
    const result = await runStepPromise(TextGeneration({ name: "say", llm }), rows)
    expect(result.errors.length).toBeGreaterThan(2)
    expect(result.rows.length + result.errors.length).toBe(60)
    expect(new Set(result.errors.map(({ reason }) => reason))).toEqual(new Set(["Refused"]))
    expect(result.errors[0]!.row).toMatchObject({ generation: null, model_name: null })
  })

  it("share one client and its limit where they share a model", async () => {
    await using slow = await startSimulator({ latency: { kind: "constant", ms: 20 } })
    const llm = OpenAILLM({
      model: "m",
      baseUrl: slow.openaiBaseUrl,
      apiKey: "k",
      maxConcurrency: 4
    })
    const load = LoadDataFromDicts({
      name: "load",
      data: Array.from({ length: 30 }, (_, n) => ({ instruction: `Say ${n}.` }))
    })
    const writers = ["a", "b"].map((name) => TextGeneration({ name, llm }))
    await runPromise(
      Pipeline(
        "p",
        {},
        from(load)
          .branch(writers)
          .join(CombineColumns({ name: "c", columns: ["generation"] }))
      ),
      quiet
    )
    expect(slow.stats().maxInFlight).toBe(4)
  })

  it("end the run at once where the key is wrong or the model is not there", async () => {
    await using closed = await startSimulator({ apiKey: "right", models: ["known"] })
    const ask = (model: string, apiKey: string) => {
      const llm = OpenAILLM({ model, baseUrl: closed.openaiBaseUrl, apiKey })
      return runStepPromise(TextGeneration({ name: "ask", llm }), [{ instruction: "a" }])
    }
    await expect(ask("known", "wrong-secret-key")).rejects.toThrow(
      /Step 'ask' could not start \(Unauthorized\)/
    )
    await expect(ask("known", "wrong-secret-key")).rejects.not.toThrow(/wrong-secret-key/)
    await expect(ask("knowm", "right")).rejects.toThrow(/ModelNotFound.*known/)
    expect(closed.stats().answered).toBe(0)
  })
})

describe("runtime parameters", () => {
  it("reach the model: its kwargs, its address, the number of answers", async () => {
    const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "a" }] })
    const pipeline = Pipeline(
      "p",
      {},
      from(load).to(TextGeneration({ name: "ask", llm: OpenAILLM({ model: "m" }) }))
    )
    const distiset = await runPromise(pipeline, {
      ...quiet,
      parameters: {
        ask: {
          numGenerations: 2,
          llm: {
            baseUrl: simulator.openaiBaseUrl,
            apiKey: "k",
            generationKwargs: { maxNewTokens: 5 }
          }
        }
      }
    })
    const rows = await distiset.default.toArray()
    expect(rows).toHaveLength(2)
    expect(rows[0]!.generation.split(/\s+/).length).toBeLessThan(12)
  })

  it("are refused by path, before anything is asked", async () => {
    const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "a" }] })
    const pipeline = Pipeline(
      "p",
      {},
      from(load).to(TextGeneration({ name: "ask", llm: ScriptedLLM({ answers: "x" }) }))
    )
    const wrong = { ask: { llm: { generationKwargs: { temprature: 1, temperature: "hot" } } } }
    await expect(runPromise(pipeline, { ...quiet, parameters: wrong as never })).rejects.toThrow(
      /no parameter 'llm\.generationKwargs\.temprature'\. Did you mean 'llm\.generationKwargs\.temperature'\?[^]*'llm\.generationKwargs\.temperature' of step 'ask' has a wrong value\. It wants a number.*gets "hot"/
    )
  })
})

describe("own tasks", () => {
  it("write the prompt and read the answer; an answer that cannot be read makes an error row with the raw text", async () => {
    const llm = ScriptedLLM({
      model: "judge",
      answers: (messages) => (String(messages.at(-1)!.content).includes("bad") ? "no idea" : "4")
    })
    const rate = task({
      name: "rate",
      llm,
      inputs: { text: Schema.String },
      outputs: { rating: Schema.Number },
      systemPrompt: "Be strict.",
      prompt: ({ text }) => `Rate: ${text}`,
      parse: (answer) => {
        const rating = Number(answer)
        if (Number.isNaN(rating)) throw new Error(`${JSON.stringify(answer)} is no number`)
        return { rating }
      }
    })
    const { errors, rows } = await runStepPromise(rate, [{ text: "good" }, { text: "bad" }])
    expect(rows).toMatchObject([{ text: "good", rating: 4, model_name: "judge" }])
    expect(rows[0]!.distilabel_metadata).toMatchObject({
      raw_input_rate: [
        { role: "system", content: "Be strict." },
        { role: "user", content: "Rate: good" }
      ]
    })
    expect(errors).toMatchObject([
      {
        step: "rate",
        reason: "ParseFailed",
        detail: '"no idea" is no number',
        raw: "no idea",
        row: { text: "bad", rating: null }
      }
    ])
  })

  it("tell a model with `retries` what is wrong with its answer, in the same chat, and count the tokens of all answers", async () => {
    await using wire = await serve(({ body }, response) => {
      const { length } = body.messages
      json(
        response,
        completion(
          body.messages[0]!.content === "Rate: hopeless" || length === 1
            ? "no idea"
            : length === 3
              ? "about 4"
              : "4"
        )
      )
    })
    const rate = task({
      name: "rate",
      llm: OpenAILLM({ model: "judge", baseUrl: `${wire.url}/v1`, apiKey: "k" }),
      inputs: { text: Schema.String },
      outputs: { rating: Schema.Number },
      retries: 2,
      prompt: ({ text }) => `Rate: ${text}`,
      parse: (answer) => {
        if (!/^\d$/.test(answer ?? "")) throw new Error(`${JSON.stringify(answer)} is no digit`)
        return { rating: Number(answer) }
      }
    })
    const { errors, rows } = await runStepPromise(rate, [{ text: "good" }, { text: "hopeless" }])
    expect(rows).toMatchObject([
      {
        text: "good",
        rating: 4,
        distilabel_metadata: {
          raw_output_rate: "4",
          statistics_rate: { input_tokens: 9, output_tokens: 15 }
        }
      }
    ])
    expect(errors).toMatchObject([
      { reason: "ParseFailed", raw: "no idea", row: { text: "hopeless" } }
    ])
    const last = wire.asked
      .map(({ body }) => body.messages)
      .find((messages) => messages.length === 5 && messages[0]!.content === "Rate: good")
    expect(last!.map(({ content, role }) => [role, content])).toEqual([
      ["user", "Rate: good"],
      ["assistant", "no idea"],
      ["user", expect.stringContaining('"no idea" is no digit')],
      ["assistant", "about 4"],
      ["user", expect.stringContaining('"about 4" is no digit')]
    ])
  })

  it("run alone only on rows that have what they read", async () => {
    const llm = ScriptedLLM({ answers: "x" })
    await expect(
      runStepPromise(
        TextGeneration({ name: "ask", llm, template: "{{ topic }}" }) as never,
        [{ subject: "a" }] as never
      )
    ).rejects.toThrow(
      /Step 'ask' needs column 'topic', which no earlier step gives\. Columns here: subject\./
    )
  })
})
