import { it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import { describe, expect } from "vitest"
import { type Diagnosis, ofStatus } from "../../src/models/asking/Diagnosis.ts"
import { Gate } from "../../src/models/asking/Gate.ts"
import type { Place } from "../../src/models/asking/Place.ts"
import { makeClient } from "../../src/models/asking/ProviderClient.ts"
import { retryAfterMs } from "../../src/models/asking/retryAfter.ts"
import type { Patience } from "../../src/models/asking/Tries.ts"
import type { GenerateOutput } from "../../src/models/chat/LLM.ts"
import type { LLMError } from "../../src/models/chat/LLMError.ts"
import type { LLMEvent } from "../../src/models/chat/LLMEvents.ts"

const place: Place = {
  llm: "OpenAILLM",
  providerId: "openai",
  model: "m",
  baseUrl: "https://api.openai.com/v1",
  provider: "OpenAI",
  urlOption: "baseUrl",
  urlFrom: "the default",
  giveKey: "set a key",
  secrets: []
}
const answer: GenerateOutput = { answers: [{ text: "Hi", finishReason: "stop" }] }

/** What a provider does with its n-th request, at a time in milliseconds. */
type Answer = (
  n: number,
  at: number
) => { readonly status: number; readonly headers?: Readonly<Record<string, string>> }

interface Asked {
  readonly results: ReadonlyArray<{
    readonly seconds: number
    readonly error: LLMError | undefined
  }>
  readonly events: ReadonlyArray<LLMEvent & { readonly at: number }>
  /** When requests went, in seconds. */
  readonly requests: ReadonlyArray<number>
}

const seconds = Effect.map(Clock.currentTimeMillis, (ms) => ms / 1000)

/**
 * Puts questions to a provider under the test's clock, a second of it at a time, until all have
 * ended or the clock is past its end.
 */
const asked = (
  rows: number,
  patience: Patience & { readonly maxConcurrency?: number },
  provider: Answer,
  untilSeconds = 20_000
): Effect.Effect<Asked> =>
  Effect.gen(function* () {
    const gate = yield* Gate.make()
    gate.limit(patience)
    const requests: Array<number> = []
    const events: Array<LLMEvent & { at: number }> = []
    const client = yield* makeClient({
      ...patience,
      place,
      gate,
      takesNumGenerations: true,
      ask: () =>
        Effect.gen(function* () {
          const at = yield* Clock.currentTimeMillis
          const n = requests.push(at / 1000)
          yield* Effect.sleep(100)
          const { headers = {}, status } = provider(n, at)
          gate.heed(headers)
          return status === 200
            ? answer
            : yield* Effect.fail<Diagnosis>(
                ofStatus(status, "", headers, yield* Clock.currentTimeMillis)
              )
        })
    })
    const clock = yield* Clock.clockWith(Effect.succeed)
    const one = Effect.gen(function* () {
      const result = yield* Effect.result(
        client.generate(
          { messages: [{ role: "user", content: "Hi" }], numGenerations: 1, generationKwargs: {} },
          (event) => events.push({ ...event, at: clock.currentTimeMillisUnsafe() / 1000 })
        )
      )
      return {
        seconds: yield* seconds,
        error: result._tag === "Failure" ? result.failure : undefined
      }
    })
    const fiber = yield* Effect.forkChild(
      Effect.all(
        Array.from({ length: rows }, () => one),
        { concurrency: "unbounded" }
      ),
      { startImmediately: true }
    )
    while (fiber.pollUnsafe() === undefined && (yield* seconds) < untilSeconds)
      yield* TestClock.adjust(1000)
    expect(fiber.pollUnsafe(), "all questions have ended").toBeDefined()
    return { results: yield* Fiber.join(fiber), events, requests }
  })

const rejecting =
  (headers: Readonly<Record<string, string>>): Answer =>
  () => ({ status: 429, headers })
const once =
  (status: number, headers: Readonly<Record<string, string>>): Answer =>
  (n) =>
    n === 1 ? { status, headers } : { status: 200 }

describe("a pause", () => {
  it.effect("lasts as long as Retry-After says, and everybody keeps to it", () =>
    Effect.gen(function* () {
      const { events, requests, results } = yield* asked(
        5,
        { maxConcurrency: 1 },
        once(429, { "retry-after": "1800" })
      )
      expect(results.every(({ error }) => error === undefined)).toBe(true)
      expect(requests[0]).toBe(0)
      expect(requests[1]).toBeGreaterThanOrEqual(1800)
      expect(requests[1]).toBeLessThan(1805)
      expect(events.find(({ kind }) => kind === "paused")).toMatchObject({
        why: "429, Retry-After",
        by: "OpenAI",
        waitMs: 1_800_000
      })
    })
  )

  it.effect("that is long is kept to though requests that were under way are answered", () =>
    Effect.gen(function* () {
      const { requests } = yield* asked(
        12,
        { maxConcurrency: 8 },
        once(429, { "retry-after": "1800" })
      )
      expect(requests.filter((at) => at < 1800)).toHaveLength(8)
      expect(requests).toHaveLength(13)
    })
  )

  it.effect(
    "is reported about once a second for as long as it lasts, though nobody but the one rejected row waits",
    () =>
      Effect.gen(function* () {
        const { events } = yield* asked(1, {}, once(429, { "retry-after": "60" }))
        const paused = events.filter(({ kind }) => kind === "paused")
        expect(paused.length).toBeGreaterThan(50)
        expect(paused.at(-1)!.waitMs).toBeLessThanOrEqual(1100)
      })
  )

  it.effect.each([
    ["ten years in seconds", { "retry-after": "315360000" }],
    ["ten years in milliseconds", { "retry-after-ms": "315360000000" }],
    ["a date in ten years", { "retry-after": "Tue, 01 Jan 1980 00:00:00 GMT" }],
    ["nothing that can be read", { "retry-after": "NaN" }],
    ["less than nothing", { "retry-after": "-30" }]
  ] as const)("that would last for %s is the client's own backoff instead", ([, headers]) =>
    Effect.gen(function* () {
      const { results } = yield* asked(3, {}, once(429, headers))
      for (const { error, seconds } of results) {
        expect(error).toBeUndefined()
        expect(seconds).toBeLessThan(5)
      }
    })
  )

  it.effect(
    "lasts no longer than giveUpAfter; then a request finds out whether the provider meant it",
    () =>
      Effect.gen(function* () {
        const { requests, results } = yield* asked(
          20,
          { maxConcurrency: 4, giveUpAfter: 5 },
          once(429, { "retry-after": "3000" })
        )
        expect(results.every(({ error }) => error === undefined)).toBe(true)
        expect(requests.at(-1)).toBeLessThan(30)
      })
  )

  it.effect(
    "ends the run after giveUpAfter where every request is rejected, and rows at the closed gate end too",
    () =>
      Effect.gen(function* () {
        const { requests, results } = yield* asked(
          20,
          { maxConcurrency: 4, giveUpAfter: 30 },
          rejecting({ "retry-after": "20" })
        )
        for (const { error, seconds } of results) {
          expect(error).toMatchObject({
            reason: "RateLimited",
            fatal: true,
            detail: expect.stringMatching(
              /^rejecting every request \(429, Retry-After\) for \d+ seconds, longer than giveUpAfter/
            )
          })
          expect(seconds).toBeLessThan(45)
        }
        expect(requests.length).toBeLessThan(12)
      })
  )

  it.effect("ends the run after an hour at most where nobody set giveUpAfter", () =>
    Effect.gen(function* () {
      const { results } = yield* asked(3, {}, rejecting({ "retry-after": "43200" }))
      for (const { error, seconds } of results) {
        expect(error).toMatchObject({ reason: "RateLimited", fatal: true })
        expect(seconds).toBeLessThan(3700)
      }
    })
  )

  it.effect(
    "does not outlast a row's rowTimeout, and the row's error says what it waited for",
    () =>
      Effect.gen(function* () {
        const { results } = yield* asked(
          6,
          { maxConcurrency: 2, rowTimeout: 20 },
          rejecting({ "retry-after": "600" })
        )
        for (const { error, seconds } of results) {
          expect(error).toMatchObject({
            reason: "TimedOut",
            detail: "no answer within rowTimeout, 20 seconds: paused by OpenAI (429, Retry-After)"
          })
          expect(seconds).toBeLessThanOrEqual(21)
        }
      })
  )

  it.effect("asked for by a server error is no longer than giveUpAfter either", () =>
    Effect.gen(function* () {
      const { results } = yield* asked(1, { giveUpAfter: 10 }, once(500, { "retry-after": "7200" }))
      expect(results[0]).toMatchObject({ error: undefined })
      expect(results[0]!.seconds).toBeLessThan(15)
    })
  )

  it.effect("for an allowance that is used up ends when it is whole again", () =>
    Effect.gen(function* () {
      const { events, requests } = yield* asked(
        2,
        { maxConcurrency: 1 },
        once(200, { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "30s" })
      )
      expect(requests[1]).toBeGreaterThanOrEqual(30)
      expect(requests[1]).toBeLessThan(32)
      expect(events.find(({ kind }) => kind === "paused")).toMatchObject({
        why: "x-ratelimit-reset-requests"
      })
    })
  )

  it.effect(
    "for an allowance is cut after a minute, and headers that turn out wrong are left alone from then on",
    () =>
      Effect.gen(function* () {
        const { requests } = yield* asked(40, { maxConcurrency: 1 }, () => ({
          status: 200,
          headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "3000" }
        }))
        expect(requests[1]).toBeGreaterThanOrEqual(60)
        expect(requests.at(-1)).toBeLessThan(80)
      })
  )

  it.effect("is not made for a limit of 0 that the provider does not keep", () =>
    Effect.gen(function* () {
      const { requests } = yield* asked(20, { maxConcurrency: 1 }, () => ({
        status: 200,
        headers: {
          "x-ratelimit-limit": "0",
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": "60"
        }
      }))
      expect(requests.at(-1)).toBeLessThan(5)
    })
  )

  it.effect("lasts as long as it should when the machine's clock is set meanwhile", () =>
    Effect.gen(function* () {
      const test = yield* Clock.clockWith(Effect.succeed)
      let shift = 0
      const set: Clock.Clock = new Proxy(test, {
        get: (clock, name) =>
          name === "currentTimeMillisUnsafe"
            ? () => clock.currentTimeMillisUnsafe() + shift
            : Reflect.get(clock, name, clock)
      })
      for (const by of [-86_400_000, 86_400_000]) {
        shift = 0
        const begun = yield* seconds
        const { requests } = yield* asked(
          3,
          { maxConcurrency: 1 },
          (n) => {
            shift = by
            return n === 1 ? { status: 429, headers: { "retry-after": "90" } } : { status: 200 }
          },
          begun + 600
        ).pipe(Effect.provideService(Clock.Clock, set))
        expect(requests[1]! - requests[0]!).toBeGreaterThanOrEqual(90)
        expect(requests[1]! - requests[0]!).toBeLessThan(95)
      }
    })
  )
})

