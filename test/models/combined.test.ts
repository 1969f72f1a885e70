/** Models that are made of others, over the real SDKs. */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  AnthropicLLM,
  balance,
  cascade,
  fallback,
  from,
  fromYamlPromise,
  LoadDataFromDicts,
  MixtureOfAgentsLLM,
  OpenAILLM,
  Pipeline,
  runPromise,
  ScriptedLLM,
  TextGeneration,
  toYamlPromise
} from "../../src/index.ts"
import { pricesOf } from "../../src/models/asking/prices.ts"
import type { AnyLLM } from "../../src/models/chat/LLM.ts"
import { requestTo } from "../../src/models/chat/LLM.ts"
import type { LLMEvent } from "../../src/models/chat/LLMEvents.ts"
import { ask, at, chatOf, failure } from "./asking.ts"
import { completion, json, message, serve } from "./wire.ts"

const saying = (text: string, answers: string | ReadonlyArray<string | null> = text) =>
  ScriptedLLM({ model: text, answers })

/** Answers with the model that gave each. */
const answered = async (llm: AnyLLM, prompt = "Hi", numGenerations = 1) =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(llm.open, (client) =>
        client.generate({ ...requestTo(llm, chatOf(prompt)), numGenerations })
      )
    )
  ).then(({ answers }) => answers.map(({ by, text }) => [text, by]))

const rowsOf = async (llm: AnyLLM, data: ReadonlyArray<string>, cacheDir: string) => {
  const load = LoadDataFromDicts({
    name: "load",
    data: data.map((instruction) => ({ instruction }))
  })
  const events: Array<LLMEvent> = []
  const distiset = await runPromise(
    Pipeline("p", {}, from(load).to(TextGeneration({ name: "t", llm }))),
    { cacheDir, progress: "none", report: false }
  )
  return { rows: await distiset.default.toArray(), events }
}

const folder = () => mkdtempSync(join(tmpdir(), "combined-"))

