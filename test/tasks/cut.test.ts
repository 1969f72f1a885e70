import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import {
  from,
  LoadDataFromDicts,
  MistralLLM,
  OpenAILLM,
  Pipeline,
  runPromise,
  runStepPromise,
  task,
  TextGeneration,
  VertexAILLM
} from "../../src/index.ts"
import { readFigures } from "../../src/report/figures/RunFigures.ts"
import { type Arrived, candidates, completion, json, serve } from "../models/wire.ts"

const kinds = ["openai", "mistral", "vertex"] as const
const models = {
  openai: (url: string, generationKwargs = {}) =>
    OpenAILLM({ model: "m", baseUrl: `${url}/v1`, apiKey: "k", maxRetries: 0, generationKwargs }),
  mistral: (url: string, generationKwargs = {}) =>
    MistralLLM({ model: "m", endpoint: url, apiKey: "k", maxRetries: 0, generationKwargs }),
  vertex: (url: string, generationKwargs = {}) =>
    VertexAILLM({
      model: "m",
      baseUrl: url,
      accessToken: "k",
      project: "p",
      maxRetries: 0,
      generationKwargs
    })
}

const limitIn = ({ body }: Arrived): number =>
  Number(
    body["max_tokens"] ??
      (body["generationConfig"] as { readonly maxOutputTokens?: number } | undefined)
        ?.maxOutputTokens ??
      0
  )

const answer = (kind: (typeof kinds)[number], text: string, isCut: boolean) =>
  kind === "vertex"
    ? candidates("", {
        candidates: [
          { content: { parts: [{ text }] }, finishReason: isCut ? "MAX_TOKENS" : "STOP" }
        ]
      })
    : completion("", {
        choices: [
          { index: 0, message: { content: text }, finish_reason: isCut ? "length" : "stop" }
        ]
      })

/** A server that cuts answers below a limit of tokens. */
const cutting = (kind: (typeof kinds)[number], below: number) =>
  serve((request, response) =>
    json(
      response,
      limitIn(request) < below
        ? answer(kind, "The Ucayali ri", true)
        : answer(kind, "The Ucayali rises in the Andes.", false)
    )
  )

describe.each(kinds)("an answer of %s that was cut at the limit of tokens", (kind) => {
  it("is kept and marked", async () => {
    await using wire = await cutting(kind, 200)
    const { errors, rows } = await runStepPromise(
      TextGeneration({ name: "gen", llm: models[kind](wire.url, { maxNewTokens: 128 }) }),
      [{ instruction: "a" }]
    )
    expect(errors).toEqual([])
    expect(rows).toMatchObject([
      { generation: "The Ucayali ri", distilabel_metadata: { finish_reason_gen: "length" } }
    ])
  })

  it("is an error row where whenCut says so, with the limit and the way to raise it", async () => {
    await using wire = await cutting(kind, 200)
    const { errors } = await runStepPromise(
      TextGeneration({
        name: "gen",
        llm: models[kind](wire.url, { maxNewTokens: 128 }),
        whenCut: "error"
      }),
      [{ instruction: "a" }]
    )
    const name = kind === "vertex" ? "maxOutputTokens" : "maxNewTokens"
    expect(errors).toMatchObject([
      {
        reason: "CutAnswer",
        detail: `the answer was cut at ${name} = 128. Raise maxNewTokens, or set whenCut: "retry".`,
        raw: "The Ucayali ri"
      }
    ])
  })

  it("is asked for again with a larger limit where whenCut says so, and what all attempts used counts", async () => {
    await using wire = await cutting(kind, 2000)
    const { errors, rows } = await runStepPromise(
      TextGeneration({
        name: "gen",
        llm: models[kind](wire.url, { maxNewTokens: 128 }),
        whenCut: "retry"
      }),
      [{ instruction: "a" }]
    )
    expect(errors).toEqual([])
    expect(rows).toMatchObject([
      {
        generation: "The Ucayali rises in the Andes.",
        distilabel_metadata: { statistics_gen: { input_tokens: 9, output_tokens: 15 } }
      }
    ])
    expect(rows[0]!.distilabel_metadata).not.toHaveProperty("finish_reason_gen")
    expect(wire.asked.map(limitIn)).toEqual([128, 512, 2048])
  })

  it("is an error row where the largest limit cuts it, too", async () => {
    await using wire = await cutting(kind, 100_000)
    const { errors } = await runStepPromise(
      TextGeneration({ name: "gen", llm: models[kind](wire.url), whenCut: "retry" }),
      [{ instruction: "a" }]
    )
    expect(errors).toMatchObject([
      {
        reason: "CutAnswer",
        detail:
          "the answer was cut at the server's own limit, and larger limits gave no whole one. Raise maxNewTokens."
      }
    ])
    expect(wire.asked.map(limitIn)).toEqual([0, 256, 1024])
  })
})

