/** Steps of this library in documents: what they were made with comes back. */
import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import {
  CountBy,
  DBSCAN,
  Decontaminate,
  DetectLanguage,
  ExactDedup,
  ExtractJson,
  FaissNearestNeighbour,
  from,
  fromYamlPromise,
  Hash,
  KeepBest,
  LimitRows,
  LoadDataFromDicts,
  Lookup,
  MinHashDedup,
  Pipeline,
  SampleRows,
  SortRows,
  SplitSentences,
  ToFile,
  toYamlPromise,
  UMAP
} from "../../src/index.ts"

const load = LoadDataFromDicts({
  name: "load",
  data: [
    {
      text: "a",
      generation: "{}",
      embedding: [1],
      projection: [1],
      generations: ["a"],
      ratings: [1]
    }
  ]
})

const steps = [
  MinHashDedup({ name: "s", tokenizer: "ngrams", n: 3, threshold: 0.8, numPerm: 64, seed: 2 }),
  ExactDedup({ name: "s", columns: ["text"], ignore: ["case", "space"] }),
  Hash({ name: "s", columns: ["text", "generation"], outputColumn: "id", algorithm: "md5" }),
  SortRows({ name: "s", by: ["text"], descending: true }),
  LimitRows({ name: "s", count: 3, skip: 1 }),
  SampleRows({ name: "s", share: 0.5, seed: 3 }),
  CountBy({ name: "s", columns: ["text"], outputColumn: "n" }),
  KeepBest({ name: "s", lowest: true }),
  ExtractJson({ name: "s", schema: Schema.Struct({ a: Schema.Array(Schema.Number) }) }),
  SplitSentences({ name: "s", locale: "de" }),
  DetectLanguage({ name: "s", only: ["en"] }),
  Lookup({
    name: "s",
    on: "text",
    dataFiles: "a.csv",
    columns: { price: Schema.Number },
    missing: "null"
  }),
  Decontaminate({ name: "s", repoId: "a/b", split: "test", columns: ["q"], n: 8 }),
  FaissNearestNeighbour({ name: "s", k: 4, metricType: 0, exact: true }),
  UMAP({ name: "s", nComponents: 3, metric: "cosine", randomState: 7 }),
  DBSCAN({ name: "s", eps: 0.2, minSamples: 3 }),
  ToFile({ name: "s", path: "rows.csv" })
] as const

it.each(steps.map((step) => [step.type, step] as const))(
  "%s comes back from a document with what it was made with, and adds the same columns",
  async (_, step) => {
    const pipeline = Pipeline("p", {}, from(load).to(step as never))
    const yaml = await toYamlPromise(pipeline)
    const loaded = await fromYamlPromise(yaml)
    const again = loaded.graph.nodes.get("s")!.step
    expect(again.type).toBe(step.type)
    expect(await toYamlPromise(loaded)).toBe(yaml)
    expect(Object.keys(loaded.graph.outgoing.get("s")!.columns)).toEqual(
      Object.keys(pipeline.graph.outgoing.get("s")!.columns)
    )
  }
)
