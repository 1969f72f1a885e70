import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import {
  DataSampler,
  from,
  fromYamlPromise,
  HuggingFaceHubCheckpointer,
  LoadDataFromDisk,
  LoadDataFromFileSystem,
  LoadDataFromHub,
  Pipeline,
  PushToHub,
  type Row,
  runPromise,
  toYamlPromise
} from "../../src/index.ts"

const rowsOf = async (
  pipeline: Parameters<typeof runPromise>[0],
  parameters: object = {}
): Promise<ReadonlyArray<Row>> => {
  const { default: rows } = (await runPromise(pipeline, {
    progress: "none",
    parameters
  } as never)) as unknown as {
    readonly default: { readonly toArray: () => Promise<ReadonlyArray<Row>> }
  }
  return rows.toArray()
}

const pythons = (step: string): string =>
  `pipeline:\n  name: p\n  steps:\n  - step:\n${step.replaceAll(/^/gm, "      ")}\n    name: load\n  connections:\n  - {from: load, to: []}\n`

describe("steps that load and push, in documents", () => {
  it.each([
    [
      "of the Hub, with all options",
      LoadDataFromHub({
        name: "load",
        repoId: "me/rows",
        config: "en",
        split: "test",
        revision: "v1",
        streaming: true,
        numExamples: 3,
        shuffle: { seed: 1, bufferSize: 9 },
        columns: { a: Schema.String }
      })
    ],
    [
      "of files that Python calls the same",
      LoadDataFromFileSystem({
        name: "load",
        dataFiles: "rows.txt",
        filetype: "json",
        shuffle: { seed: 2 }
      })
    ],
    [
      "of Parquet files",
      LoadDataFromFileSystem({
        name: "load",
        dataFiles: ["a", "b"],
        filetype: "parquet",
        streaming: true
      })
    ],
    [
      "of a folder",
      LoadDataFromDisk({
        name: "load",
        datasetPath: "saved",
        isDistiset: true,
        config: "default",
        split: "train",
        numExamples: 5
      })
    ],
    [
      "of draws",
      DataSampler({ name: "load", data: [{ a: "x" }, { a: "y" }], size: 3, samples: 4, seed: 5 })
    ]
  ])("%s come back as they were", async (_, load) => {
    const pipeline = Pipeline("loading", {}, from(load))
    const text = await toYamlPromise(pipeline)
    const loaded = await fromYamlPromise(text)
    expect(loaded.missing).toEqual([])
    expect(loaded.graph.nodes.get("load")!.step.options).toEqual(
      expect.objectContaining(
        Object.fromEntries(
          Object.entries((load as { readonly options: Row }).options).filter(
            ([key, value]) => value !== undefined && key !== "columns"
          )
        )
      )
    )
    expect(await toYamlPromise({ name: loaded.name, graph: loaded.graph })).toBe(text)
  })

  it("tokens are never written", async () => {
    const load = LoadDataFromHub({ name: "load", repoId: "me/rows", token: "hf_secretsecret" })
    const text = await toYamlPromise(
      Pipeline(
        "pushed",
        {},
        from(load)
          .to(
            HuggingFaceHubCheckpointer({
              name: "keep",
              repoId: "me/kept",
              token: "hf_secretsecret",
              inputBatchSize: 9
            })
          )
          .to(
            PushToHub({ name: "push", repoId: "me/all", private: true, token: "hf_secretsecret" })
          )
      )
    )
    expect(text).not.toContain("secret")
    expect((await fromYamlPromise(text)).graph.nodes.get("push")!.step.options).toMatchObject({
      repoId: "me/all",
      private: true
    })
  })

  it("Python's load, and ask for rows that it leaves out", async () => {
    const sampler = await fromYamlPromise(
      pythons(
        "name: load\nbatch_size: 8\nsize: 2\nsamples: 3\ntype_info: {module: distilabel.steps.generators.data_sampler, name: DataSampler}"
      )
    )
    expect(sampler.missing).toEqual([])
    await expect(rowsOf(sampler)).rejects.toThrow("Parameter 'data' of step 'load' must be set")
    const given = [{ example: "a" }, { example: "b" }]
    const expected = await rowsOf(
      Pipeline("p", {}, from(DataSampler({ name: "load", data: given, size: 2, samples: 3 })))
    )
    expect(expected).toHaveLength(3)
    expect(await rowsOf(sampler, { load: { data: given } })).toEqual(expected)
    expect(await rowsOf(sampler, { load: { data: given, samples: 1 } })).toEqual(
      expected.slice(0, 1)
    )
    const disk = await fromYamlPromise(
      pythons(
        "name: load\nbatch_size: 50\ndataset_path: saved\nis_distiset: false\nconfig: default\nsplit: null\nkeep_in_memory: null\nnum_examples: 2\nstreaming: false\nstorage_options: null\ntype_info: {module: distilabel.steps.generators.huggingface, name: LoadDataFromDisk}"
      )
    )
    expect(disk).toMatchObject({ missing: [], warnings: [] })
    expect(disk.graph.nodes.get("load")!.step.values).toMatchObject({
      datasetPath: "saved",
      numExamples: 2,
      isDistiset: false
    })
  })
})