const amount = fc.oneof(
  fc.integer({ min: -10, max: 400_000 }),
  fc.double(),
  fc.constantFrom(0, -1, 1e9, 1e10, 1e13, 1e300, Infinity)
)
const headerValue = fc.oneof(
  amount.map(String),
  fc
    .tuple(fc.nat(1_000_000), fc.constantFrom("ms", "s", "m", "h", "d", "m0s", " s", "x"))
    .map(([count, unit]) => `${count}${unit}`),
  fc.integer({ min: -1e12, max: 1e13 }).map((ms) => new Date(ms).toISOString()),
  fc.integer({ min: -1e12, max: 1e13 }).map((ms) => new Date(ms).toUTCString()),
  fc.constantFrom("", "NaN", "soon", "-1", "1e400", "0x10", "00:00")
)
const headerNames = [
  "retry-after",
  "retry-after-ms",
  "date",
  ...["x-ratelimit", "ratelimit"].flatMap((prefix) =>
    ["limit", "remaining", "reset"].map((what) => `${prefix}-${what}`)
  ),
  "x-ratelimit-remaining-requests",
  "x-ratelimit-reset-requests",
  "x-ratelimit-remaining-tokens-minute"
]
const response = fc.record({
  status: fc.constantFrom(200, 200, 429, 429, 503, 500, 529),
  headers: fc.dictionary(fc.constantFrom(...headerNames), headerValue, { maxKeys: 6 })
})

