import * as Schema from "effect/Schema"
import { afterEach, expect, it, vi } from "vitest"
import {
  from,
  LoadDataFromArgilla,
  LoadDataFromDicts,
  Pipeline,
  PreferenceToArgilla,
  runPromise,
  TextGenerationToArgilla,
  toYamlPromise
} from "../../../src/index.ts"
import { key, startArgilla } from "./standIn.ts"

const quiet = { progress: "none" } as const
afterEach(() => vi.unstubAllEnvs())

const answers = LoadDataFromDicts({
  name: "load",
  data: [
    { prompt: "Name a river.", generation: ["The Rhine", "The Oder", null, "The Rhine"] },
    { prompt: "Say hello.", generation: ["Hello"] }
  ]
})

const textual = (apiUrl: string) =>
  TextGenerationToArgilla({
    name: "judge",
    datasetName: "answers",
    apiUrl,
    apiKey: key,
    inputMappings: { instruction: "prompt" }
  })

it("each different answer is a record under the flow's names, with a question, and the rows pass", async () => {
  await using argilla = await startArgilla()
  const pipeline = Pipeline("p", {}, from(answers).to(textual(argilla.url)))
  const { default: rows } = await runPromise(pipeline, quiet)
  expect((await rows.toArray()).map(({ prompt }) => prompt)).toEqual([
    "Name a river.",
    "Say hello."
  ])
  const [dataset] = argilla.datasets
  expect(dataset).toMatchObject({
    name: "answers",
    workspace_id: "00000000-0000-4000-8000-000000000001",
    status: "ready"
  })
  expect(dataset!.fields.map(({ name }) => name)).toEqual(["id", "prompt", "generation"])
  expect(dataset!.questions).toMatchObject([
    {
      name: "quality",
      required: true,
      settings: { type: "label_selection", options: [{ value: "bad" }, { value: "good" }] }
    }
  ])
  expect(dataset!.records.map(({ fields }) => [fields["prompt"], fields["generation"]])).toEqual([
    ["Name a river.", "The Rhine"],
    ["Name a river.", "The Oder"],
    ["Say hello.", "Hello"]
  ])
  expect(new Set(dataset!.records.map(({ fields }) => fields["id"])).size).toBe(2)
})

it("a run that is made again writes no record twice, and trouble that passes is waited for", async () => {
  await using argilla = await startArgilla()
  argilla.troubles.push(
    { path: /bulk/, status: 503, times: 1 },
    { path: /workspaces/, status: 429, times: 1 }
  )
  const pipeline = Pipeline("p", {}, from(answers).to(textual(argilla.url)))
  await runPromise(pipeline, quiet)
  argilla.datasets[0]!.records[0]!.responses.push({
    status: "submitted",
    values: { quality: { value: "good" } }
  })
  await runPromise(pipeline, { ...quiet, useCache: false })
  expect(argilla.datasets).toHaveLength(1)
  expect(argilla.datasets[0]!.records).toHaveLength(3)
  expect(argilla.datasets[0]!.records[0]!.responses).toHaveLength(1)
})

it("a record that Argilla refuses is an error row, the others are written", async () => {
  await using argilla = await startArgilla()
  const load = LoadDataFromDicts({
    name: "load",
    data: ["a", "REFUSED", "b"].map((generation) => ({ prompt: "q", generation }))
  })
  const { default: rows } = await runPromise(
    Pipeline("p", {}, from(load).to(textual(argilla.url))),
    quiet
  )
  expect((await rows.errors().toArray()).map(({ detail }) => detail)).toEqual([
    expect.stringContaining("no such text")
  ])
  expect(argilla.datasets[0]!.records.map(({ fields }) => fields["generation"])).toEqual(["a", "b"])
})

it("answers are rated one by one, and what judges said is suggested where it fits", async () => {
  await using argilla = await startArgilla()
  const load = LoadDataFromDicts({
    name: "load",
    data: [
      {
        instruction: "q",
        generations: ["a", "b", null],
        ratings: [5, 4.5, 1],
        rationales: ["fine", "", "none"]
      },
      { instruction: "r", generations: ["a", "b", "c", "d"], ratings: [], rationales: [] },
      { instruction: "s", generations: [null, "b"], ratings: [1, 2], rationales: [] },
      { instruction: "t", generations: ["a"], ratings: [7], rationales: ["so so"] }
    ]
  })
  const rate = PreferenceToArgilla({
    name: "rate",
    datasetName: "preferences",
    datasetWorkspace: "others",
    numGenerations: 3,
    apiUrl: argilla.url,
    apiKey: key
  })
  const { default: rows } = await runPromise(Pipeline("p", {}, from(load).to(rate)), quiet)
  expect((await rows.errors().toArray()).map(({ detail }) => detail)).toEqual([
    "the row has 4 generations, but numGenerations is 3",
    "'generations[0]' is null"
  ])
  const [{ fields, questions, records, workspace_id }] = argilla.datasets as never as [
    (typeof argilla.datasets)[number]
  ]
  expect(workspace_id).toBe("00000000-0000-4000-8000-000000000002")
  expect(fields.map(({ name, required }) => [name, required])).toEqual([
    ["id", true],
    ["instruction", true],
    ["generations-0", true],
    ["generations-1", false],
    ["generations-2", false]
  ])
  expect(questions.map(({ name, required }) => [name, required]).slice(0, 3)).toEqual([
    ["generations-0-rating", true],
    ["generations-0-rationale", false],
    ["generations-1-rating", false]
  ])
  const suggested = records.map(({ suggestions }) =>
    suggestions.map(({ question_id, value }) => [
      questions.find(({ id }) => id === question_id)!.name,
      value
    ])
  )
  expect(suggested).toEqual([
    [
      ["generations-0-rating", 5],
      ["generations-0-rationale", "fine"]
    ],
    [["generations-0-rationale", "so so"]]
  ])
})

