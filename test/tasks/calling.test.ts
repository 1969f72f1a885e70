import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import {
  catalogWith,
  defineGeneratorTask,
  defineMultiCallTask,
  dryRunPromise,
  estimatePromise,
  from,
  fromYamlPromise,
  OpenAILLM,
  Pipeline,
  runPromise,
  RunStopped,
  runStepPromise,
  toYamlPromise
} from "../../src/index.ts"
import { type AnswerServer, answerServer } from "../step/answerServer.ts"

let server: AnswerServer

beforeAll(async () => {
  server = await answerServer()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(() => {
  server.asked.length = 0
  server.latencyMs = 0
  server.most = 0
  server.answer = (_, number) => `answer ${number}`
})

const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-calling-"))
const llm = (more: object = {}) =>
  OpenAILLM({ model: "m", baseUrl: server.url, apiKey: "k", preflight: false, ...more })
const quiet = { progress: "none", report: false } as const

const Refined = defineMultiCallTask({
  type: "Refined",
  about: "Improves a text in several rounds.",
  reads: { text: Schema.String },
  adds: { refined: Schema.String },
  options: { rounds: Schema.optionalKey(Schema.Int), tone: Schema.String },
  defaults: { rounds: 2 },
  parameters: ["rounds"],
  work: async ({ text }, { rounds, tone }, { llm }) => {
    let refined = text
    for (let round = 0; round < rounds; round++)
      refined = (await llm.askPromise(`${tone}: ${refined}`)).text
    return { refined }
  }
})

const Riddles = defineGeneratorTask({
  type: "Riddles",
  about: "Makes riddles with their solutions.",
  adds: { riddle: Schema.String, solution: Schema.String, index: Schema.Int },
  options: { count: Schema.Int, theme: Schema.optionalKey(Schema.String) },
  defaults: { theme: "animals" },
  parameters: ["count"],
  rows: ({ count }) => count,
  work: (index, { theme }, { llm }) =>
    Effect.gen(function* () {
      const riddle = yield* llm.ask(`Invent a riddle about ${theme}.`)
      if (riddle.text === "bad") throw new Error("that is no riddle")
      const solution = yield* llm.ask(`Solve: ${riddle.text}`)
      return { riddle: riddle.text, solution: solution.text, index }
    })
})

describe("a task of several calls", () => {
  it("adds the columns of its work, the model and all calls", async () => {
    const task = Refined({ name: "r", llm: llm(), tone: "Kindly", addRawInput: false })
    const { errors, rows } = await runStepPromise(task, [{ text: "a", n: 1 }])
    expect(errors).toEqual([])
    expect(rows).toEqual([
      {
        text: "a",
        n: 1,
        refined: "answer 2",
        model_name: "m",
        distilabel_metadata: {
          raw_output_r: ["answer 1", "answer 2"],
          statistics_r: { input_tokens: [2, 2], output_tokens: [3, 3] }
        }
      }
    ])
    expect(server.asked).toEqual(["Kindly: a", "Kindly: answer 1"])
  })

  it("takes mappings, and parameters of its own and of its model", async () => {
    const task = Refined({
      name: "r",
      llm: llm(),
      tone: "Kindly",
      inputMappings: { text: "draft" },
      outputMappings: { refined: "text" }
    })
    const { rows } = await runStepPromise(task, [{ draft: "a" }], {
      parameters: { rounds: 3, llm: { generationKwargs: { temperature: 1 } } }
    })
    expect(rows[0]!.text).toBe("answer 3")
  })

  it("gives an error row for work that fails or that does not give what it declares", async () => {
    const Wrong = defineMultiCallTask({
      type: "Wrong",
      about: "Fails in two ways.",
      reads: { text: Schema.String },
      adds: { length: Schema.Int },
      options: {},
      defaults: {},
      work: ({ text }) => {
        if (text === "") throw new Error("no text")
        return { length: text.length / 2 }
      }
    })
    const { errors, rows } = await runStepPromise(Wrong({ name: "w", llm: llm() }), [
      { text: "ab" },
      { text: "" },
      { text: "abc" }
    ])
    expect(rows).toMatchObject([{ length: 1 }])
    expect(errors.map(({ reason, row }) => [reason, row["length"]])).toEqual([
      ["ProcessFailed", null],
      ["WrongOutput", null]
    ])
  })

  it("is written by its options, and comes back with the registry that holds it", async () => {
    const registry = catalogWith(Refined, Riddles)
    const flow = from(Riddles({ name: "riddles", llm: llm(), count: 2 })).to(
      Refined({
        name: "r",
        llm: llm(),
        tone: "Kindly",
        rounds: 1,
        inputMappings: { text: "riddle" }
      })
    )
    const text = await toYamlPromise(Pipeline("p", {}, flow), { registry })
    expect(text).toContain("rounds: 1")
    const loaded = await fromYamlPromise(text, { registry })
    expect(await toYamlPromise(loaded, { registry })).toBe(text)
    const parameters = {
      riddles: { llm: { apiKey: "k" } },
      r: { llm: { apiKey: "k" } }
    }
    const distiset = await runPromise(loaded, { ...quiet, cacheDir: folder(), parameters })
    expect(distiset["default" as never]).toHaveLength(2)
  })

  it("refuses options that every task has", () => {
    expect(() =>
      defineMultiCallTask({
        type: "Taken",
        about: "Has one option too many.",
        reads: {},
        adds: {},
        options: { addRawInput: Schema.Boolean },
        defaults: {},
        work: () => ({})
      })
    ).toThrow(/option 'addRawInput'/)
  })
})

describe("a task that makes rows", () => {
  const riddles = (count: number, more: object = {}) =>
    Pipeline("riddles", {}, from(Riddles({ name: "riddles", llm: llm(more), count })))

  it("makes many at once, each with its own answers, in their order", async () => {
    server.latencyMs = 20
    const cacheDir = folder()
    const distiset = await runPromise(riddles(40), { ...quiet, cacheDir })
    const rows = await distiset.default.toArray()
    expect(server.most).toBeGreaterThan(1)
    expect(rows.map(({ index }) => index)).toEqual(Array.from({ length: 40 }, (_, i) => i))
    expect(new Set(rows.flatMap(({ riddle, solution }) => [riddle, solution])).size).toBe(80)
    expect(rows[3]).toMatchObject({
      model_name: "m",
      distilabel_metadata: { raw_output_riddles: [rows[3]!.riddle, rows[3]!.solution] }
    })
    // More of them, and other rows first: those that were made keep their answers.
    const more = await runPromise(riddles(50), { ...quiet, cacheDir })
    expect((await more.default.toArray()).slice(0, 40)).toEqual(rows)
    expect(server.asked).toHaveLength(100)
  })

  it("leaves an error row where the work fails, and takes its parameters", async () => {
    server.answer = (question, number) => (number === 3 ? "bad" : `${number} to ${question.length}`)
    const distiset = await runPromise(riddles(9, { maxConcurrency: 1 }), {
      ...quiet,
      cacheDir: folder(),
      parameters: { riddles: { count: 3 } }
    })
    expect((await distiset.default.toArray()).map(({ index }) => index)).toEqual([0, 2])
    const errors = await distiset.default.errors().toArray()
    expect(errors).toMatchObject([
      {
        reason: "ProcessFailed",
        detail: expect.stringMatching(/^that is no riddle \(test\/tasks\/calling/),
        trace: expect.stringMatching(/^at (.*\()?test\/tasks\/calling\.test\.ts:\d+:\d+/),
        row: { riddle: null, distilabel_metadata: { raw_output_riddles: ["bad"] } }
      }
    ])
  })

  it("loses no answer when it is stopped, and goes on where it was", async () => {
    server.latencyMs = 5
    const options = { ...quiet, cacheDir: folder(), outputDir: folder() }
    const prices = { m: { input: 1000, output: 1000 } }
    const stopped = await runPromise(riddles(300, { maxConcurrency: 8 }), {
      ...options,
      prices,
      maxCost: 1
    }).catch((error: unknown) => error)
    expect(stopped).toBeInstanceOf(RunStopped)
    expect(server.asked.length).toBeGreaterThan(150)
    expect(server.asked.length).toBeLessThan(250)
    const distiset = await runPromise(riddles(300, { maxConcurrency: 8 }), options)
    expect(distiset.default).toHaveLength(300)
    expect(server.asked).toHaveLength(600)
  })

  it("asks for no more than a trial or an estimate wants", async () => {
    const cacheDir = folder()
    await dryRunPromise(riddles(1000), { ...quiet, cacheDir, batchSize: 2 })
    expect(server.asked.length).toBeLessThanOrEqual(4)
    const { calls, rows } = await estimatePromise(riddles(1000), { cacheDir, sample: 10 })
    expect([rows, calls.expected]).toEqual([1000, 2000])
    expect(server.asked.length).toBeLessThanOrEqual(24)
  })
})
