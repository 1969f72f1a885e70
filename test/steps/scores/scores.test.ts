/** Scores of served models: rewards of conversations, and ranks of candidates. */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  from,
  fromYamlPromise,
  LoadDataFromDicts,
  OpenAILLM,
  PairRM,
  Pipeline,
  RewardModelScore,
  runPromise,
  runStepPromise,
  ServedScores,
  toYamlPromise
} from "../../../src/index.ts"
import type { ScoreRoute } from "../../../src/models/openai/ServedScores.ts"
import { startSimulator } from "../../../src/simulator/index.ts"
import { json, serve } from "../../models/wire.ts"

const scoresOf = <const Route extends ScoreRoute>(url: string, route: Route, more: object = {}) =>
  ServedScores({ model: "m", baseUrl: url, route, apiKey: "none", maxRetries: 0, ...more })

const rows = [
  { instruction: "Name a river.", response: "The Ucayali." },
  { instruction: "Name a river.", response: "A mountain." },
  { instruction: "Name a lake.", response: "The Ucayali." }
]

describe("a reward model", () => {
  it("scores responses and conversations, on either of its routes", async () => {
    await using simulator = await startSimulator()
    const scores = await Promise.all(
      (["pooling", "classify"] as const).map(async (route) => {
        const step = RewardModelScore({ name: "it", llm: scoresOf(simulator.openaiBaseUrl, route) })
        const { errors, rows: made } = await runStepPromise(step, rows)
        expect(errors).toEqual([])
        expect(made.map(({ instruction, model_name }) => [instruction, model_name])).toEqual(
          rows.map(({ instruction }) => [instruction, "m"])
        )
        const { rows: conversations } = await runStepPromise(
          step,
          rows.map(({ instruction, response }) => ({
            conversation: [
              { role: "user" as const, content: instruction },
              { role: "assistant" as const, content: response }
            ]
          }))
        )
        expect(conversations.map(({ score }) => score)).toEqual(made.map(({ score }) => score))
        return made.map(({ score }) => score)
      })
    )
    expect(scores[0]).toEqual(scores[1])
    expect(scores[0]![0]).toBe(scores[0]![2])
    expect(scores[0]![0]).not.toBe(scores[0]![1])
    expect(simulator.stats().inputTokens).toBeGreaterThan(0)
  })

  it("is asked beside the protocol's own routes, with a chat and what was given", async () => {
    await using wire = await serve((_, response) =>
      json(response, { data: [{ index: 0, data: [1.5] }], usage: { prompt_tokens: 7 } })
    )
    for (const url of [`${wire.url}/v1`, `${wire.url}/v1/`, wire.url]) {
      const llm = scoresOf(url, "pooling", {
        preflight: false,
        generationKwargs: { truncatePromptTokens: 99, extraBody: { add_special_tokens: false } }
      })
      const { rows: made } = await runStepPromise(
        RewardModelScore({ name: "it", llm }),
        rows.slice(0, 1)
      )
      expect(made).toMatchObject([{ score: 1.5 }])
    }
    expect(new Set(wire.asked.map(({ path }) => path))).toEqual(new Set(["/pooling"]))
    expect(wire.asked[0]!.body).toEqual({
      model: "m",
      messages: [
        { role: "user", content: "Name a river." },
        { role: "assistant", content: "The Ucayali." }
      ],
      truncate_prompt_tokens: 99,
      add_special_tokens: false
    })
  })

  it("leaves an error row for what is no score, and for what cannot be scored", async () => {
    const bodies: ReadonlyArray<unknown> = [
      { data: [{ index: 0, data: [0.1, 0.9] }] },
      { data: [{ index: 0, probs: ["x"] }] },
      { data: [] },
      { error: { message: "no such route" } }
    ]
    let next = 0
    await using wire = await serve((_, response) => json(response, bodies[next++]))
    const step = RewardModelScore({
      name: "it",
      llm: scoresOf(`${wire.url}/v1`, "classify", { preflight: false, maxConcurrency: 1 })
    })
    const { errors, rows: made } = await runStepPromise(step, [...rows, rows[0]!])
    expect(made).toEqual([])
    expect(errors.map(({ detail }) => detail)).toEqual([
      expect.stringContaining("not one score for each of 1"),
      expect.stringContaining("not one score for each of 1"),
      expect.stringContaining("not one score for each of 1"),
      expect.stringContaining("no such route")
    ])
    const { errors: unscored } = await runStepPromise(step, [
      { conversation: [{ role: "user" as const, content: "Hi" }] },
      { conversation: [] }
    ])
    expect(unscored.map(({ detail }) => detail)).toEqual([
      expect.stringContaining("does not end with a turn of the assistant"),
      expect.stringContaining("does not end with a turn of the assistant")
    ])
  })

  it("is another one than that which ranks, and than one that chats", async () => {
    const wrong = async (step: never, row: object): Promise<string> =>
      runStepPromise(step, [row] as never).then(
        ({ errors }) => errors[0]!.detail,
        (error: unknown) => (error as Error).message
      )
    const at = "http://localhost:1/v1"
    const chats = OpenAILLM({ model: "m", apiKey: "k" }) as never
    const candidates = { input: "a", candidates: ["b"] }
    expect(await wrong(RewardModelScore({ name: "it", llm: chats }) as never, rows[0]!)).toMatch(
      /OpenAILLM does not score\. Give the step a model that does/
    )
    expect(await wrong(PairRM({ name: "it", llm: chats }) as never, candidates)).toMatch(
      /OpenAILLM does not score/
    )
    const ranks = scoresOf(at, "score", { preflight: false })
    expect(await wrong(RewardModelScore({ name: "it", llm: ranks }) as never, rows[0]!)).toMatch(
      /the route 'score' scores texts, not conversations: give option route 'pooling' or 'classify'/
    )
    const rewards = scoresOf(at, "pooling", { preflight: false })
    expect(await wrong(PairRM({ name: "it", llm: rewards }) as never, candidates)).toMatch(
      /the route 'pooling' scores conversations, not texts: give option route 'score' or 'rerank'/
    )
  })
})

