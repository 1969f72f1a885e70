/** Tasks that make rows by one question each, against recorded cases. */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import {
  dryRunPromise,
  EmbeddingTaskGenerator,
  estimatePromise,
  from,
  OpenAILLM,
  Pipeline,
  type Row,
  runPromise,
  RunStopped
} from "../../src/index.ts"
import { type Fixture, fixtures } from "../fixtures.ts"
import { answerServer } from "../step/answerServer.ts"
import { nameOf } from "../tasks/recorded.ts"
import { outcome } from "./calling.ts"

const unreadable = "unreadable"

/** Cases that come out otherwise on purpose: rows, or that the answer is unreadable. */
type Better = Readonly<Record<number, ReadonlyArray<Row> | typeof unreadable>>

/** JSON is found with or without a fence, after talk; a triplet that lacks a text is an error row. */
const triplets: Better = {
  ...Object.fromEntries(
    [4, 5].map((each) => [each, [{ S1: "text 0", S2: "text 1", S3: "text 2" }]])
  ),
  ...Object.fromEntries([6, 9, 11, 12].map((each) => [each, unreadable]))
}

const better: Readonly<Record<string, Better>> = {
  "embedding-task-generator": {
    // A text that is no list is no task.
    6: unreadable,
    7: unreadable,
    10: [{ tasks: ["a"] }],
    11: [{ tasks: ["a"] }],
    13: unreadable,
    // A call that came to nothing shows.
    16: unreadable
  },
  "monolingual-triplet-generator": triplets,
  "bitext-retrieval-generator": triplets
}

/** One question a row here, where Python asks once for several answers. */
const askedOneByOne = (fixture: Fixture): Fixture => ({
  ...fixture,
  generations: fixture.generations!.flat().map((answer) => [answer])
})

const withoutMetadata = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([column]) => column !== "distilabel_metadata"))

const isNull = (row: Row): boolean =>
  Object.entries(row).every(([column, value]) => column === "model_name" || value === null)

for (const [file, instead] of Object.entries(better)) {
  describe(`ready tasks do as distilabel 1.5.3 did: ${file}`, () => {
    fixtures(`task-${file}`).forEach((fixture, i) => {
      const other = instead[i + 1]
      it(`${fixture.title}${other === undefined ? "" : " (better here)"}`, async () => {
        if (fixture.outputs === null) {
          await expect(outcome(fixture)).rejects.toThrow()
          return
        }
        const { asked, errors, rows } = await outcome(askedOneByOne(fixture))
        expect(asked).toHaveLength(fixture.generations!.flat().length)
        const expected = other === unreadable ? [] : (other ?? fixture.outputs).map(withoutMetadata)
        const nulls = other === unreadable ? 1 : expected.filter(isNull).length
        expect(errors).toHaveLength(nulls)
        for (const { row } of errors) expect(isNull(withoutMetadata(row))).toBe(true)
        expect(rows.map(withoutMetadata)).toMatchObject(expected.filter((row) => !isNull(row)))
        for (const { distilabel_metadata } of rows)
          expect(distilabel_metadata).toHaveProperty([`statistics_${nameOf(fixture.task!)}`])
      })
    })
  })
}

const server = await answerServer()
afterAll(() => server[Symbol.asyncDispose]())

/** An answer holds one to four tasks by its number; each tenth is unreadable. */
const tasksOf = (number: number): ReadonlyArray<string> =>
  number % 10 === 0 ? [] : Array.from({ length: 1 + (number % 4) }, (_, i) => `${number}.${i}`)

describe("an answer with several rows", () => {
  const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-flat-"))
  const quiet = { progress: "none", report: false } as const
  const pipeline = (numGenerations: number) =>
    Pipeline(
      "flat",
      {},
      from(
        EmbeddingTaskGenerator({
          name: "tasks",
          llm: OpenAILLM({
            model: "m",
            baseUrl: server.url,
            apiKey: "k",
            preflight: false,
            maxConcurrency: 8
          }),
          category: "text-retrieval",
          flattenTasks: true,
          numGenerations,
          batchSize: 3
        })
      )
    )
  const started = (latencyMs = 0): void => {
    server.asked.length = 0
    server.latencyMs = latencyMs
    server.answer = (_, number) => JSON.stringify(tasksOf(number))
  }
  const all = (from: number, to: number): ReadonlyArray<string> =>
    Array.from({ length: to - from + 1 }, (_, i) => tasksOf(from + i)).flat()

  it("loses and doubles none when it is stopped and resumed, within an answer too", async () => {
    started(3)
    const options = { ...quiet, cacheDir: folder(), outputDir: folder() }
    const stopped = await runPromise(pipeline(100), {
      ...options,
      prices: { m: { input: 1000, output: 1000 } },
      maxCost: 0.25
    }).catch((error: unknown) => error)
    expect(stopped).toBeInstanceOf(RunStopped)
    expect(server.asked.length).toBeLessThan(90)
    const { default: subset } = await runPromise(pipeline(100), options)
    const tasks = (await subset.toArray()).map(({ task }) => task)
    expect(server.asked).toHaveLength(100)
    expect(tasks.toSorted()).toEqual(all(1, 100).toSorted())
    expect(await subset.errors().toArray()).toHaveLength(10)
    // The rows of an answer stay together, in their order.
    const answers = tasks.map((task) => task.split(".")[0])
    const runs = answers.filter((answer, i) => answer !== answers[i - 1])
    expect(runs).toHaveLength(90)
  })

  it("is one of those before where more are wanted", async () => {
    started()
    const options = { ...quiet, cacheDir: folder() }
    const { default: few } = await runPromise(pipeline(5), options)
    const { default: more } = await runPromise(pipeline(8), options)
    const rows = await few.toArray()
    expect((await more.toArray()).slice(0, rows.length)).toEqual(rows)
    expect(server.asked).toHaveLength(8)
  })

  it("is not asked for beyond what a trial or an estimate wants", async () => {
    started()
    const cacheDir = folder()
    await dryRunPromise(pipeline(1000), { ...quiet, cacheDir, batchSize: 2 })
    expect(server.asked.length).toBeLessThanOrEqual(2)
    await estimatePromise(pipeline(1000), { cacheDir, sample: 5 })
    expect(server.asked.length).toBeLessThanOrEqual(10)
  })
})