describe("fallback", () => {
  it("asks the next model where one refuses, is down, or does not exist, and says who answered", async () => {
    await using wire = await serve(({ body }, response) => {
      const model = String(body["model"])
      if (model === "refuses") json(response, message("I cannot.", { stop_reason: "refusal" }))
      else if (model === "down") json(response, {}, 500)
      else json(response, completion(`${model} answers`))
    })
    const refuses = AnthropicLLM({ model: "refuses", baseUrl: wire.url, apiKey: "k" })
    const down = at.openai(wire.url, { model: "down", maxRetries: 0 })
    const good = at.openai(wire.url, { model: "good" })
    expect(await answered(fallback([refuses, down, good]))).toEqual([["good answers", "good"]])
    expect(wire.asked.map(({ body }) => body["model"])).toEqual(["refuses", "down", "good"])
  })

  it("goes on without a model that cannot be opened", async () => {
    const unknown = { error: { code: "model_not_found", message: "no such model" } }
    await using wire = await serve(
      ({ body }, response) =>
        body["model"] === "missing"
          ? json(response, unknown, 404)
          : json(response, completion("Hi.")),
      ({ path }, response) =>
        path.endsWith("/missing")
          ? json(response, unknown, 404)
          : json(response, { id: "x", data: [] })
    )
    const missing = at.openai(wire.url, { model: "missing" })
    expect(await answered(fallback([missing, at.openai(wire.url)]))).toEqual([["Hi.", "model-a"]])
    expect(await failure(fallback([missing]))).toMatchObject({ reason: "ModelNotFound" })
  })

  it("says what each said where none answers, and asks no other for a reason that is not meant", async () => {
    await using wire = await serve(({ body }, response) =>
      json(response, { error: { message: `${String(body["model"])} is broken` } }, 400)
    )
    const models = ["a", "b"].map((model) => at.openai(wire.url, { model }))
    expect(await failure(fallback(models))).toMatchObject({
      llm: "FallbackLLM",
      model: "a else b",
      reason: "InvalidRequest",
      detail: "OpenAILLM 'a': a is broken; OpenAILLM 'b': b is broken"
    })
    expect(await failure(fallback(models, { on: ["Refused"] }))).toMatchObject({
      llm: "OpenAILLM",
      model: "a"
    })
  })

  it("finds a paid answer again whoever gave it, though the first model would answer now", async () => {
    let down = true
    await using wire = await serve(({ body }, response) =>
      body["model"] === "first" && down
        ? json(response, {}, 500)
        : json(response, completion(`${String(body["model"])} answers`))
    )
    const llm = fallback([
      at.openai(wire.url, { model: "first", maxRetries: 0 }),
      at.openai(wire.url, { model: "second" })
    ])
    const cacheDir = folder()
    const { rows } = await rowsOf(llm, ["a"], cacheDir)
    expect(rows).toMatchObject([{ generation: "second answers", model_name: "second" }])
    down = false
    const before = wire.asked.length
    // Another row makes it another run of the same rows.
    const again = await rowsOf(llm, ["a", "b"], cacheDir)
    expect(again.rows).toMatchObject([
      { generation: "second answers", model_name: "second" },
      { generation: "first answers", model_name: "first" }
    ])
    expect(wire.asked.length - before).toBe(1)
    // The model alone has it, too.
    const alone = await rowsOf(at.openai(wire.url, { model: "second" }), ["a"], cacheDir)
    expect(alone.rows).toMatchObject([{ generation: "second answers" }])
    expect(wire.asked.length - before).toBe(1)
  })

  it("gives each model its own kwargs, and the parameters that are meant for it", async () => {
    await using wire = await serve(({ body }, response) =>
      body["model"] === "a" ? json(response, {}, 500) : json(response, completion("Hi."))
    )
    const llm = fallback([
      at.openai(wire.url, { model: "a", maxRetries: 0, generationKwargs: { temperature: 0.1 } }),
      at.openai(wire.url, { model: "b", generationKwargs: { temperature: 0.9 } })
    ]).configure({
      generationKwargs: { maxNewTokens: 9 },
      models: { 1: { generationKwargs: { seed: 4 } } }
    })
    await answered(llm)
    expect(wire.asked.map(({ body }) => body)).toMatchObject([
      { temperature: 0.1, max_tokens: 9 },
      { temperature: 0.9, max_tokens: 9, seed: 4 }
    ])
    expect(wire.asked[0]!.body["seed"]).toBeUndefined()
  })
})

describe("balance", () => {
  it("shares requests as the weights say, whatever they are", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 }),
        async (weights) => {
          const asked = weights.map(() => 0)
          const llm = balance(
            weights.map((_, i) =>
              ScriptedLLM({
                model: `m${i}`,
                answers: () => {
                  asked[i]!++
                  return "Hi."
                }
              })
            ),
            { weights }
          )
          const total = weights.reduce((sum, weight) => sum + weight, 0)
          await Effect.runPromise(
            Effect.scoped(
              Effect.flatMap(llm.open, (client) =>
                Effect.forEach(Array.from({ length: 10 * total }), () =>
                  client.generate(requestTo(llm, chatOf("Hi")))
                )
              )
            )
          )
          // What each had differs by no more than a request from its share.
          asked.forEach((count, i) =>
            expect(Math.abs(count - 10 * weights[i]!)).toBeLessThanOrEqual(1)
          )
        }
      ),
      { numRuns: 20 }
    )
  })

  it("gives a server that is slow less, and none to one that is down", async () => {
    const asked = { fast: 0, slow: 0, down: 0 }
    // Slow is what takes many times as long as any answer of the fast one, however fast this machine is.
    await using wire = await serve(({ path }, response) => {
      const name = path.split("/")[1] as keyof typeof asked
      asked[name]++
      const answer = () => json(response, completion("Hi."))
      if (name === "down") response.destroy()
      else if (name === "slow") setTimeout(answer, 3000)
      else answer()
    })
    const llm = balance(
      Object.keys(asked).map((name) =>
        OpenAILLM({
          model: "m",
          baseUrl: `${wire.url}/${name}/v1`,
          apiKey: "k",
          maxRetries: 0,
          preflight: false
        })
      )
    )
    const outputs = await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(llm.open, (client) =>
          Effect.forEach(
            Array.from({ length: 200 }),
            () => client.generate(requestTo(llm, chatOf("Hi"))),
            { concurrency: 20 }
          )
        )
      )
    )
    expect(outputs).toHaveLength(200)
    expect(asked.fast).toBeGreaterThan(3 * asked.slow)
    expect(asked.down).toBeLessThan(40)
  })

  it("asks no other place where the question is to blame", async () => {
    await using wire = await serve((_, response) =>
      json(response, { error: { message: "too long" } }, 400)
    )
    const llm = balance([at.openai(wire.url), at.openai(wire.url, { apiKey: "other" })])
    expect(await failure(llm)).toMatchObject({ reason: "InvalidRequest", llm: "OpenAILLM" })
    expect(wire.asked).toHaveLength(1)
  })

  it("wants a weight above 0 for each", () => {
    expect(() => balance([saying("a"), saying("b")], { weights: [1] })).toThrow(
      "weights is [1]. Give a number above 0 for each of the 2 models."
    )
  })
})

