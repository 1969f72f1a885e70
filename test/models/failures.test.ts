import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { describe, expect, it } from "vitest"
import { type LLM, requestTo } from "../../src/models/chat/LLM.ts"
import type { LLMErrorReason } from "../../src/models/chat/LLMError.ts"
import type { LLMEvent } from "../../src/models/chat/LLMEvents.ts"
import { OpenAILLM } from "../../src/models/openai/OpenAILLM.ts"
import { type Fault, startSimulator } from "../../src/simulator/index.ts"
import { ask, asking, at, chatOf, failure, kinds } from "./asking.ts"
import { type Answer, completion, good, json, message, serve } from "./wire.ts"

/** What the first failed attempt tells: the wait is announced, not sat through. */
const firstRetry = (llm: LLM): Promise<LLMEvent> =>
  Effect.runPromise(
    Effect.callback<LLMEvent>((resume) => {
      const fiber = Effect.runFork(
        Effect.scoped(
          Effect.flatMap(llm.open, (client) =>
            client.generate(requestTo(llm, chatOf("Hi")), (event) => {
              if (event.kind === "retry") resume(Effect.succeed(event))
            })
          )
        )
      )
      return Fiber.interrupt(fiber)
    }).pipe(Effect.timeout("10 seconds"))
  )

/** Models whose API has no word for a refusal: they say so in their answer. */
const refusesInWords = (kind: (typeof kinds)[number]): boolean =>
  kind === "ollama" || kind === "cohere"