it("a dataset of that name with other fields is refused before anything is written", async () => {
  await using argilla = await startArgilla()
  await runPromise(Pipeline("p", {}, from(answers).to(textual(argilla.url))), quiet)
  const other = PreferenceToArgilla({
    name: "rate",
    datasetName: "answers",
    numGenerations: 1,
    apiUrl: argilla.url,
    apiKey: key
  })
  const load = LoadDataFromDicts({
    name: "load",
    data: [{ instruction: "q", generations: ["a"] }]
  })
  await expect(runPromise(Pipeline("p", {}, from(load).to(other)), quiet)).rejects.toThrow(
    "Argilla has a dataset 'answers' already, which requires field 'prompt', field 'generation' and lacks field 'instruction'"
  )
})

it("a missing address or key, a wrong key and nobody there are told before the run, without the key", async () => {
  await using argilla = await startArgilla()
  vi.stubEnv("ARGILLA_API_URL", undefined)
  vi.stubEnv("ARGILLA_API_KEY", undefined)
  const run = (options: { readonly apiUrl?: string; readonly apiKey?: string }) =>
    runPromise(
      Pipeline(
        "p",
        {},
        from(answers).to(
          TextGenerationToArgilla({
            name: "judge",
            datasetName: "d",
            ...options,
            inputMappings: { instruction: "prompt" }
          })
        )
      ),
      quiet
    )
  await expect(run({ apiKey: key })).rejects.toThrow("set ARGILLA_API_URL or option apiUrl")
  await expect(run({ apiUrl: "localhost:6900", apiKey: key })).rejects.toThrow(
    "'localhost:6900' is not an address that begins with http:// or https://"
  )
  await expect(run({ apiUrl: argilla.url })).rejects.toThrow("set ARGILLA_API_KEY or option apiKey")
  const wrong = await run({ apiUrl: argilla.url, apiKey: "wrong-key-of-mine" }).catch(String)
  expect(wrong).toContain("refuses the key (401)")
  expect(wrong).not.toContain("wrong-key-of-mine")
  vi.stubEnv("ARGILLA_API_URL", argilla.url)
  vi.stubEnv("ARGILLA_API_KEY", key)
  expect((await run({})).default.length).toBe(2)
})

it("the key stands in no document", async () => {
  const yaml = await toYamlPromise(Pipeline("p", {}, from(answers).to(textual("http://localhost"))))
  expect(yaml).toContain("dataset_name: answers")
  expect(yaml).toContain("distilabel.steps.argilla.text_generation")
  expect(yaml).not.toContain(key)
})

it("records come back with what people said, page by page, from any row on", async () => {
  await using argilla = await startArgilla()
  const data = Array.from({ length: 230 }, (_, i) => ({ prompt: `q${i}`, generation: `a${i}` }))
  await runPromise(
    Pipeline("p", {}, from(LoadDataFromDicts({ name: "load", data })).to(textual(argilla.url))),
    quiet
  )
  const [first] = argilla.datasets[0]!.records
  first!.responses.push(
    { status: "submitted", values: { quality: { value: "good" } } },
    { status: "submitted", values: { quality: { value: "bad" } } },
    { status: "discarded", values: {} }
  )
  const load = LoadDataFromArgilla({
    name: "load",
    datasetName: "answers",
    apiUrl: argilla.url,
    apiKey: key,
    columns: {
      prompt: Schema.String,
      responses: Schema.Record(Schema.String, Schema.Array(Schema.String))
    }
  })
  const { default: rows } = await runPromise(Pipeline("p", {}, from(load)), quiet)
  const all = await rows.toArray()
  expect(all.map(({ prompt }) => prompt)).toEqual(data.map(({ prompt }) => prompt))
  expect(all[0]!.responses).toEqual({ quality: ["good", "bad"] })
  expect(all[1]!.responses).toEqual({})
  const none = LoadDataFromArgilla({
    name: "load",
    datasetName: "none",
    apiUrl: argilla.url,
    apiKey: key
  })
  await expect(runPromise(Pipeline("p", {}, from(none)), quiet)).rejects.toThrow(
    "Argilla's workspace 'argilla' has no dataset 'none'"
  )
})