describe("answers that were cut", () => {
  it("are alone in being asked for again", async () => {
    const choices = [
      { index: 0, message: { content: "whole" }, finish_reason: "stop" },
      { index: 1, message: { content: "cu" }, finish_reason: "length" }
    ]
    await using wire = await serve((_, response, index) =>
      json(response, index === 0 ? completion("", { choices }) : completion("not cut"))
    )
    const { rows } = await runStepPromise(
      TextGeneration({
        name: "gen",
        llm: models.openai(wire.url, { maxNewTokens: 8 }),
        numGenerations: 2,
        whenCut: "retry"
      }),
      [{ instruction: "a" }]
    )
    expect(rows.map(({ generation }) => generation)).toEqual(["whole", "not cut"])
    expect(wire.asked).toHaveLength(2)
  })

  it("are counted by their limit in the summary and in the figures of the report", async () => {
    await using wire = await cutting("openai", 200)
    const gen = TextGeneration({ name: "gen", llm: models.openai(wire.url, { maxNewTokens: 128 }) })
    const pipeline = Pipeline(
      "cut",
      {},
      from(
        LoadDataFromDicts({ name: "load", data: [{ instruction: "a" }, { instruction: "b" }] })
      ).to(gen)
    )
    const outputDir = mkdtempSync(join(tmpdir(), "cut-"))
    let said = ""
    const write = process.stderr.write.bind(process.stderr)
    process.stderr.write = (text: string | Uint8Array) => {
      said += String(text)
      return true
    }
    try {
      await runPromise(pipeline, { progress: "plain", outputDir })
    } finally {
      process.stderr.write = write
    }
    expect(said).toContain("2 answers cut at maxNewTokens = 128 at gen")
    expect(readFigures(outputDir)?.steps.find(({ name }) => name === "gen")?.model?.cut).toEqual({
      "maxNewTokens = 128": 2
    })
    rmSync(outputDir, { recursive: true })
  })

  it("are called cut where they cannot be read, and so is JSON that ends too early", async () => {
    const City = Schema.Struct({ name: Schema.String, score: Schema.Number })
    for (const finish_reason of ["length", "stop"]) {
      await using wire = await serve((_, response) =>
        json(
          response,
          completion("", {
            choices: [{ index: 0, message: { content: `{"name":"Lima","sco` }, finish_reason }]
          })
        )
      )
      const { errors } = await runStepPromise(
        TextGeneration({
          name: "gen",
          llm: models.openai(wire.url, { maxNewTokens: 9 }),
          structuredOutput: City
        }),
        [{ instruction: "a" }]
      )
      expect(errors).toMatchObject([
        finish_reason === "length"
          ? {
              reason: "CutAnswer",
              detail: expect.stringMatching(
                /^the answer was cut at maxNewTokens = 9\. Raise maxNewTokens/
              )
            }
          : {
              reason: "ParseFailed",
              detail: "the JSON in the answer is cut: it ends before it is complete"
            }
      ])
    }
  })
})

describe("what a model thought", () => {
  const thinking = () =>
    serve((_, response) =>
      json(
        response,
        completion("", {
          choices: [
            { index: 0, message: { content: "4", reasoning_content: "Hm." }, finish_reason: "stop" }
          ]
        })
      )
    )

  it("is in the metadata, or in a column of its own where the task asks for it", async () => {
    await using wire = await thinking()
    const llm = models.openai(wire.url)
    const plain = await runStepPromise(TextGeneration({ name: "gen", llm }), [{ instruction: "a" }])
    expect(plain.rows[0]).toMatchObject({
      generation: "4",
      distilabel_metadata: { reasoning_gen: "Hm." }
    })
    expect(plain.rows[0]).not.toHaveProperty("reasoning")
    const { rows } = await runStepPromise(TextGeneration({ name: "gen", llm, reasoning: true }), [
      { instruction: "a" }
    ])
    const thoughts: string | null = rows[0]!.reasoning
    expect(thoughts).toBe("Hm.")
    expect(rows[0]!.distilabel_metadata).not.toHaveProperty("reasoning_gen")
    const grouped = await runStepPromise(
      TextGeneration({ name: "gen", llm, reasoning: true, groupGenerations: true }),
      [{ instruction: "a" }]
    )
    expect(grouped.rows[0]!.reasoning).toEqual(["Hm."])
  })

  it("reaches `parse`, with why the answer ended", async () => {
    await using wire = await thinking()
    const rate = task({
      name: "rate",
      llm: models.openai(wire.url),
      outputs: {
        rating: Schema.Number,
        why: Schema.NullOr(Schema.String),
        end: Schema.NullOr(Schema.String)
      },
      prompt: () => "Rate.",
      parse: (answer, _, { finishReason, reasoning }) => ({
        rating: Number(answer),
        why: reasoning,
        end: finishReason
      })
    })
    const { rows } = await runStepPromise(rate, [{}])
    expect(rows).toMatchObject([{ rating: 4, why: "Hm.", end: "stop" }])
  })

  it("has no place where a column of that name is there already", () => {
    const own = () =>
      task({
        name: "t",
        llm: models.openai("http://127.0.0.1:1"),
        reasoning: true,
        outputs: { reasoning: Schema.String },
        prompt: () => "x",
        parse: () => ({ reasoning: "" })
      })
    expect(own).toThrow(
      "Task 't' gives a column 'reasoning' of its own. Name that otherwise, or leave option reasoning out."
    )
  })
})