describe("cascade", () => {
  it("asks the dear model only for the rows that the cheap one failed", async () => {
    await using wire = await serve(({ body }, response) => {
      const question = String(body.messages.at(-1)?.content)
      const cheap = body["model"] === "cheap"
      if (cheap && question === "broken") json(response, {}, 400)
      else json(response, completion(cheap && question === "hard" ? "dunno" : "42"))
    })
    const llm = cascade(
      [at.openai(wire.url, { model: "cheap" }), at.openai(wire.url, { model: "dear" })],
      { accept: ({ text }) => text !== "dunno" }
    )
    const cacheDir = folder()
    const { rows } = await rowsOf(llm, ["easy", "hard", "broken"], cacheDir)
    const expected = [
      { generation: "42", model_name: "cheap" },
      { generation: "42", model_name: "dear" },
      { generation: "42", model_name: "dear" }
    ]
    expect(rows).toMatchObject(expected)
    expect(wire.asked.filter(({ body }) => body["model"] === "dear")).toHaveLength(2)
    // Nothing is asked twice: not the cheap model's failure either, for which there is an answer.
    const before = wire.asked.length
    const again = await rowsOf(llm, ["easy", "hard", "broken", "new"], cacheDir)
    expect(again.rows).toMatchObject([...expected, { generation: "42", model_name: "cheap" }])
    expect(wire.asked.length - before).toBe(1)
  })

  it("keeps the answers that will do, and asks for as many as are missing", async () => {
    const llm = cascade([saying("cheap", ["yes", "no"]), saying("dear", "YES")], {
      accept: ({ text }) => text === "yes"
    })
    const answers = await answered(llm, "Hi", 8)
    expect(answers).toHaveLength(8)
    expect(answers.every(([text, by]) => (by === "cheap" ? text === "yes" : text === "YES"))).toBe(
      true
    )
  })

  it("makes an error row of what accept throws", async () => {
    const llm = cascade([saying("cheap"), saying("dear")], {
      accept: () => {
        throw new Error("no such column")
      }
    })
    expect(await failure(llm)).toMatchObject({
      reason: "InvalidAnswer",
      detail: "option accept threw: no such column"
    })
  })
})

