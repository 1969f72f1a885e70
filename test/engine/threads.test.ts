import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { from, inThreads, Pipeline, run, runPromise, step } from "../../src/index.ts"
import { numbers } from "./rows.ts"
import type { evenTwice, failing, score } from "./score.ts"

const module = new URL("./score.ts", import.meta.url)
const quiet = { progress: "none", useCache: false } as const

describe("a step in threads", () => {
  it("works on several batches at once, each in a thread of its own, and keeps the order of rows", async () => {
    const scored = step({
      name: "scored",
      inputs: { n: Schema.Number },
      outputs: { score: Schema.Number, thread: Schema.Number },
      inputBatchSize: 5,
      resources: { replicas: 3 },
      process: inThreads<typeof score>(module, "score")
    })
    const rows = await (
      await runPromise(Pipeline("p", {}, from(numbers(100)).to(scored)), quiet)
    ).default.toArray()
    expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 100 }, (_, n) => n))
    expect(new Set(rows.map(({ thread }) => thread)).size).toBe(3)
  })

  it("tells which row came from which, and gets its parameters", async () => {
    const copied = step({
      name: "copied",
      inputs: { n: Schema.Number },
      outputs: { copy: Schema.Number },
      rowCount: "one-to-many",
      parameters: { times: Schema.Number },
      defaults: { times: 2 },
      process: inThreads<typeof evenTwice>(module, "evenTwice")
    })
    const distiset = await runPromise(Pipeline("p", {}, from(numbers(4)).to(copied)), {
      ...quiet,
      parameters: { copied: { times: 3, resources: { replicas: 2 } } }
    })
    expect(await distiset.default.toArray()).toEqual(
      [0, 2].flatMap((n) => [0, 1, 2].map((copy) => ({ n, copy })))
    )
  })

  it("fails for the row that it throws on, and for no other", async () => {
    const picky = step({
      name: "picky",
      inputs: { n: Schema.Number },
      outputs: { score: Schema.Number },
      process: inThreads<typeof failing>(module, "failing")
    })
    const distiset = await runPromise(Pipeline("p", {}, from(numbers(20)).to(picky)), quiet)
    expect(distiset.default.length).toBe(19)
    expect(await Array.fromAsync(distiset.default.errors())).toMatchObject([
      {
        row: { n: 7 },
        step: "picky",
        detail: expect.stringContaining("seven (test/engine/score.ts:")
      }
    ])
  })

  it.each([
    ["nowhere", /cannot be called: the module exports nothing/],
    ["gone", /cannot be called/]
  ])("says before anything runs that %s is not there", async (name, words) => {
    const where = name === "gone" ? new URL("./gone.ts", import.meta.url) : module
    const lost = step({
      name: "lost",
      inputs: { n: Schema.Number },
      outputs: { score: Schema.Number },
      process: inThreads<typeof failing>(where, name)
    })
    const error = await Effect.runPromise(
      Effect.flip(run(Pipeline("p", {}, from(numbers(2)).to(lost)), quiet))
    )
    expect(error).toMatchObject({ _tag: "StepFailed", step: "lost", phase: "load" })
    expect(error.message).toMatch(words)
  })
})

describe("a step with replicas", () => {
  it("has so many calls under way at once", async () => {
    let now = 0
    let most = 0
    const slow = step({
      name: "slow",
      inputs: { n: Schema.Number },
      outputs: { m: Schema.Number },
      inputBatchSize: 1,
      resources: { replicas: 4 },
      process: async (rows) => {
        most = Math.max(most, ++now)
        await new Promise((resolve) => setTimeout(resolve, 5))
        now--
        return rows.map(({ n }) => ({ m: n }))
      }
    })
    const distiset = await runPromise(Pipeline("p", {}, from(numbers(40)).to(slow)), quiet)
    expect((await distiset.default.toArray()).map(({ m }) => m)).toEqual(
      Array.from({ length: 40 }, (_, n) => n)
    )
    expect(most).toBe(4)
  })
})