describe.each(kinds)("a model of %s", (kind) => {
  const faulty = (fault: Partial<Fault> & Pick<Fault, "kind">) =>
    startSimulator({ faults: [{ share: 1, ...fault }] })

  it.each<[Fault["kind"], LLMErrorReason, number | undefined]>([
    ["rate-limit", "RateLimited", 429],
    ["server-error", "ServerError", 500],
    ["reset", "ConnectionFailed", undefined],
    ["cut-body", "InvalidAnswer", undefined],
    ["invalid-json", "InvalidAnswer", undefined],
    ["refusal", "Refused", undefined]
  ])("calls a %s %s", async (fault, reason, status) => {
    if (refusesInWords(kind) && reason === "Refused") return
    await using simulator = await faulty({ kind: fault })
    const error = await failure(at[kind](simulator.url, { maxRetries: 0 }))
    expect(error).toMatchObject({
      reason,
      attempts: 1,
      model: "model-a",
      fatal: false,
      baseUrl: expect.stringContaining(simulator.url)
    })
    expect(error.status).toBe(status)
    expect(error.detail).not.toBe("")
    expect(simulator.stats().requests).toBe(1)
  })

  it("calls a server that never answers TimedOut, and hangs up on it", async () => {
    await using simulator = await faulty({ kind: "hang" })
    expect(await failure(at[kind](simulator.url, { maxRetries: 0, timeout: 0.2 }))).toMatchObject({
      reason: "TimedOut"
    })
    await expect.poll(() => simulator.stats()).toMatchObject({ aborted: 1, inFlight: 0 })
  })

  it.each<Fault["kind"]>(["rate-limit", "server-error", "reset", "cut-body", "invalid-json"])(
    "gets over a %s by asking again",
    async (fault) => {
      await using simulator = await faulty({ kind: fault, retryAfterSeconds: 0 })
      const { generations } = await ask(at[kind](simulator.url, { maxRetries: 1 }), "Hi")
      expect(generations[0]).toMatch(/\w/)
      expect(simulator.stats()).toMatchObject({ requests: 2, answered: 1, byFault: { [fault]: 1 } })
    }
  )

  it("gives a question up when it has taken rowTimeout, however many attempts and waits are left", async () => {
    await using simulator = await faulty({ kind: "server-error", permanent: true })
    expect(
      await failure(at[kind](simulator.url, { maxRetries: 50, rowTimeout: 1.2 }))
    ).toMatchObject({
      reason: "TimedOut",
      fatal: false,
      detail: "no answer within rowTimeout, 1.2 seconds"
    })
    expect(simulator.stats().requests).toBeGreaterThan(1)
    expect(simulator.stats().requests).toBeLessThan(5)
  })

  it("waits as long as Retry-After says", async () => {
    await using wire = await serve((_, response, index) =>
      index === 0
        ? json(response, { error: { message: "slow down" } }, 429, { "retry-after": "1" })
        : json(response, good[kind]("Hi"))
    )
    await ask(at[kind](wire.url), "Hi")
    const [first, second] = wire.asked
    expect(second!.at - first!.at).toBeGreaterThan(990)
  })

  it.each<[string, () => Record<string, string>, number]>([
    ["seconds, many", () => ({ "retry-after": "90" }), 90_000],
    ["milliseconds", () => ({ "retry-after-ms": "2500", "retry-after": "90" }), 2500],
    ["a date", () => ({ "retry-after": new Date(Date.now() + 300_000).toUTCString() }), 280_000]
  ])("reads a Retry-After of %s", async (_, headers, atLeast) => {
    await using wire = await serve((_request, response) =>
      json(response, { error: { message: "slow down" } }, 429, headers())
    )
    const { reason, waitMs } = await firstRetry(at[kind](wire.url))
    expect(reason).toBe("RateLimited")
    expect(waitMs).toBeGreaterThanOrEqual(atLeast)
    expect(waitMs).toBeLessThan(atLeast * 1.1 + 25_000)
  })

  it("does not wait longer than giveUpAfter for a provider that wants half a day", async () => {
    await using wire = await serve((_, response) =>
      json(response, { error: { message: "come back tomorrow" } }, 429, { "retry-after": "43200" })
    )
    const error = await failure(at[kind](wire.url, { giveUpAfter: 0.5 }))
    expect(error).toMatchObject({
      reason: "RateLimited",
      fatal: true,
      detail: expect.stringContaining("longer than giveUpAfter")
    })
    expect(wire.asked.length).toBeLessThanOrEqual(2)
  })

  it.each<[number, LLMErrorReason]>([
    [400, "InvalidRequest"],
    [401, "Unauthorized"],
    [402, "QuotaExhausted"],
    [403, "Unauthorized"],
    [404, "InvalidRequest"],
    [422, "InvalidRequest"]
  ])("asks once where the answer is %i", async (status, reason) => {
    await using wire = await serve((_, response) =>
      json(response, { error: { message: "no" } }, status)
    )
    expect(await failure(at[kind](wire.url))).toMatchObject({
      reason,
      status,
      attempts: 1,
      detail: "no"
    })
    expect(wire.asked).toHaveLength(1)
  })

  it.each([408, 409, 425, 500, 502, 503, 529])(
    "asks again where the answer is %i",
    async (status) => {
      await using wire = await serve((_, response) =>
        json(response, { error: { message: "busy" } }, status, { "retry-after": "0" })
      )
      expect(await failure(at[kind](wire.url, { maxRetries: 2 }))).toMatchObject({
        reason: "ServerError",
        status,
        attempts: 3
      })
      expect(wire.asked).toHaveLength(3)
    }
  )

  it("aborts the request on the wire when interrupted", async () => {
    await using simulator = await faulty({ kind: "hang" })
    const fiber = Effect.runFork(asking(at[kind](simulator.url), "Hi"))
    await expect.poll(() => simulator.stats().inFlight).toBe(1)
    await Effect.runPromise(Fiber.interrupt(fiber))
    await expect.poll(() => simulator.stats()).toMatchObject({ aborted: 1, inFlight: 0 })
  })

  it("stops waiting for a retry at once when interrupted", async () => {
    await using wire = await serve((_, response) =>
      json(response, {}, 503, { "retry-after": "60" })
    )
    const fiber = Effect.runFork(asking(at[kind](wire.url), "Hi"))
    await expect.poll(() => wire.asked.length).toBe(1)
    const start = performance.now()
    await Effect.runPromise(Fiber.interrupt(fiber))
    expect(performance.now() - start).toBeLessThan(5000)
    expect(wire.asked).toHaveLength(1)
  })

  it("explains a redirect instead of following it", async () => {
    await using wire = await serve((_, response) =>
      json(response, {}, 308, { location: "https://elsewhere.invalid/v1" })
    )
    const error = await failure(at[kind](wire.url))
    expect(error).toMatchObject({
      reason: "InvalidRequest",
      status: 308,
      detail: "redirects to https://elsewhere.invalid/v1"
    })
    expect(error.message).toContain("Check the address")
  })

  it("explains an HTML page where an error should be", async () => {
    await using wire = await serve((_, response) => {
      response.writeHead(502, { "content-type": "text/html" })
      response.end("<html><style>p { color: red }</style><h1>Bad   gateway</h1></html>")
    })
    expect(await failure(at[kind](wire.url, { maxRetries: 0 }))).toMatchObject({
      reason: "ServerError",
      detail: "Bad gateway"
    })
  })

  it("counts one refusal among several answers as null, all of them as the error", async () => {
    const refusing =
      (refuse: (index: number) => boolean): Answer =>
      (_, response, index) =>
        json(response, refuse(index) ? refusals[kind] : good[kind]("Hi"))
    // OpenAI's are one request: see below.
    if (kind === "openai" || refusesInWords(kind)) return
    await using some = await serve(refusing((index) => index === 0))
    const { generations, statistics } = await ask(at[kind](some.url), "Hi", { numGenerations: 3 })
    expect([...generations].sort()).toEqual(["Hi", "Hi", null])
    expect(statistics.output_tokens).toHaveLength(3)
    await using all = await serve(refusing(() => true))
    expect(await failure(at[kind](all.url), "Hi", { numGenerations: 3 })).toMatchObject({
      reason: "Refused"
    })
  })
})

