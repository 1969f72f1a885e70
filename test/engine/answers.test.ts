import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import fc from "fast-check"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import {
  from,
  LoadDataFromDicts,
  OpenAILLM,
  Pipeline,
  type Row,
  runPromise,
  RunStopped,
  TextGeneration
} from "../../src/index.ts"
import { conditions } from "../program.ts"

/** A server whose every answer is another one, and that says how many it gave. */
let server: Server
let url = ""
let asked = 0
let latencyMs = 0
let onAsked: () => void = () => {}

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.setHeader("content-type", "application/json")
      if (request.method === "GET") return response.end(`{"id":"m"}`)
      const content = `answer ${++asked}`
      onAsked()
      setTimeout(
        () =>
          response.end(
            JSON.stringify({
              id: "c",
              choices: [
                { index: 0, message: { role: "assistant", content }, finish_reason: "stop" }
              ],
              usage: { prompt_tokens: 1, completion_tokens: 1 }
            })
          ),
        latencyMs
      )
      return undefined
    })
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  asked = 0
  latencyMs = 0
  onAsked = () => {}
})

const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-answers-"))

const llm = (maxConcurrency = 4) =>
  OpenAILLM({
    model: "m",
    baseUrl: url,
    apiKey: "k",
    maxConcurrency,
    generationKwargs: { temperature: 1 }
  })

const asking = (
  rows: ReadonlyArray<{ readonly instruction: string; readonly id?: number }>,
  steps = ["ask"],
  concurrency = 4
) => {
  const load = from(LoadDataFromDicts({ name: "load", data: rows }))
  const flow = steps.reduce(
    (before, name) =>
      before.to(
        TextGeneration({
          name,
          llm: llm(concurrency),
          template: "{{ instruction }}",
          outputMappings: { generation: name }
        }) as never
      ) as never,
    load
  )
  return Pipeline("answers", {}, flow)
}

const settings = (cacheDir: string, more: object = {}) =>
  ({ cacheDir, outputDir: folder(), progress: "none", report: false, ...more }) as const

/** The rows of a run, and how many questions it asked. */
const ran = async (
  pipeline: ReturnType<typeof asking>,
  options: object
): Promise<{ readonly rows: ReadonlyArray<Row>; readonly asked: number }> => {
  const before = asked
  const distiset = await runPromise(pipeline, options as never)
  return { rows: await distiset.default.toArray(), asked: asked - before }
}

const distinct = (rows: ReadonlyArray<Row>, ...steps: ReadonlyArray<string>): number =>
  new Set(rows.flatMap((row) => steps.map((step) => row[step]))).size
const same = (count: number) =>
  Array.from({ length: count }, (_, id) => ({ id, instruction: "Name a river." }))

describe("rows with the same question", () => {
  it("each have an answer of their own, however far apart they stand, and find it again in another folder", async () => {
    const cacheDir = folder()
    const pipeline = asking(
      Array.from({ length: 200 }, (_, i) => ({ instruction: `Invent name number ${i % 100}.` }))
    )
    const cold = await ran(pipeline, settings(cacheDir, { maxRowsInFlight: 10 }))
    expect([cold.asked, distinct(cold.rows, "ask")]).toEqual([200, 200])
    expect(await ran(pipeline, settings(cacheDir, { maxRowsInFlight: 10 }))).toEqual({
      rows: cold.rows,
      asked: 0
    })
  })

  it("have two answers where two steps ask it", async () => {
    const cacheDir = folder()
    const pipeline = asking(same(60), ["first", "second"])
    const cold = await ran(pipeline, settings(cacheDir))
    expect([cold.asked, distinct(cold.rows, "first", "second")]).toEqual([120, 120])
    expect(await ran(pipeline, settings(cacheDir))).toEqual({ rows: cold.rows, asked: 0 })
  })

  it("that a new step asks too are asked anew: its answers are not those of the step before", async () => {
    const cacheDir = folder()
    const one = await ran(asking(same(40), ["first"]), settings(cacheDir))
    const two = await ran(asking(same(40), ["second", "first"]), settings(cacheDir))
    expect(two.asked).toBe(40)
    expect(two.rows.map(({ first }) => first)).toEqual(one.rows.map(({ first }) => first))
    expect(distinct(two.rows, "first", "second")).toBe(80)
  })

  it("keep their answers when the step has another name", async () => {
    const cacheDir = folder()
    const before = await ran(asking(same(40), ["ask"]), settings(cacheDir))
    const after = await ran(asking(same(40), ["generate"]), settings(cacheDir))
    expect(after.asked).toBe(0)
    expect(after.rows.map(({ generate }) => generate)).toEqual(before.rows.map(({ ask }) => ask))
  })

  it("each have an answer of their own when the run is stopped again and again", async () => {
    const options = settings(folder())
    const pipeline = asking(same(60), ["ask"], 3)
    for (const stopAt of [7, 22, 41]) {
      const control = new AbortController()
      onAsked = () => asked === stopAt && control.abort()
      await runPromise(pipeline, { ...options, signal: control.signal }).catch(() => undefined)
    }
    onAsked = () => {}
    const { rows } = await ran(pipeline, options)
    expect(distinct(rows, "ask")).toBe(60)
    // Not more than those that were in flight at each stop.
    expect(asked).toBeLessThanOrEqual(60 + 3 * 3)
  })

  it("of a long run that goes on from a checkpoint take no answer that a row before it has", async () => {
    const cacheDir = folder()
    const [first, second] = [settings(cacheDir), settings(cacheDir)]
    const rows = Array.from({ length: 2500 }, (_, id) => ({
      id,
      instruction: `Name a river of ${id % 40}.`
    }))
    await ran(asking(rows, ["ask"], 64), first)
    await expect(
      ran(asking(rows, ["ask"], 64), { ...second, maxRows: 2100 })
    ).rejects.toBeInstanceOf(RunStopped)
    // Rows from the checkpoint on are others, with the questions of those before it.
    const changed = [
      ...rows.slice(0, 2000),
      ...same(500).map(({ id }) => ({
        id: 10_000 + id,
        instruction: `Name a river of ${id % 40}.`
      }))
    ]
    const { asked, rows: after } = await ran(asking(changed, ["ask"], 64), second)
    expect([after.length, distinct(after, "ask")]).toEqual([2500, 2500])
    expect(asked).toBe(0)
  })

  it("ask exactly as many new questions as there are more of them, whatever rows are inserted, removed and reordered", async () => {
    const prompts = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 25 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ rows: prompts, elsewhere: fc.boolean(), ids: fc.boolean() }), {
          minLength: 2,
          maxLength: 4
        }),
        async (versions) => {
          const cacheDir = folder()
          const home = settings(cacheDir)
          const kept = new Map<number, number>()
          for (const { elsewhere, ids, rows } of versions) {
            const data = rows.map((prompt, id) => ({
              ...(ids ? { id: (id * 7) % 25 } : {}),
              instruction: `Question ${prompt}`
            }))
            if (data.length === 0) continue
            const { asked, rows: out } = await ran(
              asking(data, ["ask"], 2),
              elsewhere ? settings(cacheDir) : home
            )
            const counts = Map.groupBy(rows, (prompt) => prompt)
            const more = [...counts].reduce(
              (sum, [prompt, of]) => sum + Math.max(0, of.length - (kept.get(prompt) ?? 0)),
              0
            )
            for (const [prompt, of] of counts)
              kept.set(prompt, Math.max(of.length, kept.get(prompt) ?? 0))
            expect({ asked, distinct: distinct(out, "ask") }).toEqual({
              asked: more,
              distinct: rows.length
            })
          }
        }
      ),
      { numRuns: 25 }
    )
  }, 60_000)

  it("take the answers that they had when others are removed or stand elsewhere", async () => {
    const cacheDir = folder()
    const rows = same(90)
    const before = await ran(asking(rows), settings(cacheDir))
    const answerOf = new Map(before.rows.map(({ ask, id }) => [id, ask]))
    const mixed = rows.filter(({ id }) => id % 3 !== 0).toReversed()
    const after = await ran(asking(mixed), settings(cacheDir))
    expect(after.asked).toBe(0)
    expect(after.rows.map(({ ask }) => ask)).toEqual(mixed.map(({ id }) => answerOf.get(id)))
  })
})

