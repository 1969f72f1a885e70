import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  from,
  GeminiLLM,
  LoadDataFromDicts,
  MistralLLM,
  OpenAIImages,
  OpenAILLM,
  Pipeline,
  runPromise,
  TextGeneration
} from "../../src/index.ts"
import { pricesOf } from "../../src/models/asking/prices.ts"
import { addedUsage, usageShares, type TokenUsage } from "../../src/models/chat/Answer.ts"
import { chatAnswer } from "../../src/models/chatCompletions/chatAnswer.ts"
import { vertexAnswer } from "../../src/models/vertex/vertexAnswer.ts"
import { mediaWords } from "../../src/words/mediaWords.ts"
import { candidates, completion, json, serve } from "./wire.ts"

const gemini = GeminiLLM({ model: "gemini-2.5-flash", apiKey: "k" })
const costOf = (llm: Parameters<typeof pricesOf>[0][number], prices = {}) =>
  pricesOf([llm], prices).get(llm)!

describe("tokens that are not those of text", () => {
  it("are read of Gemini's answers, and of those in OpenAI's protocol", () => {
    const body = candidates("Hi.", {
      usageMetadata: {
        promptTokenCount: 600,
        candidatesTokenCount: 1300,
        cachedContentTokenCount: 120,
        promptTokensDetails: [
          { modality: "TEXT", tokenCount: 42 },
          { modality: "IMAGE", tokenCount: 258 },
          { modality: "AUDIO", tokenCount: 300 }
        ],
        cacheTokensDetails: [{ modality: "AUDIO", tokenCount: 100 }],
        candidatesTokensDetails: [{ modality: "IMAGE", tokenCount: 1290 }]
      }
    })
    expect(vertexAnswer(JSON.stringify(body)).answers[0]!.usage).toEqual({
      input: 600,
      output: 1300,
      cached: 120,
      media: { imageIn: 258, audioIn: 300, audioCached: 100, imageOut: 1290 }
    })
    const chat = completion("Hi.", {
      usage: {
        prompt_tokens: 50,
        completion_tokens: 60,
        prompt_tokens_details: { audio_tokens: 40, cached_tokens: 0, cache_write_tokens: 7 },
        completion_tokens_details: { audio_tokens: 30, reasoning_tokens: 5 }
      }
    })
    expect(chatAnswer(JSON.stringify(chat)).answers[0]!.usage).toEqual({
      input: 50,
      output: 60,
      written: 7,
      reasoning: 5,
      media: { audioIn: 40, audioOut: 30 }
    })
  })

  it("cost what the list says of them, cached ones what it says of those", () => {
    const cost = costOf(gemini)
    const million = { inputTokens: 1_000_000, outputTokens: 0, model: "gemini-2.5-flash" }
    expect(cost(million)).toBeCloseTo(0.3)
    expect(cost({ ...million, media: { audioIn: 1_000_000 } })).toBeCloseTo(1)
    // Half of it was cached: the text first.
    const half = { ...million, cachedTokens: 500_000, media: { audioIn: 500_000 } }
    expect(cost(half)).toBeCloseTo(0.5 * 1 + 0.5 * 0.03)
    expect(cost({ ...half, media: { audioIn: 500_000, audioCached: 500_000 } })).toBeCloseTo(
      0.5 * 0.3 + 0.5 * 0.1
    )
    const draws = GeminiLLM({ model: "gemini-2.5-flash-image", apiKey: "k" })
    expect(
      costOf(draws)({ inputTokens: 0, outputTokens: 1_000_000, media: { imageOut: 1_000_000 } })
    ).toBeCloseTo(30)
    expect(cost({ ...million, media: { audioIn: 1_000_000 }, priceShare: 0.5 })).toBeCloseTo(0.5)
  })

  it("cost what the user says of them", () => {
    const llm = OpenAILLM({ model: "gpt-4o-audio-preview", apiKey: "k" })
    const cost = costOf(llm, {
      "gpt-4o-audio-preview": { input: 2.5, output: 10, cached: 1, audioIn: 40, audioOut: 80 }
    })
    expect(
      cost({
        inputTokens: 1_000_000,
        outputTokens: 1_000_000,
        cachedTokens: 100_000,
        media: { audioIn: 600_000, audioOut: 500_000 }
      })
    ).toBeCloseTo(0.3 * 2.5 + 0.1 * 1 + 0.6 * 40 + 0.5 * 10 + 0.5 * 80)
  })

  it("cost what an hour of audio does where the model is paid by it, and nobody knows what where it was not counted", () => {
    const heard = completion("Hi.", {
      usage: { prompt_tokens: 10, completion_tokens: 20, prompt_audio_seconds: 90 }
    })
    expect(chatAnswer(JSON.stringify(heard)).answers[0]!.usage).toEqual({
      input: 10,
      output: 20,
      audioSeconds: 90
    })
    const used = { inputTokens: 1_000_000, outputTokens: 0 }
    const hour = { ...used, audioSeconds: 3600 }
    const listed = costOf(MistralLLM({ model: "voxtral-mini-latest", apiKey: "k" }))
    expect([listed(hour), listed(used)]).toEqual([expect.closeTo(0.18), undefined])
    expect(costOf(MistralLLM({ model: "voxtral-small-latest", apiKey: "k" }))(hour)).toBeCloseTo(
      0.1
    )
    // Paid by the page.
    expect(costOf(MistralLLM({ model: "mistral-ocr-latest", apiKey: "k" }))(used)).toBeUndefined()
    const given = costOf(OpenAILLM({ model: "own", apiKey: "k" }), {
      own: { input: 2, output: 10, audioHour: 0.5 }
    })
    expect([given(hour), given(used)]).toEqual([expect.closeTo(2.5), 2])
  })

  it("have a price whatever a provider counts, and never more of them than there are tokens", () => {
    const count = fc.integer({ min: 0, max: 2000 })
    const media = fc.record(
      {
        audioIn: count,
        imageIn: count,
        videoIn: count,
        audioCached: count,
        imageCached: count,
        audioOut: count,
        imageOut: count
      },
      { requiredKeys: [] }
    )
    const cost = costOf(gemini)
    const drawn = costOf(GeminiLLM({ model: "gemini-2.5-flash-image", apiKey: "k" }))
    fc.assert(
      fc.property(
        count,
        count,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        media,
        (inputTokens, outputTokens, cachedShare, thoughtShare, told) => {
          const cachedTokens = Math.floor(inputTokens * cachedShare)
          const reasoningTokens = Math.floor(outputTokens * thoughtShare)
          const used = { inputTokens, outputTokens, cachedTokens, reasoningTokens, media: told }
          expect(drawn(used)).toBeGreaterThanOrEqual((outputTokens * 2.5) / 1e6 - 1e-9)
          const listed = cost(used)
          expect(listed).toBeGreaterThanOrEqual((inputTokens * 0.03) / 1e6 - 1e-9)
          expect(listed).toBeLessThanOrEqual((inputTokens * 1 + outputTokens * 2.5) / 1e6 + 1e-9)
        }
      )
    )
  })

  it("are shared and added without loss", () => {
    const count = fc.nat(5000)
    fc.assert(
      fc.property(
        count,
        count,
        count,
        fc.integer({ min: 1, max: 9 }),
        (input, output, images, n) => {
          const total: TokenUsage = { input, output, media: { imageIn: images + 1, audioOut: 3 } }
          const shares = usageShares(total, n)
          expect(shares.reduce(addedUsage, undefined)).toEqual(total)
        }
      )
    )
  })

  it("are words where they are shown", () => {
    expect(mediaWords({ imageIn: 2, audioCached: 1, audioOut: 3 }, String)).toBe(
      "2 image tokens in, 3 audio tokens out"
    )
  })

  it("reach the summary, the metadata and the cost of a run", async () => {
    await using wire = await serve((_, response) =>
      json(
        response,
        candidates("Hi.", {
          usageMetadata: {
            promptTokenCount: 1000,
            candidatesTokenCount: 10,
            promptTokensDetails: [{ modality: "AUDIO", tokenCount: 900 }]
          }
        })
      )
    )
    const llm = GeminiLLM({ model: "gemini-2.5-flash", baseUrl: wire.url, apiKey: "k" })
    const seen: Array<unknown> = []
    const { default: said } = await runPromise(
      Pipeline(
        "heard",
        {},
        from(
          LoadDataFromDicts({ name: "load", data: [{ instruction: "a" }, { instruction: "b" }] })
        ).to(TextGeneration({ name: "say", llm }))
      ),
      {
        cacheDir: mkdtempSync(join(tmpdir(), "media-")),
        progress: "none",
        report: false,
        onSummary: ({ steps }) => {
          seen.push(steps.map(({ cost, media }) => ({ cost, media })).at(-1))
        }
      }
    )
    expect(seen.at(-1)).toMatchObject({ media: { audioIn: 1800 } })
    expect((seen.at(-1) as { readonly cost: number }).cost).toBeCloseTo(
      (2 * (900 * 1 + 100 * 0.3 + 10 * 2.5)) / 1e6,
      9
    )
    const [row] = await said.toArray()
    expect(JSON.stringify(row!.distilabel_metadata)).toContain('"audio_in_tokens":900')
  })

  it("are what a model that draws gives, unless it says otherwise", () => {
    const llm = OpenAIImages({ model: "gpt-image-1", apiKey: "k" })
    expect(
      costOf(llm)({ inputTokens: 0, outputTokens: 1_000_000, media: { imageOut: 1_000_000 } })
    ).toBeCloseTo(40)
  })
})
