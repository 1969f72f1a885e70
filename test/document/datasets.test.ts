import { Redacted, Schema } from "effect"
import { expect, it } from "vitest"
import { DataSampler, from, fromYamlPromise, HuggingFaceHubCheckpointer, inspect, LoadDataFromDisk, LoadDataFromFileSystem, LoadDataFromHub, Pipeline, PushToHub, toYamlPromise } from "../../src/index.ts"

const columns = { text: Schema.String }

it("steps that read and push datasets come back from documents as they were, without their tokens", async () => {
  const pipelines = [
    Pipeline("disk", {}, from(LoadDataFromDisk({ name: "load", datasetPath: "saved", config: "easy", split: "test", shuffle: { seed: 7 }, columns })).to(PushToHub({ name: "push", repoId: "me/x", config: "easy", private: true, token: "hf_secret" }))),
    Pipeline("files", {}, from(LoadDataFromFileSystem({ name: "load", dataFiles: "rows/*.parquet", filetype: "parquet", columns })).to(HuggingFaceHubCheckpointer({ name: "keep", repoId: "me/y", inputBatchSize: 200, token: Redacted.make("hf_secret") }))),
    Pipeline("hub", {}, from(LoadDataFromHub({ name: "load", repoId: "me/z", revision: "v2", streaming: true, columns }))),
    Pipeline("sampler", {}, from(DataSampler({ name: "sample", data: [{ text: "a" }, { text: "b" }], size: 3, samples: 10, seed: 1 })))
  ]
  for (const pipeline of pipelines) {
    const text = await toYamlPromise(pipeline)
    expect(text).not.toContain("hf_secret")
    const back = await fromYamlPromise(text)
    expect(back.missing).toEqual([])
    expect(await toYamlPromise(back)).toBe(text)
    expect(inspect(back).steps.map(({ name, type }) => `${name} ${type}`)).toEqual(inspect(pipeline).steps.map(({ name, type }) => `${name} ${type}`))
  }
})

it("Python's PushToHub and LoadDataFromDisk are ours", async () => {
  const back = await fromYamlPromise(`
distilabel: { version: 1.5.3 }
pipeline:
  name: python
  steps:
    - name: load
      step: { name: load, dataset_path: saved, is_distiset: true, config: default, split: null, keep_in_memory: null, num_examples: 5, storage_options: null, batch_size: 50, output_mappings: {}, runtime_parameters_info: [], type_info: { module: distilabel.steps.generators.huggingface, name: LoadDataFromDisk } }
    - name: push
      step: { name: push, repo_id: me/x, split: train, private: false, token: null, input_batch_size: 50, input_mappings: {}, output_mappings: {}, runtime_parameters_info: [], type_info: { module: distilabel.steps.globals.huggingface, name: PushToHub } }
  connections:
    - { from: load, to: [push] }
    - { from: push, to: [] }
  routing_batch_functions: []
`)
  expect(back.missing).toEqual([])
  expect(inspect(back).steps.map(({ type }) => type)).toEqual(["LoadDataFromDisk", "PushToHub"])
})