const refusals = {
  openai: {},
  mistral: completion(null, {
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: "I cannot." },
        finish_reason: "content_filter"
      }
    ]
  }),
  vertex: { candidates: [{ finishReason: "SAFETY" }] },
  gemini: { candidates: [{ finishReason: "SAFETY" }] },
  anthropic: message("I cannot.", { stop_reason: "refusal" }),
  cohere: {},
  ollama: {}
}

describe("an OpenAILLM", () => {
  const answering = (body: unknown, status = 200) =>
    serve((_, response) => json(response, body, status))
  const choice = (message: unknown, finish_reason = "stop") => ({
    index: 0,
    message,
    finish_reason
  })

  it("gives the refusal's words", async () => {
    await using wire = await answering({
      choices: [choice({ content: null, refusal: "I cannot help with that." })]
    })
    expect(await failure(at.openai(wire.url))).toMatchObject({
      reason: "Refused",
      detail: "I cannot help with that.",
      attempts: 1
    })
  })

  it("gives null for a refused one of several choices", async () => {
    await using wire = await answering({
      choices: [
        choice({ content: "Hi" }),
        choice({ content: "Half an", refusal: null }, "content_filter")
      ]
    })
    expect((await ask(at.openai(wire.url), "Hi", { numGenerations: 2 })).generations).toEqual([
      "Hi",
      null
    ])
  })

  it.each<[string, unknown, number, LLMErrorReason]>([
    [
      "an unknown model",
      { error: { message: "The model 'x' does not exist", code: "model_not_found" } },
      404,
      "ModelNotFound"
    ],
    [
      "an empty purse",
      { error: { message: "You exceeded your current quota", code: "insufficient_quota" } },
      429,
      "QuotaExhausted"
    ],
    [
      "a filtered prompt",
      { error: { message: "The response was filtered", code: "content_filter" } },
      400,
      "Refused"
    ],
    ["no choices", { choices: [] }, 200, "InvalidAnswer"],
    ["something else", { hello: "world" }, 200, "InvalidAnswer"],
    ["no object", ["hello"], 200, "InvalidAnswer"],
    [
      "a gateway's error with status 200",
      { error: { message: "Provider returned error", code: 429 } },
      200,
      "RateLimited"
    ],
    ["a list of validation errors", { detail: [{ msg: "field required" }] }, 422, "InvalidRequest"]
  ])("tells %s by the answer's body", async (_, body, status, reason) => {
    await using wire = await answering(body, status)
    expect(await failure(at.openai(wire.url, { maxRetries: 0 }))).toMatchObject({ reason })
  })

  it("takes no longer to end a run than needs be: a wrong key is fatal, but not once it has worked", async () => {
    await using wire = await serve((_, response, index) =>
      index === 1
        ? json(response, completion("Hi"))
        : json(response, { error: { message: "no" } }, 401)
    )
    const llm = at.openai(wire.url)
    const request = requestTo(llm, chatOf("Hi"))
    const fatal = await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const client = yield* llm.open
          const first = yield* Effect.flip(client.generate(request))
          yield* client.generate(request)
          const last = yield* Effect.flip(client.generate(request))
          return [first.fatal, last.fatal]
        })
      )
    )
    expect(fatal).toEqual([true, false])
  })

  it("does not ask more than its limit at once, and gives its turn to others while it waits for a retry", async () => {
    await using simulator = await startSimulator({ latency: { kind: "constant", ms: 30 } })
    const llm = at.openai(simulator.url, { maxConcurrency: 2 })
    await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(llm.open, (client) =>
          Effect.forEach(
            Array.from({ length: 8 }),
            (_, index) => client.generate(requestTo(llm, chatOf(`Question ${index}`))),
            { concurrency: "unbounded" }
          )
        )
      )
    )
    expect(simulator.stats()).toMatchObject({ answered: 8, maxInFlight: 2 })

    await using wire = await serve(({ body }, response) =>
      body.messages[0]?.content === "Slow"
        ? json(response, {}, 500, { "retry-after": "60" })
        : json(response, completion("Hi"))
    )
    const narrow = at.openai(wire.url, { maxConcurrency: 1 })
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const client = yield* narrow.open
          yield* Effect.forkScoped(client.generate(requestTo(narrow, chatOf("Slow"))), {
            startImmediately: true
          })
          yield* client.generate(requestTo(narrow, chatOf("Quick")))
        })
      )
    )
    expect(wire.asked.map(({ body }) => body.messages[0]?.content)).toEqual(["Slow", "Quick"])
  })

  it("says what, where and how to fix it in its message", async () => {
    await using wire = await answering({ error: { message: "Rate limit reached for gpt-4" } }, 429)
    const llm = OpenAILLM({ model: "gpt-4", baseUrl: `${wire.url}/v1`, maxRetries: 0 })
    expect((await failure(llm)).message).toBe(
      `OpenAILLM 'gpt-4' at ${wire.url}/v1 is rate limited (status 429): Rate limit reached for gpt-4. Lower maxConcurrency or raise maxRetries.`
    )
  })
})