describe("ranks of candidates", () => {
  it("follow from the scores, whichever way a server writes them", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.integer({ min: -3, max: 3 })), {
          minLength: 1,
          maxLength: 6
        }),
        fc.constantFrom("score", "rerank", "tei"),
        async (candidates, form) => {
          await using wire = await serve((_, response) => {
            const scored = candidates.map(([, score], index) => ({ index, score }))
            if (form === "score") json(response, { data: scored })
            // Rerankers answer with the best first.
            else {
              const sorted = scored.toSorted((a, b) => b.score - a.score)
              if (form === "tei") json(response, sorted)
              else
                json(response, {
                  results: sorted.map(({ index, score }) => ({ index, relevance_score: score }))
                })
            }
          })
          const route = form === "score" ? "score" : "rerank"
          const { rows: made } = await runStepPromise(
            PairRM({ name: "it", llm: scoresOf(`${wire.url}/v1`, route, { preflight: false }) }),
            [{ input: "q", candidates: candidates.map(([text]) => text) }]
          )
          const { ranked_candidates: ranked, ranks } = made[0]!
          expect(ranks.toSorted()).toEqual(candidates.map((_, i) => i + 1).toSorted())
          candidates.forEach(([text, score], i) => {
            expect(ranked[ranks[i]! - 1]).toBe(text)
            candidates.forEach(([, other], j) => {
              if (score > other || (score === other && i < j))
                expect(ranks[i]).toBeLessThan(ranks[j]!)
            })
          })
        }
      ),
      { numRuns: 20 }
    )
  })

  it("are asked for once, on either of the routes, with the instructions before the input", async () => {
    await using simulator = await startSimulator()
    const data = [
      { input: "Name a river.", candidates: ["The Ucayali.", "A mountain.", "Größe 🐈"] }
    ]
    const cacheDir = mkdtempSync(join(tmpdir(), "distilabel-scores-"))
    const ranked = async (route: "score" | "rerank") => {
      const pipeline = Pipeline(
        "ranks",
        {},
        from(LoadDataFromDicts({ name: "load", data })).to(
          PairRM({
            name: "rank",
            llm: scoresOf(simulator.openaiBaseUrl, route),
            instructions: "Be exact."
          })
        )
      )
      const { default: subset } = await runPromise(pipeline, {
        cacheDir,
        progress: "none",
        report: false
      })
      return (await subset.toArray()).map(({ ranks }) => ranks)
    }
    const first = await ranked("score")
    const once = simulator.stats().requests
    expect(await ranked("rerank")).toEqual(first)
    const asked = simulator.stats().requests
    expect(asked).toBe(2 * once)
    expect(await ranked("score")).toEqual(first)
    expect(simulator.stats().requests).toBe(asked)
  })

  it("come of pipelines from documents", async () => {
    const text = await toYamlPromise(
      Pipeline(
        "ranks",
        {},
        from(LoadDataFromDicts({ name: "load", data: [{ input: "a", candidates: ["b"] }] })).to(
          PairRM({ name: "rank", llm: scoresOf("http://localhost:1/v1", "rerank") })
        )
      )
    )
    expect(text).toContain("route: rerank")
    expect(await toYamlPromise(await fromYamlPromise(text))).toBe(text)
  })

  it("need candidates that are texts", async () => {
    const step = PairRM({
      name: "it",
      llm: scoresOf("http://localhost:1/v1", "score", { preflight: false })
    })
    const { errors } = await runStepPromise(step, [{ input: "q", candidates: [] }])
    expect(errors.map(({ detail }) => detail)).toEqual(["'candidates' is empty"])
  })
})
