import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it, vi } from "vitest"
import benchmark from "../../examples/programs/benchmark.ts"
import deita from "../../examples/programs/deita.ts"
import distilReasoning from "../../examples/programs/distilReasoning.ts"
import embeddingTriplets from "../../examples/programs/embeddingTriplets.ts"
import functionCalls from "../../examples/programs/functionCalls.ts"
import instructionsToPreferences from "../../examples/programs/instructionsToPreferences.ts"
import { labelledReviews } from "../../examples/programs/labelledReviews.ts"
import nearCopies from "../../examples/programs/nearCopies.ts"
import preferencePairs from "../../examples/programs/preferencePairs.ts"
import promptVariants from "../../examples/programs/promptVariants.ts"
import queriesPerChunk from "../../examples/programs/queriesPerChunk.ts"
import questionFromTopic from "../../examples/programs/questionFromTopic.ts"
import threeVoices from "../../examples/programs/threeVoices.ts"
import { ledTo } from "../../src/cli/simulated.ts"
import { OpenAILLM, type Row, runPromise, type Subset } from "../../src/index.ts"
import type { GivenParameters } from "../../src/pipeline/parameters.ts"
import type { UntypedPipeline } from "../../src/pipeline/Pipeline.ts"
import { startHubSimulator, startSimulator } from "../../src/simulator/index.ts"
import { key, startArgilla } from "../steps/argilla/standIn.ts"

const simulator = await startSimulator()
afterAll(() => simulator.close())

type Subsets = Readonly<Record<string, Subset<Row>>>

/**
 * The rows of each subset of a program whose models are simulated. A row that fails fails it, but
 * for ties of answers.
 */
const ran = async (
  pipeline: UntypedPipeline,
  given: GivenParameters = {},
  dataset?: ReadonlyArray<Row>,
  url = simulator.url
): Promise<Readonly<Record<string, ReadonlyArray<Row>>>> => {
  const distiset = await runPromise(pipeline, {
    outputDir: mkdtempSync(join(tmpdir(), "distilabel-program-")),
    parameters: ledTo(url, pipeline.graph, given),
    progress: "none",
    report: false,
    useCache: false,
    ...(dataset === undefined ? {} : { dataset })
  })
  const subsets: Subsets = distiset.subsets
  const found: Record<string, ReadonlyArray<Row>> = {}
  for (const [name, subset] of Object.entries(subsets)) {
    const failed = await subset.errors().toArray()
    // Answers that are rated the same are no pair.
    expect(failed.filter(({ step }) => step !== "dpo")).toEqual([])
    found[name] = await subset.toArray()
  }
  return found
}

const distinct = (rows: ReadonlyArray<Row>, column: string): number =>
  new Set(rows.map((row) => row[column])).size

