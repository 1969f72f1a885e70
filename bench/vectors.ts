/**
 * What vectors cost: the search for neighbours, exact and along a graph, with the share of the
 * nearest that the graph finds; projections by UMAP; and texts that were embedded before.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  EmbeddingGeneration,
  from,
  LoadDataFromDicts,
  OpenAIEmbeddings,
  Pipeline,
  runPromise,
  runStepPromise,
  UMAP
} from "distilabel-ts"
import { startSimulator } from "distilabel-ts/simulator"
import { nearestAmong } from "../src/steps/embeddings/exactSearch.ts"
import { approximatelyNearest } from "../src/steps/embeddings/graphSearch.ts"
import { Vectors } from "../src/steps/embeddings/Vectors.ts"
import { random } from "./crash.ts"
import type { Figure } from "./Figure.ts"

const dimensions = 128
const neighbours = 5
const exactRows = 10_000
/** `BENCH_VECTORS=1000000` measures more; each million takes some minutes. */
const graphRows = Number(process.env["BENCH_VECTORS"] ?? 50_000)
const projectedRows = 2000
const texts = 20_000

export const vectors = async (): Promise<ReadonlyArray<Figure>> => [
  ...(await searches()),
  await projections(),
  ...(await embeddedAgain())
]

/** Directions around a few hundred centres, as texts have them. */
const clustered = (count: number): Vectors => {
  const next = random(7)
  const centres = Array.from({ length: 300 }, () =>
    Array.from({ length: dimensions }, () => next() - 0.5)
  )
  const all = new Vectors()
  for (let i = 0; i < count; i++) {
    const centre = centres[i % centres.length]!
    all.push(centre.map((value) => value + (next() - 0.5) * 0.4))
  }
  return all.normalized()
}

const searches = async (): Promise<ReadonlyArray<Figure>> => {
  const few = clustered(exactRows)
  const [exact, exactly] = await timed(() => nearestAmong(few, neighbours, "inner product"))
  const graph = await approximatelyNearest(few, neighbours, "inner product")
  let found = 0
  for (let at = 0; at < few.length; at++) {
    const nearest = new Set(exact.of(at).indices)
    found += graph.of(at).indices.filter((index) => nearest.has(index)).length
  }
  const many = clustered(graphRows)
  const [, along] = await timed(() => approximatelyNearest(many, neighbours, "inner product"))
  return [
    {
      name: `${exactRows.toLocaleString("en")} vectors of ${dimensions} numbers, all compared`,
      value: exactRows / exactly,
      unit: "vectors/s"
    },
    {
      name: `${graphRows.toLocaleString("en")} vectors along a graph, which is built first`,
      value: graphRows / along,
      unit: "vectors/s",
      from: { "peak MB": process.resourceUsage().maxRSS / 1024 }
    },
    {
      name: `of the ${neighbours} nearest, the graph finds`,
      value: found / (exactRows * neighbours),
      unit: "of 1",
      bar: 0.95
    }
  ]
}

const projections = async (): Promise<Figure> => {
  const next = random(11)
  const rows = Array.from({ length: projectedRows }, (_, i) => ({
    embedding: Array.from({ length: dimensions }, (_n, d) => (d === i % 5 ? 3 : 0) + next())
  }))
  const [, seconds] = await timed(() => runStepPromise(UMAP({ name: "umap" }), rows))
  return {
    name: `${projectedRows.toLocaleString("en")} rows projected by UMAP`,
    value: projectedRows / seconds,
    unit: "rows/s"
  }
}

/** Texts embedded by a simulated server, and once more by a run that finds them in the cache. */
const embeddedAgain = async (): Promise<ReadonlyArray<Figure>> => {
  await using simulator = await startSimulator()
  const directory = mkdtempSync(join(tmpdir(), "distilabel-bench-"))
  const data = Array.from({ length: texts }, (_, i) => ({
    text: `Text number ${i} of the benchmark.`
  }))
  const pipeline = Pipeline(
    "embedded",
    {},
    from(LoadDataFromDicts({ name: "load", data })).to(
      EmbeddingGeneration({
        name: "embed",
        llm: OpenAIEmbeddings({ model: "e", baseUrl: simulator.openaiBaseUrl, apiKey: "none" })
      })
    )
  )
  const runInto = async (outputDir: string): Promise<number> =>
    (
      await timed(() =>
        runPromise(pipeline, {
          outputDir: join(directory, outputDir),
          cacheDir: join(directory, "cache"),
          progress: "none"
        })
      )
    )[1]
  const first = await runInto("first")
  const { requests } = simulator.stats()
  const second = await runInto("second")
  const again = simulator.stats().requests - requests
  rmSync(directory, { recursive: true })
  return [
    {
      name: `${texts.toLocaleString("en")} texts, embedded 50 in a request`,
      value: texts / first,
      unit: "texts/s",
      from: { requests }
    },
    { name: "the same texts from the cache", value: texts / second, unit: "texts/s" },
    {
      name: "requests for texts that were embedded before",
      value: again,
      unit: "",
      bar: 0,
      atMost: true
    }
  ]
}

const timed = async <A>(work: () => Promise<A>): Promise<readonly [A, seconds: number]> => {
  const start = performance.now()
  const result = await work()
  return [result, (performance.now() - start) / 1000]
}
