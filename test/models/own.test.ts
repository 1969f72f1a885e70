import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import {
  from,
  LoadDataFromDicts,
  llm,
  Pipeline,
  runPromise,
  TextGeneration
} from "../../src/index.ts"
import { pricesOf } from "../../src/models/asking/prices.ts"
import { requestTo } from "../../src/models/chat/LLM.ts"
import type { LLMEvent } from "../../src/models/chat/LLMEvents.ts"
import { ask, chatOf, failure } from "./asking.ts"
import { json, serve } from "./wire.ts"

describe("a model of one's own", () => {
  it("answers with a text, null, an answer, a promise or an effect", async () => {
    const of = (answer: () => unknown) =>
      llm({ name: "Mine", model: "m", maxRetries: 0, ask: answer as () => string })
    expect(
      (
        await ask(
          of(() => "Hi"),
          "?"
        )
      ).generations
    ).toEqual(["Hi"])
    expect(
      (
        await ask(
          of(() => null),
          "?"
        )
      ).generations
    ).toEqual([null])
    expect(
      (
        await ask(
          of(async () => "Hi"),
          "?"
        )
      ).generations
    ).toEqual(["Hi"])
    expect(
      (
        await ask(
          of(() => Effect.succeed("Hi")),
          "?"
        )
      ).generations
    ).toEqual(["Hi"])
    const answer = {
      text: "Hi",
      reasoning: "Hm.",
      finishReason: "length",
      usage: { input: 1, output: 2 }
    }
    expect(
      await ask(
        of(() => answer),
        "?"
      )
    ).toEqual({
      generations: ["Hi"],
      reasonings: ["Hm."],
      finishReasons: ["length"],
      statistics: { input_tokens: [1], output_tokens: [2] }
    })
    expect(await failure(of(() => ({ hello: "world" })))).toMatchObject({
      reason: "InvalidAnswer",
      llm: "Mine",
      detail: expect.stringContaining("option ask gave object")
    })
  })

  it("is given the question, which attempt it is, and a signal that aborts in time", async () => {
    const seen: Array<unknown> = []
    const slow = llm({
      name: "Mine",
      model: "m",
      maxRetries: 0,
      timeout: 0.05,
      generationKwargs: { maxNewTokens: 9, apiKey: "a-secret-key-of-mine" },
      ask: ({ generationKwargs, messages }, { attempt, signal }) =>
        new Promise<string>((resolve) => {
          seen.push(messages, generationKwargs, attempt)
          signal.addEventListener("abort", () => {
            seen.push("aborted")
            resolve("too late")
          })
        })
    })
    expect(await failure(slow)).toMatchObject({ reason: "TimedOut" })
    expect(seen).toEqual([
      chatOf("Hi"),
      { maxNewTokens: 9, apiKey: "a-secret-key-of-mine" },
      1,
      "aborted"
    ])
    expect(JSON.stringify(slow.options)).not.toContain("a-secret-key")
  })

  it.each([
    [429, "RateLimited", true],
    [503, "ServerError", true],
    [401, "Unauthorized", false],
    [undefined, "InvalidRequest", false]
  ])(
    "tries again where its error has a status that may pass: %s",
    async (status, reason, again) => {
      const events: Array<LLMEvent> = []
      const failing = llm({
        name: "Mine",
        model: "m",
        maxRetries: 1,
        ask: (_, { attempt }) => {
          if (attempt > 1) return "Hi"
          throw Object.assign(new Error("no"), {
            status,
            headers: new Headers({ "retry-after-ms": "5" })
          })
        }
      })
      const asked = Effect.scoped(
        Effect.flatMap(failing.open, (client) =>
          client.generate(requestTo(failing, chatOf("Hi")), (event) => events.push(event))
        )
      )
      await Effect.runPromise(Effect.exit(asked))
      expect(events.map(({ kind }) => kind)).toEqual(
        again ? ["request", "retry", "request", "success"] : ["request", "failure"]
      )
      expect(events[1]).toMatchObject({ reason })
      if (again) expect(events[1]!.waitMs).toBeLessThan(100)
    }
  )

  it("gives several answers by as many questions, and respects maxConcurrency", async () => {
    let [inFlight, most] = [0, 0]
    const counting = llm({
      name: "Mine",
      model: "m",
      maxConcurrency: 2,
      ask: async () => {
        most = Math.max(most, ++inFlight)
        await new Promise((resolve) => setTimeout(resolve, 5))
        return String(inFlight--)
      }
    })
    expect((await ask(counting, "?", { numGenerations: 5 })).generations).toHaveLength(5)
    expect(most).toBe(2)
  })

  it("is paid for once: a later run takes its answers from the journal", async () => {
    await using wire = await serve((_, response) => json(response, { text: "Lima" }))
    const mine = llm({
      name: "MyServer",
      model: "my-model-2",
      ask: async ({ generationKwargs, messages }, { signal }) => {
        const body = JSON.stringify({ chat: messages, ...generationKwargs })
        const response = await fetch(wire.url, { method: "POST", body, signal })
        return ((await response.json()) as { readonly text: string }).text
      }
    })
    const run = (name: string) => {
      const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "Peru's capital?" }] })
      const task = TextGeneration({ name, llm: mine })
      return runPromise(Pipeline("own", {}, from(load).to(task)), {
        cacheDir: directory,
        progress: "none"
      })
    }
    const directory = mkdtempSync(join(tmpdir(), "distilabel-own-"))
    await run("first")
    await run("second")
    expect(wire.asked).toHaveLength(1)
  })

  it("costs what the list says under priceId, else nobody knows", () => {
    const known = llm({ name: "A", model: "gpt-4o-mini", priceId: "openai", ask: () => "" })
    const unknown = llm({ name: "B", model: "house-model", ask: () => "" })
    const prices = pricesOf([known, unknown])
    const million = { inputTokens: 1_000_000, outputTokens: 0 }
    expect(prices.get(known)?.(million)).toBeGreaterThan(0)
    expect(prices.get(unknown)?.(million)).toBeUndefined()
    const given = pricesOf([unknown], { "house-model": { input: 1, output: 2 } })
    expect(given.get(unknown)?.({ ...million, outputTokens: 1_000_000 })).toBe(3)
  })
})