describe("the programs of the examples run with simulated models", () => {
  it("distilReasoning solves each problem four times", async () => {
    const rows = Array.from({ length: 9 }, (_, i) => ({ problem: `What is ${i} plus 2?` }))
    const { default: all } = await ran(distilReasoning, {}, rows)
    expect(all!.map(({ problem }) => problem)).toEqual(rows.map(({ problem }) => problem))
    for (const { generation, model_name } of all!) {
      expect(generation).toHaveLength(4)
      expect(model_name).toBe("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B")
    }
  })

  it("preferencePairs rates two answers, for DPO and for Argilla", async () => {
    await using argilla = await startArgilla()
    const { dpo, argilla: shown } = await ran(
      preferencePairs,
      { argilla: { apiUrl: argilla.url, apiKey: key } },
      [{ instruction: "Name a river in Peru." }, { instruction: "Name a sea." }]
    )
    expect(shown).toHaveLength(2)
    expect(argilla.datasets[0]!.records).toHaveLength(2)
    expect(dpo).toHaveLength(2)
    for (const row of dpo!) {
      expect(row["generation_models"]).toEqual(["gpt-4o-mini", "gpt-4.1-nano"])
      expect(row["chosen_rating"]).toBeGreaterThan(Number(row["rejected_rating"]))
    }
  })

  it("questionFromTopic writes the question over the request for it", async () => {
    const { default: all } = await ran(questionFromTopic)
    expect(all).toHaveLength(1)
    expect(all![0]!["instruction"]).not.toContain("beekeeping.")
    expect(all![0]!["response"]).toEqual(expect.any(String))
    expect(all![0]).not.toHaveProperty("generation")
  })

  it("instructionsToPreferences makes ten instructions of two topics, rated", async () => {
    await using argilla = await startArgilla()
    const given = { argilla: { apiUrl: argilla.url, apiKey: key } }
    const { argilla: shown, dpo } = await ran(instructionsToPreferences, given)
    expect(shown).toHaveLength(10)
    expect(distinct(shown!, "instruction")).toBe(10)
    expect(dpo!.length).toBeGreaterThan(0)
    expect(dpo!.every((row) => row["chosen"] !== null)).toBe(true)
  })

  it("embeddingTriplets reads the dataset that the run names", async () => {
    await using hub = await startHubSimulator()
    vi.stubEnv("HF_ENDPOINT", hub.url)
    const pages = ["Install it with one command.", "Reports open in a browser."]
    hub.put("handbook/pages", {
      "data/train.jsonl": pages.map((page_content) => JSON.stringify({ page_content })).join("\n")
    })
    const { default: all } = await ran(embeddingTriplets, { load: { repoId: "handbook/pages" } })
    vi.unstubAllEnvs()
    expect(all!.map(({ anchor }) => anchor)).toEqual(pages)
    expect(distinct(all!, "positive")).toBe(2)
    expect(distinct(all!, "negative")).toBe(2)
  })

  it("deita keeps rows by score times score, the best first, all apart", async () => {
    const { default: all } = await ran(deita, { select: { diversityThreshold: 0.2 } })
    const scores = all!.map((row) => Number(row["deita_score"]))
    expect(scores.length).toBeGreaterThan(1)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
    expect(distinct(all!, "response")).toBe(all!.length)
    for (const row of all!) {
      expect(row["conversation"]).toHaveLength(2)
      expect(row["nearest_neighbor_distance"]).toBeGreaterThan(0.2)
      expect(row["deita_score"]).toBe(Number(row["complexity"]) * Number(row["quality"]))
    }
  })
  it("queriesPerChunk has a pair's query and four rewordings for each chunk", async () => {
    const { default: all } = await ran(queriesPerChunk)
    expect(all!.map(({ anchor }) => anchor)).toEqual(
      ["Settings live in a file.", "Logs go to standard error."].flatMap((text) =>
        Array(5).fill(text)
      )
    )
    expect(distinct(all!, "query")).toBe(10)
  })

  it("threeVoices makes a subset of each voice, of the same messages", async () => {
    const subsets = await ran(threeVoices)
    expect(Object.keys(subsets)).toEqual(["cheerful", "formal", "terse"])
    for (const rows of Object.values(subsets)) {
      expect(rows.map(({ prompt }) => prompt)).toEqual([
        "My parcel has been in Leeds for a week.",
        "Thank you!"
      ])
      expect(rows[0]!["messages"]).toHaveLength(2)
    }
    expect(distinct(Object.values(subsets).flat(), "generation")).toBe(6)
  })

  it("benchmark counts who wins, over arms of different lengths", async () => {
    const { rates, verdicts } = await ran(benchmark)
    expect(verdicts).toHaveLength(2)
    for (const row of verdicts!) expect(Object.keys(row)).toEqual(["id", "generation", "winner"])
    const counted = rates!.map(({ questions, winner }) => [winner, questions])
    const winners = verdicts!.map(({ winner }) => winner)
    expect(Object.fromEntries(counted)).toEqual(
      Object.fromEntries(winners.map((who) => [who, winners.filter((each) => each === who).length]))
    )
  })

  it("promptVariants draws the same style for a subject each time", async () => {
    const [once, again] = [await ran(promptVariants), await ran(promptVariants)]
    expect(once.default).toEqual(again.default)
    expect(once.default!.map(({ subject }) => subject)).toEqual(["a lighthouse", "a market"])
    for (const row of once.default!) {
      expect(Object.keys(row)).toEqual(["subject", "mood", "style", "prompt", "variants", "models"])
      expect(new Set(row["variants"] as ReadonlyArray<string>).size).toBe(2)
    }
  })

  it("functionCalls carries out the calls that it lets pass", async () => {
    const judged = { thought: "It is what was asked for.", passes: "yes" }
    // The second call names an argument that there is not.
    const written = (query: string, name: string, args: object) =>
      JSON.stringify([{ query, answers: [{ name, arguments: args }] }])
    await using model = await startSimulator({
      answer: ({ prompt }) =>
        prompt.includes("Write one query that calls the function `celsius`")
          ? written("How warm is 212 °F?", "celsius", { fahrenheit: 212 })
          : prompt.includes("Write one query that calls the function `tip`")
            ? written("What is the tip?", "tip", { table: 4 })
            : JSON.stringify(judged)
    })
    const { default: all } = await ran(functionCalls, {}, undefined, model.url)
    expect(all).toMatchObject([
      {
        query: "How warm is 212 °F?",
        execution_result: ["100"],
        keep_row_after_semantic_check: true,
        thought: judged.thought
      }
    ])
  })

  it("functionCalls ends with rows whose calls could be carried out, whatever the simulated model says", async () => {
    const { default: all } = await ran(functionCalls)
    expect(all!.length).toBeGreaterThan(0)
    for (const row of all!) expect(row).toMatchObject({ keep_row_after_execution_check: true })
  })

  it("nearCopies keeps one of each group of texts that say nearly the same", async () => {
    const { default: all } = await ran(nearCopies)
    expect(all).toEqual([
      { text: "How do I cancel my subscription?" },
      { text: "Where can I download last month's invoice?" },
      { text: "The app crashes when I open the settings." }
    ])
  }, 30_000)

  it("labelledReviews asks until there are enough reviews, and labels each", async () => {
    await using failing = await startSimulator({ faults: [{ kind: "server-error", share: 0.3 }] })
    const llm = OpenAILLM({
      model: "gpt-4o-mini",
      baseUrl: failing.openaiBaseUrl,
      apiKey: "none",
      maxRetries: 0
    })
    const progress: Array<number> = []
    const { errors, rows } = await labelledReviews(llm, 10, (made) => void progress.push(made))
    expect(progress.length).toBeGreaterThan(3)
    expect(progress.at(-1)).toBe(10)
    expect(rows.length + errors.length).toBe(10)
    expect(distinct(rows, "text")).toBe(rows.length)
    for (const { labels } of rows)
      expect(["positive", "negative", "mixed", "Unclassified"]).toContain(labels)
  })
})
