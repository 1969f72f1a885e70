import { mkdtempSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { expect, it } from "vitest"
import { randomNumbers } from "../../../src/columns/random.ts"
import {
  DBSCAN,
  from,
  LoadDataFromDicts,
  Pipeline,
  runPromise,
  runStepPromise,
  ScriptedLLM,
  SemanticDiversity,
  TextClustering,
  UMAP
} from "../../../src/index.ts"
import { diversityOf } from "../../../src/steps/embeddings/diversity.ts"
import { Vectors } from "../../../src/steps/embeddings/Vectors.ts"
import { cosine } from "../../../src/steps/values/distances.ts"

const embeddings = fc.array(
  fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 }),
  { minLength: 1, maxLength: 60 }
)

it("distances and groups are those that comparing all rows with each other gives", async () => {
  await fc.assert(
    fc.asyncProperty(
      embeddings.filter((rows) => rows.every((row) => row.some((value) => value !== 0))),
      fc.double({ min: 0.01, max: 0.5, noNaN: true }),
      async (rows, threshold) => {
        const vectors = new Vectors()
        for (const row of rows) vectors.push(row)
        const { figures, groups, nearest } = await diversityOf(vectors, threshold)
        const distances = rows.map((row) => rows.map((other) => cosine(row, other)))
        let all = 0
        rows.forEach((_, at) => {
          const others = distances[at]!.filter((_distance, other) => other !== at)
          all += others.reduce((sum, distance) => sum + distance, 0)
          if (others.length === 0) expect(nearest[at]).toBeUndefined()
          else expect(nearest[at]!.distance).toBeCloseTo(Math.min(...others), 4)
          // Rows that are near each other are in one group.
          const near = nearest[at]
          if (near !== undefined && near.distance <= threshold)
            expect(groups[at]).toBe(groups[near.row])
        })
        // What a group has in common is a chain of near rows.
        const reachable = rows.map((_, at) => at)
        for (let changed = true; changed;) {
          changed = false
          for (const [a, row] of distances.entries())
            for (const [b, distance] of row.entries())
              if (distance <= threshold + 1e-4 && reachable[a] !== reachable[b]) {
                const least = Math.min(reachable[a]!, reachable[b]!)
                changed = true
                reachable[a] = reachable[b] = least
              }
        }
        for (const [a, group] of groups.entries())
          for (const [b, other] of groups.entries())
            if (group === other) expect(reachable[a]).toBe(reachable[b])
        expect(figures.rows).toBe(rows.length)
        expect(figures.groups).toBe(new Set(groups).size)
        if (rows.length > 1)
          expect(figures.mean_distance).toBeCloseTo(all / (rows.length * (rows.length - 1)), 4)
      }
    ),
    { numRuns: 60 }
  )
})

/** Rows with random directions, and copies of some of them that are a little off. */
const planted = (count: number, copies: number) => {
  const random = randomNumbers(7)
  const drawn = (): Array<number> => Array.from({ length: 32 }, () => random() - 0.5)
  const own = Array.from({ length: count }, (_, id) => ({ id, copy: false, embedding: drawn() }))
  return [
    ...own,
    ...own.slice(0, copies).map(({ embedding, id }) => ({
      id: count + id,
      copy: true,
      embedding: embedding.map((value) => value + (random() - 0.5) * 0.02)
    }))
  ]
}

it("copies that were planted are found, and the report and the artifact say so", async () => {
  const outputDir = mkdtempSync(join(tmpdir(), "distilabel-diversity-"))
  const data = planted(300, 30)
  const diversity = SemanticDiversity({ name: "diversity", threshold: 0.05, planted: "copy" })
  const { default: rows } = await runPromise(
    Pipeline("diverse", {}, from(LoadDataFromDicts({ name: "load", data })).to(diversity)),
    { outputDir, cacheDir: join(outputDir, "cache"), progress: "none" }
  )
  const all = await rows.toArray()
  for (const row of all.filter(({ copy }) => copy)) {
    expect(row).toMatchObject({ near_copy: true, nearest_row: row.id - 300 })
    expect(row.semantic_group).toBe(all[row.id - 300]!.semantic_group)
  }
  const figures = JSON.parse(
    readFileSync(
      join(outputDir, "artifacts", "diversity", "semantic_diversity", "diversity.json"),
      "utf8"
    )
  ) as object
  expect(figures).toMatchObject({ rows: 330, groups: 300, largest_group: 2, near_copies: 60 })
  const page = readFileSync(join(outputDir, "report.html"), "utf8")
  const [, data_] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)!
  const { subsets } = JSON.parse(data_!) as {
    readonly subsets: ReadonlyArray<{
      readonly profile: {
        readonly steps: ReadonlyArray<{ readonly findings: ReadonlyArray<object> }>
      }
    }>
  }
  expect(subsets[0]!.profile.steps[0]!.findings).toEqual(
    expect.arrayContaining([
      { kind: "share", name: "planted copies that were found", count: 30, hits: 30 },
      { kind: "share", name: "other rows taken for copies", count: 300, hits: 30 },
      { kind: "share", name: "rows with a near copy", count: 330, hits: 60 }
    ])
  )
})

it("one row alone has no neighbour, and rows without an embedding are told", async () => {
  const step = SemanticDiversity({ name: "diversity" })
  const { rows } = await runStepPromise(step, [{ embedding: [1, 2] }])
  expect(rows).toEqual([
    {
      embedding: [1, 2],
      nearest_row: null,
      nearest_distance: null,
      near_copy: false,
      semantic_group: 0
    }
  ])
  await expect(runStepPromise(step, [{ embedding: [1, 2] }, { embedding: [1] }])).rejects.toThrow(
    "the embedding of row 2 has 1 numbers, those before it have 2"
  )
})

it("embedded, reduced, clustered and labelled texts leave projections, sizes and a picture", async () => {
  const outputDir = mkdtempSync(join(tmpdir(), "distilabel-clusters-"))
  const random = randomNumbers(3)
  const data = Array.from({ length: 60 }, (_, i) => ({
    text: `${i % 2 === 0 ? "A river" : "A sum"} <${i}>`,
    embedding: Array.from({ length: 8 }, (_n, d) => (d === i % 2 ? 5 : 0) + random())
  }))
  const flow = from(LoadDataFromDicts({ name: "load", data }))
    .to(UMAP({ name: "umap" }))
    .to(DBSCAN({ name: "dbscan", eps: 2, minSamples: 5 }))
    .to(
      TextClustering({
        name: "label",
        useDefaultStructuredOutput: false,
        llm: ScriptedLLM({
          answers: (chat) =>
            JSON.stringify({
              labels: JSON.stringify(chat).includes("river") ? "Rivers & seas" : "<Sums>"
            })
        })
      })
    )
  await runPromise(Pipeline("clustered", {}, flow), {
    outputDir,
    cacheDir: join(outputDir, "cache"),
    progress: "none"
  })
  const artifact = (...path: ReadonlyArray<string>): string =>
    readFileSync(join(outputDir, "artifacts", ...path), "utf8")
  expect(JSON.parse(artifact("dbscan", "dbscan", "clusters.json"))).toEqual({ 0: 30, 1: 30 })
  expect(artifact("umap", "umap", "projections.npy").slice(1, 6)).toBe("NUMPY")
  const picture = artifact("label", "Text clusters", "figure_clustering.svg")
  expect(picture.match(/<circle [^>]*r="3"/g)).toHaveLength(60)
  expect(picture).toContain("Rivers &amp; seas (30)")
  expect(picture).toContain("&lt;Sums&gt; (30)")
})
