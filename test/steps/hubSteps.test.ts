import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest"
import {
  from,
  HuggingFaceHubCheckpointer,
  LoadDataFromHub,
  MapRows,
  OpenAILLM,
  Pipeline,
  PushToHub,
  runPromise,
  StepFailed,
  TextGeneration
} from "../../src/index.ts"
import { type HubSimulator, startHubSimulator, startSimulator } from "../../src/simulator/index.ts"
import { numbers, rowsOf } from "../engine/rows.ts"

const token = "hf_right"
const quiet = { progress: "none" } as const
const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-hub-steps-"))
const before = { ...process.env }
let hub: HubSimulator

beforeAll(async () => {
  process.env["HF_HOME"] = folder()
  delete process.env["HF_TOKEN"]
})
beforeEach(async () => {
  await hub?.close()
  hub = await startHubSimulator({ token })
  process.env["HF_ENDPOINT"] = hub.url
})
afterAll(async () => {
  await hub.close()
  for (const name of ["HF_HOME", "HF_TOKEN", "HF_ENDPOINT"]) {
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
  }
})

const dated = MapRows({
  name: "dated",
  inputs: { n: Schema.Number },
  outputs: { at: Schema.Date },
  map: ({ n }) => ({ at: new Date(n) })
})

it("PushToHub pushes all rows in the middle of a pipeline, and lets them pass", async () => {
  const push = PushToHub({ name: "push", config: "dated", token })
  const after = MapRows({
    name: "after",
    inputs: { at: Schema.Date },
    outputs: { year: Schema.Number },
    map: ({ at }) => ({ year: at.getUTCFullYear() })
  })
  const { default: rows } = await runPromise(
    Pipeline("p", {}, from(numbers(700)).to(dated).to(push).to(after)),
    { ...quiet, cacheDir: folder(), parameters: { push: { repoId: "me/pushed", split: "test" } } }
  )
  expect([rows.length, (await rows.head(1))[0]]).toEqual([
    700,
    { n: 0, at: new Date(0), year: 1970 }
  ])
  expect(hub.files("me/pushed")).toContain("dated/test-00000-of-00001.parquet")
  const load = LoadDataFromHub({
    name: "load",
    repoId: "me/pushed",
    config: "dated",
    split: "test",
    columns: { n: Schema.Number, at: Schema.Date }
  })
  expect((await rowsOf(Pipeline("p2", {}, from(load))))["default"]!.rows[699]).toEqual({
    n: 699,
    at: new Date(699)
  })
})

it.each([
  ["there is no token", undefined, /there must be a token/],
  ["the token is a wrong one", "hf_wrong", /the Hub does not accept the token/]
])(
  "PushToHub ends the run before anything is requested of a model, also one that is loaded later, if %s",
  async (_, key, words) => {
    await using simulator = await startSimulator()
    const ask = TextGeneration({
      name: "ask",
      llm: OpenAILLM({ model: "m", baseUrl: simulator.openaiBaseUrl, apiKey: "k" }),
      template: "What is {{ n }}?"
    })
    const pipeline = Pipeline(
      "p",
      {},
      from(numbers(3))
        .to(ask)
        .to(
          PushToHub({ name: "push", repoId: "me/x", ...(key === undefined ? {} : { token: key }) })
        )
    )
    for (const loadGroups of [[], "sequential"] as const) {
      const error = await runPromise(pipeline, { ...quiet, cacheDir: folder(), loadGroups }).catch(
        (thrown: unknown) => thrown as Error
      )
      expect(error).toBeInstanceOf(StepFailed)
      expect((error as StepFailed).message).toMatch(words)
      expect((error as StepFailed).message).toMatch(
        /^Step 'push' could not start \(NotPushed\): Dataset 'me\/x'/
      )
    }
    expect(simulator.stats().requests).toBe(0)
  }
)

it("HuggingFaceHubCheckpointer sends rows while the run goes on, and not again when it is resumed", async () => {
  let broken = true
  const fragile = MapRows({
    name: "fragile",
    inputs: { n: Schema.Number },
    outputs: {},
    version: "1",
    map: ({ n }) => {
      if (n === 250 && broken) throw new Error("no")
      return {}
    }
  })
  const keep = HuggingFaceHubCheckpointer({
    name: "keep",
    repoId: "me/kept",
    token,
    inputBatchSize: 100
  })
  const options = { ...quiet, cacheDir: folder(), outputDir: folder() }
  const pipeline = Pipeline("p", {}, from(numbers(450)).to(dated).to(keep).to(fragile))
  expect((await runPromise(pipeline, options)).default.length).toBe(449)
  const sent = hub.files("me/kept").filter((path) => path.startsWith("keep/"))
  expect(sent.length).toBeGreaterThanOrEqual(5)
  expect((await fetch(`${hub.url}/api/datasets/me/kept`)).status).toBe(401)
  broken = false
  expect((await runPromise(pipeline, { ...options, retryFailed: true })).default.length).toBe(450)
  expect(hub.files("me/kept").filter((path) => path.startsWith("keep/"))).toEqual(sent)
  const load = LoadDataFromHub({
    name: "load",
    repoId: "me/kept",
    token,
    columns: { n: Schema.Number, at: Schema.Date }
  })
  const rows = (await rowsOf(Pipeline("p2", {}, from(load))))["default"]!.rows
  expect(rows.map(({ n }) => n as number).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 450 }, (_, n) => n)
  )
  expect(rows[0]!["at"]).toBeInstanceOf(Date)
})