describe("a MixtureOfAgentsLLM", () => {
  it("has the proposers answer each round, and the aggregator once, of their answers", async () => {
    await using wire = await serve(({ body }, response) =>
      json(response, completion(`${String(body["model"])} says so`))
    )
    const llm = MixtureOfAgentsLLM({
      aggregatorLlm: at.openai(wire.url, { model: "aggregator" }),
      proposersLlms: ["one", "two"].map((model) => at.openai(wire.url, { model })),
      rounds: 2
    })
    expect(llm.model).toBe("moa-aggregator-one-two")
    const output = await ask(llm, [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Why?" }
    ])
    expect(output.generations).toEqual(["aggregator says so"])
    const systems = wire.asked.map(({ body }) => [body["model"], body.messages[0]!.content])
    expect(
      systems
        .slice(0, 2)
        .map(([model]) => model)
        .toSorted()
    ).toEqual(["one", "two"])
    expect(systems.slice(0, 2).every(([, system]) => system === "Be brief.")).toBe(true)
    expect(wire.asked).toHaveLength(5)
    for (const [, system] of systems.slice(2)) {
      expect(system).toMatch(/1\. one says so\n\n2\. two says so\n\nBe brief\.$/)
    }
    expect(wire.asked.at(-1)!.body["model"]).toBe("aggregator")
  })

  it("leaves out a proposer that fails for a row, and fails where all do", async () => {
    const bad = ScriptedLLM({ model: "bad", answers: "", failures: () => "Refused" })
    const seen: Array<string> = []
    const aggregator = ScriptedLLM({
      model: "aggregator",
      answers: (messages) => {
        seen.push(String(messages[0]!.content))
        return "so"
      }
    })
    const mixed = (proposersLlms: ReadonlyArray<AnyLLM>) =>
      MixtureOfAgentsLLM({ aggregatorLlm: aggregator, proposersLlms })
    expect((await ask(mixed([bad, saying("good")]), "Why?")).generations).toEqual(["so"])
    expect(seen[0]).toContain("1. good")
    expect(await failure(mixed([bad]))).toMatchObject({ model: "bad", reason: "Refused" })
  })

  it("is read as Python writes it, and comes back from a document", async () => {
    const llm = MixtureOfAgentsLLM({
      aggregatorLlm: OpenAILLM({ model: "gpt-4o" }),
      proposersLlms: [OpenAILLM({ model: "gpt-4o-mini" }), AnthropicLLM({ model: "claude" })],
      rounds: 2
    })
    const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "Hi" }] })
    const text = await toYamlPromise(
      Pipeline("p", {}, from(load).to(TextGeneration({ name: "t", llm })))
    )
    expect(text).toContain("module: distilabel.models.llms.moa")
    expect(await toYamlPromise(await fromYamlPromise(text))).toBe(text)
  })
})

it("combinations come back from documents, one within the other", async () => {
  const llm = fallback([
    balance([OpenAILLM({ model: "a" }), OpenAILLM({ model: "b" })], { weights: [2, 1] }),
    cascade([OpenAILLM({ model: "c" }), OpenAILLM({ model: "d" })])
  ])
  const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "Hi" }] })
  const text = await toYamlPromise(
    Pipeline("p", {}, from(load).to(TextGeneration({ name: "t", llm })))
  )
  expect(await toYamlPromise(await fromYamlPromise(text))).toBe(text)
})

it("answers cost what the model that gave them costs; the dearest stands for one that is not known", () => {
  const llm = fallback([
    OpenAILLM({ model: "gpt-4o", apiKey: "k" }),
    cascade([
      OpenAILLM({ model: "house", apiKey: "k" }),
      OpenAILLM({ model: "gpt-4o-mini", apiKey: "k" })
    ])
  ])
  const costOf = pricesOf([llm], { house: { input: 1, output: 1 } }).get(llm)!
  const used = { inputTokens: 1_000_000, outputTokens: 0, llm: "OpenAILLM" }
  expect(costOf({ ...used, model: "house" })).toBe(1)
  expect(costOf({ ...used, model: "gpt-4o-mini" })).toBe(0.15)
  expect(costOf({ inputTokens: 1_000_000, outputTokens: 0 })).toBe(2.5)
  expect(pricesOf([llm]).get(llm)!({ inputTokens: 1, outputTokens: 1 })).toBeUndefined()
})
