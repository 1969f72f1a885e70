import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import {
  from,
  generatorStep,
  globalStep,
  inspect,
  LoadDataFromDicts,
  OpenAILLM,
  Pipeline,
  type Row,
  type RunSummary,
  runPromise,
  RunStopped,
  runStepPromise,
  step,
  toYamlPromise
} from "../../src/index.ts"
import { conditions } from "../program.ts"
import { type AnswerServer, answerServer } from "./answerServer.ts"

let server: AnswerServer

beforeAll(async () => {
  server = await answerServer()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(() => {
  server.asked.length = 0
  server.latencyMs = 0
  server.answer = (_, number) => `answer ${number}`
})

const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-asking-"))
const llm = (more: object = {}) =>
  OpenAILLM({ model: "m", baseUrl: server.url, apiKey: "k", preflight: false, ...more })

/** Asks the same question twice, and a third one about the answers. */
const thrice = (more: object = {}) =>
  step({
    name: "thrice",
    llm: llm(more),
    inputs: { text: Schema.String },
    outputs: { first: Schema.String, second: Schema.String, third: Schema.String },
    process: async ([row], _, { llm }) => {
      const [first, second] = await Promise.all([
        llm.askPromise(`About ${row!.text}?`),
        llm.askPromise(`About ${row!.text}?`)
      ])
      const third = await llm.askPromise([
        { role: "user", content: `${first.text}+${second.text}` }
      ])
      return [{ first: first.text, second: second.text, third: third.text }]
    }
  })

const settings = (cacheDir: string, more: object = {}) =>
  ({ cacheDir, outputDir: folder(), progress: "none", report: false, ...more }) as const

const pipelineOf = (count: number, made = thrice()) =>
  Pipeline(
    "asking",
    {},
    from(
      LoadDataFromDicts({
        name: "load",
        data: Array.from({ length: count }, (_, i) => ({ text: `t${i % 2}` }))
      })
    ).to(made)
  )

describe("a step that asks a model in its work", () => {
  it("gets a row a call, and the row tells what was asked for it", async () => {
    const { errors, rows } = await runStepPromise(thrice(), [{ text: "a", n: 1 }])
    expect(errors).toEqual([])
    const [row] = rows
    const { first, second } = row!
    expect([first, second].toSorted()).toEqual(["answer 1", "answer 2"])
    expect(row).toEqual({
      text: "a",
      n: 1,
      first,
      second,
      third: "answer 3",
      distilabel_metadata: {
        raw_input_thrice: ["About a?", "About a?", `${first}+${second}`].map((content) => [
          { role: "user", content }
        ]),
        raw_output_thrice: [first, second, "answer 3"],
        statistics_thrice: { input_tokens: [2, 2, 2], output_tokens: [3, 3, 3] }
      }
    })
  })

  it("asks as an effect too, with kwargs of its own and an answer by a schema", async () => {
    server.answer = (question) => (question === "Rate." ? '{"stars": 4}' : "text")
    const rated = step({
      name: "rated",
      llm: llm({ generationKwargs: { temperature: 0.2 } }),
      inputs: { text: Schema.String },
      outputs: { stars: Schema.Number, said: Schema.String },
      process: ([row], _, { llm }) =>
        Effect.gen(function* () {
          const { text } = yield* llm.ask(row!.text)
          const { value } = yield* llm.ask({
            messages: "Rate.",
            generationKwargs: { temperature: 0 },
            structuredOutput: Schema.Struct({ stars: Schema.Int })
          })
          return [{ stars: value.stars, said: text }]
        })
    })
    const { rows } = await runStepPromise(rated, [{ text: "x" }])
    expect(rows).toMatchObject([{ stars: 4, said: "text" }])
  })

  it("pays nothing twice, and rows with the same question keep answers of their own", async () => {
    const cacheDir = folder()
    let summary: RunSummary | undefined
    const onSummary = (each: RunSummary): void => {
      summary = each
    }
    const first = await (await runPromise(pipelineOf(20), settings(cacheDir))).default.toArray()
    expect(server.asked).toHaveLength(60)
    expect(new Set(first.flatMap((row) => [row.first, row.second, row.third])).size).toBe(60)
    const again = await runPromise(pipelineOf(20), settings(cacheDir, { onSummary }))
    expect(await again.default.toArray()).toEqual(first)
    expect(server.asked).toHaveLength(60)
    expect(summary!.steps[1]).toMatchObject({ model: "m", requests: 0, recalled: 60 })
  })

  it("fails for a row alone: the row tells what was asked until then", async () => {
    server.answer = (question) => (question === "About bad?" ? undefined : "fine")
    const { errors, rows } = await runStepPromise(thrice(), [{ text: "bad" }, { text: "good" }])
    expect(rows).toMatchObject([{ text: "good", third: "fine" }])
    expect(errors).toMatchObject([
      {
        step: "thrice",
        reason: "InvalidRequest",
        row: {
          text: "bad",
          first: null,
          distilabel_metadata: { raw_output_thrice: [null, null] }
        }
      }
    ])
    server.answer = () => " "
    expect((await runStepPromise(thrice(), [{ text: "a" }])).errors).toMatchObject([
      { reason: "ParseFailed", detail: "the answer is empty" }
    ])
    const quiet = step({
      name: "quiet",
      llm: llm(),
      inputs: { text: Schema.String },
      outputs: {},
      process: ([row], _, { llm }) => Effect.map(llm.ask(row!.text), () => [{}])
    })
    expect((await runStepPromise(quiet, [{ text: " " }])).errors).toMatchObject([
      { reason: "BadInput", detail: "the prompt is empty" }
    ])
  })

  it("asks for failed rows again with retryFailed", async () => {
    const cacheDir = folder()
    const outputDir = folder()
    const picky = step({
      name: "picky",
      llm: llm(),
      inputs: { text: Schema.String },
      outputs: { said: Schema.String },
      process: async ([row], _, { llm }) => {
        const { text } = await llm.askPromise(row!.text)
        if (text === "bad") throw new Error("that is bad")
        return [{ said: text }]
      }
    })
    const pipeline = Pipeline(
      "picky",
      {},
      from(LoadDataFromDicts({ name: "load", data: [{ text: "a" }, { text: "b" }] })).to(picky)
    )
    const options = { ...settings(cacheDir), outputDir }
    server.answer = (question) => (question === "b" ? "bad" : "good")
    expect((await runPromise(pipeline, options)).default.errors().length).toBe(1)
    server.answer = () => "better"
    const mended = await runPromise(pipeline, { ...options, retryFailed: true })
    expect((await mended.default.toArray()).map(({ said }) => said)).toEqual(["good", "better"])
    expect(server.asked).toEqual(["a", "b", "b"])
  })

  it("is limited, counted and stopped like a task", async () => {
    const one = 2 * 0.001 + 3 * 0.002
    const cacheDir = folder()
    const outputDir = folder()
    const limited = {
      ...settings(cacheDir),
      outputDir,
      prices: { m: { input: 1000, output: 2000 } }
    }
    const stopped = await runPromise(pipelineOf(20, thrice({ maxConcurrency: 2 })), {
      ...limited,
      maxCost: 10 * one
    }).catch((error: unknown) => error)
    expect(stopped).toBeInstanceOf(RunStopped)
    const paid = server.asked.length
    expect(paid).toBeLessThan(30)
    await runPromise(pipelineOf(20, thrice({ maxConcurrency: 2 })), limited)
    expect(server.asked.length).toBe(60)
  })

  it("shows its model in documents and inspections, and takes its parameters", async () => {
    const pipeline = pipelineOf(1)
    expect(await toYamlPromise(pipeline)).toMatch(/llm:\n[^]*model: m/)
    expect(inspect(pipeline).steps[1]!.model).toEqual({ type: "OpenAILLM", model: "m" })
    await runPromise(pipeline, {
      ...settings(folder()),
      parameters: { thrice: { llm: { generationKwargs: { temperature: 1 } } } }
    })
    expect(server.asked).toHaveLength(3)
  })

  it("asks for all rows at once in a global step, and for what it makes in a generator", async () => {
    const themes = generatorStep({
      name: "themes",
      llm: llm(),
      outputs: { theme: Schema.String },
      async *process({ llm, offset }) {
        for (let n = offset; n < 3; n++) yield { theme: (await llm.askPromise("A theme?")).text }
      }
    })
    const labelled = globalStep({
      name: "labelled",
      llm: llm(),
      inputs: { theme: Schema.String },
      outputs: { label: Schema.String },
      process: async (rows, _, { llm }) => {
        const { text } = await llm.askPromise(rows.map(({ theme }) => theme).join())
        return rows.map((row) => ({ ...row, label: text }))
      }
    })
    const pipeline = Pipeline("themes", {}, from(themes).to(labelled))
    const cacheDir = folder()
    const rows = await (await runPromise(pipeline, settings(cacheDir))).default.toArray()
    expect(rows.map(({ label, theme }) => [theme, label])).toEqual([
      ["answer 1", "answer 4"],
      ["answer 2", "answer 4"],
      ["answer 3", "answer 4"]
    ])
    expect(rows[1]!.distilabel_metadata).toMatchObject({ raw_output_themes: ["answer 2"] })
    const again = await runPromise(pipeline, settings(cacheDir))
    expect(await again.default.toArray()).toEqual(rows)
    expect(server.asked).toHaveLength(4)
  })
})

/** Runs a program until it is killed or done. */
const program = (name: string, ...args: ReadonlyArray<string>) => {
  const child = spawn(
    process.execPath,
    [...conditions, fileURLToPath(new URL(`./${name}.ts`, import.meta.url)), ...args],
    { stdio: ["ignore", "pipe", "inherit"] }
  )
  const result = text(child.stdout)
  return { child, rows: async () => JSON.parse(await result) as ReadonlyArray<Row> }
}

/** Waits until so many questions were asked, then kills. */
const killedAt = async (count: number, name: string, args: ReadonlyArray<string>) => {
  const { child } = program(name, ...args)
  while (server.asked.length < count) await new Promise((resolve) => setTimeout(resolve, 5))
  child.kill("SIGKILL")
  await once(child, "exit")
}

describe("a run that was killed", () => {
  it("asks no question of a row's work twice that was answered", async () => {
    server.latencyMs = 40
    const args = [server.url, folder(), folder()]
    await killedAt(40, "askingProcess", args)
    const before = server.asked.length
    const { rows } = program("askingProcess", ...args)
    const made = await rows()
    expect(made).toHaveLength(100)
    // Four were on the wire when it was killed, and as many may have been answered but not written.
    const lost = server.asked.length - 300
    expect(before).toBeGreaterThanOrEqual(40)
    expect(lost).toBeGreaterThanOrEqual(0)
    expect(lost).toBeLessThanOrEqual(8)
    const texts = made.flatMap(({ first, second, third }) => [first, second, third])
    expect(new Set(texts).size).toBe(300)
  }, 60_000)

  it("goes on with a generator's state, and makes no row before it again", async () => {
    server.latencyMs = 1
    const args = [server.url, folder(), folder()]
    await killedAt(2200, "generatingProcess", args)
    const before = server.asked.length
    const { rows } = program("generatingProcess", ...args)
    const made = await rows()
    expect(made).toHaveLength(2600)
    // The state counts on: each row's question names the row before it.
    expect(made.map(({ number }) => number)).toEqual(Array.from({ length: 2600 }, (_, i) => i + 1))
    expect(new Set(made.map(({ theme }) => theme)).size).toBe(2600)
    expect(before).toBeGreaterThanOrEqual(2200)
    expect(server.asked.length - 2600).toBeLessThanOrEqual(1)
    expect(made[2599]!["begun"]).toBeGreaterThan(0)
  }, 120_000)
})