/** Runs the questions in a process of its own. */
const started = (cacheDir: string, prompts: ReadonlyArray<string>, concurrency = 4) => {
  const args = [
    ...conditions,
    fileURLToPath(new URL("askProcess.ts", import.meta.url)),
    url,
    cacheDir,
    folder(),
    JSON.stringify(prompts),
    String(concurrency)
  ]
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] })
  return {
    child,
    answers: text(child.stdout).then((out) => JSON.parse(out || "[]") as ReadonlyArray<string>)
  }
}

describe("processes with the same questions at the same time", () => {
  it("pay for each question once, and each uses an answer once", async () => {
    latencyMs = 30
    const cacheDir = folder()
    const prompts = Array.from({ length: 120 }, (_, i) => `Invent name number ${i % 80}.`)
    const all = await Promise.all([1, 2, 3].map(() => started(cacheDir, prompts).answers))
    expect(all.map((answers) => new Set(answers).size)).toEqual([120, 120, 120])
    expect(asked).toBe(120)
  })

  it("do not wait for one that was killed", async () => {
    latencyMs = 3_600_000
    const cacheDir = folder()
    const first = started(cacheDir, ["Name a river."])
    await expect.poll(() => asked).toBe(1)
    latencyMs = 0
    const second = started(cacheDir, ["Name a river."])
    await sleep(1500)
    expect(asked).toBe(1)
    first.child.kill("SIGKILL")
    expect(await second.answers).toEqual(["answer 2"])
    await first.answers
  })

  it("pay once also when twenty runs begin at once in one process", async () => {
    latencyMs = 5
    const cacheDir = folder()
    const all = await Promise.all(
      Array.from({ length: 20 }, () => ran(asking(same(12)), settings(cacheDir)))
    )
    expect(all.map(({ rows }) => distinct(rows, "ask"))).toEqual(
      Array.from({ length: 20 }, () => 12)
    )
    expect(asked).toBe(12)
  })
})

describe("a task with useCache: false", () => {
  it("asks on every run, but a resumed run takes what it was answered before the stop", async () => {
    const cacheDir = folder()
    const load = from(LoadDataFromDicts({ name: "load", data: same(40) }))
    const pipeline = Pipeline(
      "fresh",
      {},
      load.to(TextGeneration({ name: "ask", llm: llm(2), useCache: false }))
    )
    await ran(pipeline, settings(cacheDir))
    await ran(pipeline, settings(cacheDir))
    expect(asked).toBe(80)
    const options = settings(cacheDir)
    const control = new AbortController()
    onAsked = () => asked === 100 && control.abort()
    await runPromise(pipeline, { ...options, signal: control.signal }).catch(() => undefined)
    onAsked = () => {}
    const { rows } = await ran(pipeline, options)
    expect(distinct(rows, "generation")).toBe(40)
    expect(asked).toBeGreaterThanOrEqual(120)
    expect(asked).toBeLessThanOrEqual(122)
  })
})