describe("whatever headers say", () => {
  it.effect(
    "no pause is longer than giveUpAfter and rowTimeout allow, and every row ends",
    () =>
      Effect.gen(function* () {
        const cases = fc.sample(
          fc.record({
            responses: fc.array(response, { minLength: 1, maxLength: 12 }),
            goesOn: fc.boolean(),
            giveUpAfter: fc.option(fc.integer({ min: 1, max: 900 }), { nil: undefined }),
            rowTimeout: fc.option(fc.integer({ min: 1, max: 900 }), { nil: undefined })
          }),
          { numRuns: 150, seed: 11 }
        )
        for (const { giveUpAfter, goesOn, responses, rowTimeout } of cases) {
          const cap = Math.min(3600, giveUpAfter ?? Infinity, rowTimeout ?? Infinity)
          const begun = yield* seconds
          const patience = {
            maxConcurrency: 2,
            ...(giveUpAfter === undefined ? {} : { giveUpAfter }),
            ...(rowTimeout === undefined ? {} : { rowTimeout })
          }
          const { events, results } = yield* asked(
            4,
            patience,
            (n) =>
              responses[n - 1] ?? (goesOn ? responses[n % responses.length]! : { status: 200 }),
            begun + 40_000
          )
          for (const { waitMs } of events.filter(
            ({ kind, why }) => kind === "paused" && why !== "down"
          ))
            expect(waitMs).toBeLessThanOrEqual(cap * 1000)
          if (rowTimeout !== undefined)
            for (const each of results)
              expect(each.seconds - begun).toBeLessThanOrEqual(rowTimeout + 2)
        }
      }),
    120_000
  )
})

describe("Retry-After", () => {
  const now = Date.parse("2026-05-04T03:02:01Z")
  it.each<readonly [string, number | undefined]>([
    ["90", 90_000],
    ["0", 0],
    ["6m0s", 360_000],
    ["1.5s", 1500],
    ["250ms", 250],
    [String(now / 1000 + 7), 7000],
    [String(now + 2000), 2000],
    ["2026-05-04T03:02:11Z", 10_000],
    ["Mon, 04 May 2026 03:02:21 GMT", 20_000],
    ["Mon, 04 May 2026 03:02:00 GMT", 0],
    ["2030-05-04T03:02:11Z", undefined],
    ["-5", undefined],
    ["soon", undefined],
    ["", undefined]
  ])("of '%s' is read as %s ms", (text, expected) => {
    expect(retryAfterMs({ "retry-after": text }, now)).toBe(expected)
  })

  it("counts a date from the provider's own clock, where it tells its time", () => {
    expect(
      retryAfterMs(
        { "retry-after": "Mon, 04 May 2026 03:02:21 GMT", date: "Mon, 04 May 2026 03:02:11 GMT" },
        now - 7_200_000
      )
    ).toBe(10_000)
  })
})
