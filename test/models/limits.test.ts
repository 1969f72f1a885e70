import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Breaker } from "../../src/models/asking/Breaker.ts"
import { type CongestionEvent, next, uncongested } from "../../src/models/asking/congestion.ts"
import { CongestionControl } from "../../src/models/asking/CongestionControl.ts"
import type { Diagnosis } from "../../src/models/asking/Diagnosis.ts"
import { Gate } from "../../src/models/asking/Gate.ts"
import { LLMClients } from "../../src/models/asking/LLMClients.ts"
import { Pace } from "../../src/models/asking/Pace.ts"
import { allowances } from "../../src/models/asking/rateLimitHeaders.ts"
import { patienceOf, Tries } from "../../src/models/asking/Tries.ts"
import { requestTo } from "../../src/models/chat/LLM.ts"
import type { LLMEvent } from "../../src/models/chat/LLMEvents.ts"
import { OpenAILLM } from "../../src/models/openai/OpenAILLM.ts"
import { Dice } from "../../src/simulator/answers/Dice.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { chatOf } from "./asking.ts"

describe("a pace", () => {
  it("never lets more through in any span than its rate and its burst", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.nat(400), { minLength: 1, maxLength: 300 }),
        (perSecond, burst, waits) => {
          const pace = new Pace(perSecond, burst)
          const gone: Array<number> = []
          let now = 1000
          for (const wait of waits) {
            now += wait
            if (pace.waitMs(now) > 0) continue
            pace.take(1, now)
            gone.push(now)
          }
          for (const [i, from] of gone.entries()) {
            for (const [j, to] of gone.slice(i).entries())
              expect(j + 1).toBeLessThanOrEqual(
                Math.max(1, perSecond * burst) + ((to - from) / 1000) * perSecond + 1
              )
          }
        }
      ),
      { numRuns: 60 }
    )
  })

  it("says how long to wait, and lets through then", () => {
    const pace = new Pace(2, 1)
    pace.take(1, 0)
    pace.take(1, 0)
    const wait = pace.waitMs(0)
    expect(wait).toBeGreaterThan(0)
    expect(pace.waitMs(wait)).toBe(0)
  })

  it("takes back what did not go after all", () => {
    const pace = new Pace(1, 1)
    pace.take(100, 0)
    expect(pace.waitMs(0)).toBeGreaterThan(90_000)
    pace.take(-100, 0)
    expect(pace.waitMs(0)).toBe(0)
  })
})

describe("a breaker", () => {
  it("opens after failures in a row, lets one request look at growing intervals, and closes at the first answer", () => {
    const breaker = new Breaker()
    for (let i = 0; i < 11; i++) breaker.failed(i)
    breaker.answered()
    for (let i = 0; i < 11; i++) breaker.failed(i)
    expect(breaker.downSince).toBeUndefined()
    breaker.failed(20)
    expect(breaker.downSince).toBe(20)
    const waits: Array<number> = []
    let now = 20
    for (let probe = 0; probe < 8; probe++) {
      const wait = breaker.waitMs(now)
      waits.push(wait)
      now += wait
      expect(breaker.waitMs(now)).toBe(0)
      breaker.sent()
      expect(breaker.waitMs(now)).toBe(Infinity)
      breaker.failed(now)
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
    breaker.sent()
    breaker.left()
    expect(breaker.waitMs(now + 30_000)).toBe(0)
    breaker.answered()
    expect([breaker.downSince, breaker.waitMs(now)]).toEqual([undefined, 0])
  })
})

describe("congestion", () => {
  const rejection = (sentAt: number, retryAfterMs: number | undefined): CongestionEvent => ({
    kind: "rejected",
    sentAt,
    retryAfterMs,
    longestMs: Infinity
  })

  it("pauses after rejections in a row, and goes on at the pace that was answered before", () => {
    const congestion = new CongestionControl()
    for (let now = 0; now < 2000; now += 20) {
      expect(congestion.waitMs(now)).toBe(0)
      congestion.happened({ kind: "sent" }, now)
      congestion.happened({ kind: "back" }, 0)
      congestion.happened({ kind: "answered", sentAt: now }, now + 5)
    }
    for (let i = 0; i < 3; i++) {
      congestion.happened({ kind: "sent" }, 2000)
      congestion.happened({ kind: "back" }, 0)
      congestion.happened(rejection(2000, 1000), 2000)
    }
    expect(congestion.waitMs(2000)).toBe(1000)
    congestion.waitMs(3001)
    expect(congestion.state.pace.perSecond).toBeGreaterThan(20)
    expect(congestion.state.pace.perSecond).toBeLessThan(50)
  })

  it("is known by what is answered in the end, though all rejections come first", () => {
    const congestion = new CongestionControl()
    for (let i = 0; i < 256; i++) congestion.happened({ kind: "sent" }, 0)
    for (let i = 0; i < 206; i++) {
      congestion.happened({ kind: "back" }, 0)
      congestion.happened(rejection(0, 1000), 2)
    }
    for (let i = 0; i < 50; i++) {
      congestion.happened({ kind: "back" }, 0)
      congestion.happened({ kind: "answered", sentAt: 0 }, 200)
    }
    expect(congestion.waitMs(500)).toBeGreaterThan(0)
    congestion.waitMs(1010)
    expect(congestion.state.pace.perSecond).toBeGreaterThan(40)
    expect(congestion.state.pace.perSecond).toBeLessThan(60)
  })

  it("finds a pace soon where all was rejected at first", () => {
    const congestion = new CongestionControl()
    for (let i = 0; i < 40; i++) {
      congestion.happened({ kind: "sent" }, 0)
      congestion.happened({ kind: "back" }, 0)
      congestion.happened(rejection(0, undefined), 1)
    }
    let answered = 0
    for (let now = 600; now < 12_000; now += 5) {
      if (congestion.waitMs(now) > 0) continue
      congestion.happened({ kind: "sent" }, now)
      congestion.happened({ kind: "back" }, 0)
      congestion.happened({ kind: "answered", sentAt: now }, now + 4)
      answered++
    }
    expect(answered).toBeGreaterThan(300)
    expect(congestion.state.pace.perSecond).toBeGreaterThan(100)
  })

  it("does not pause for a single rejection among answers", () => {
    const congestion = new CongestionControl()
    congestion.happened({ kind: "sent" }, 0)
    congestion.happened({ kind: "back" }, 0)
    congestion.happened(rejection(0, 500), 10)
    expect(congestion.waitMs(10)).toBe(0)
    expect(congestion.state.pace.perSecond).toBe(Infinity)
  })

  /**
   * Asks a model that takes 10 ms for an answer and rejects as told, 8 at once, for some seconds;
   * gives answers and rejections a second in each.
   */
  const asked = (
    seconds: number,
    rejects: (now: number, roll: number) => boolean
  ): ReadonlyArray<readonly [answered: number, rejected: number]> => {
    const congestion = new CongestionControl()
    const told = Array.from({ length: seconds }, (): [number, number] => [0, 0])
    const underWay: Array<readonly [from: number, rejected: boolean]> = []
    const dice = new Dice(7, 0)
    for (let now = 0; now < seconds * 1000; now++) {
      while (underWay.length > 0 && underWay[0]![0] + 10 <= now) {
        const [from, rejected] = underWay.shift()!
        congestion.happened({ kind: "back" }, 0)
        if (rejected) congestion.happened(rejection(from, 0), now)
        else congestion.happened({ kind: "answered", sentAt: from }, now)
        told[Math.floor(now / 1000)]![rejected ? 1 : 0]++
      }
      while (underWay.length < 8 && congestion.waitMs(now) <= 0) {
        congestion.happened({ kind: "sent" }, now)
        underWay.push([now, rejects(now, dice.next())])
      }
    }
    return told
  }
  const mean = (told: ReadonlyArray<readonly [number, number]>) =>
    told.reduce(([a, b], [c, d]) => [a + c / told.length, b + d / told.length], [0, 0]) as [
      number,
      number
    ]
  const limit = (perSecond: (now: number) => number) => {
    let [second, taken] = [-1, 0]
    return (now: number): boolean => {
      if (Math.floor(now / 100) !== second) [second, taken] = [Math.floor(now / 100), 0]
      return ++taken > perSecond(now) / 10
    }
  }

  it("is not what makes a model reject a tenth of all requests, however few they are: it is asked on", () => {
    const [answered, rejected] = mean(asked(120, (_, roll) => roll < 0.1).slice(60))
    expect(answered).toBeGreaterThan(350)
    expect(rejected / (answered + rejected)).toBeLessThan(0.12)
  })

  it("is still found where a model rejects some whatever the pace, and where it takes less than it did", () => {
    const full = limit(() => 50)
    const [some, ofSome] = mean(asked(120, (now, roll) => roll < 0.05 || full(now)).slice(60))
    expect(some).toBeGreaterThan(35)
    expect(ofSome / (some + ofSome)).toBeLessThan(0.2)
    const less = limit((now) => (now < 30_000 ? 200 : 40))
    const [after, ofAfter] = mean(asked(120, less).slice(60))
    expect(after).toBeGreaterThan(32)
    expect(ofAfter / (after + ofAfter)).toBeLessThan(0.1)
  })

  it("lets fewer through at once where answers take twice as long as they did", () => {
    const congestion = new CongestionControl()
    let now = 0
    const answers = (count: number, latencyMs: number): void => {
      for (let i = 0; i < count; i++) {
        for (let k = 0; k < 32; k++) congestion.happened({ kind: "sent" }, now)
        now += latencyMs
        for (let k = 0; k < 32; k++) {
          congestion.happened({ kind: "answered", sentAt: now - latencyMs }, now)
          congestion.happened({ kind: "back" }, 0)
        }
      }
    }
    answers(20, 100)
    expect(congestion.state.window).toBe(Infinity)
    answers(40, 600)
    expect(congestion.state.window).toBeLessThan(32)
    const shrunk = congestion.state.window
    answers(200, 100)
    expect(congestion.state.window).toBeGreaterThan(shrunk)
  })

  /** Latencies as models have them: most near the median, some many times as long. */
  const spread = (count: number, sigma: number, seed: number): ReadonlyArray<number> =>
    Array.from({ length: count }, (_, i) => {
      const [u, v] = [((i * 7919 + seed) % count) + 0.5, ((i * 104_729 + seed) % count) + 0.5]
      return (
        200 *
        Math.exp(sigma * Math.sqrt(-2 * Math.log(u / count)) * Math.cos(2 * Math.PI * (v / count)))
      )
    })

  it("takes it for no queue that of requests which go together the slow answers come last, after every lull anew", () => {
    for (const [inFlight, sigma] of [
      [64, 0.5],
      [200, 1],
      [1000, 0.5],
      [1000, 0.9],
      [5000, 0.7]
    ] as const) {
      const congestion = new CongestionControl()
      let now = 0
      for (let burst = 0; burst < 8; burst++) {
        const began = now
        for (let i = 0; i < inFlight; i++) congestion.happened({ kind: "sent" }, began)
        for (const latencyMs of spread(inFlight, sigma, burst).toSorted((a, b) => a - b)) {
          now = began + latencyMs
          congestion.happened({ kind: "back" }, now)
          congestion.happened({ kind: "answered", sentAt: began }, now)
        }
        now += 10_000
      }
      expect([inFlight, sigma, congestion.state.window]).toEqual([inFlight, sigma, Infinity])
    }
  })

  it("shrinks from what was in flight, not from the few that are left at the end of a burst", () => {
    const congestion = new CongestionControl()
    let now = 0
    const burst = (latencyMs: number): void => {
      const began = now
      for (let i = 0; i < 500; i++) congestion.happened({ kind: "sent" }, began)
      now += latencyMs
      for (let i = 0; i < 500; i++) {
        congestion.happened({ kind: "back" }, now)
        congestion.happened({ kind: "answered", sentAt: began }, now)
      }
    }
    for (let i = 0; i < 10; i++) burst(100)
    for (let i = 0; i < 4; i++) burst(800)
    expect(congestion.state.window).toBeGreaterThan(300)
    expect(congestion.state.window).toBeLessThan(500)
  })
})

describe("a gate", () => {
  it("lets as many through as before where answers are late because the process was busy itself, and fewer where the model is slow", async () => {
    const atOnce = 64
    const held = (isBusy: boolean) =>
      Effect.gen(function* () {
        const gate = yield* Gate.make()
        gate.limit({ maxConcurrency: atOnce })
        const wave = (ms: number, busyFor: number) =>
          Effect.gen(function* () {
            const asked = yield* Effect.forEach(Array.from({ length: atOnce }), () =>
              Effect.forkChild(
                gate.pass(
                  0,
                  (effect) => effect,
                  patienceOf({}),
                  () => {}
                )
              )
            )
            yield* TestClock.adjust(ms)
            const until = performance.now() + busyFor
            while (performance.now() < until);
            const through = asked.flatMap((fiber) => {
              const exit = fiber.pollUnsafe()
              return exit !== undefined && Exit.isSuccess(exit) ? [exit.value] : []
            })
            yield* Fiber.interruptAll(asked)
            for (const passed of through) gate.answered(passed, gate.now(), undefined)
            return through.length
          })
        for (let i = 0; i < 40; i++) expect(yield* wave(20, 0)).toBe(atOnce)
        for (let i = 0; i < 10; i++) yield* wave(80, isBusy ? 45 : 0)
        return yield* wave(20, 0)
      }).pipe(Effect.provide(TestClock.layer()), Effect.runPromise)
    expect(await held(true)).toBe(atOnce)
    expect(await held(false)).toBeLessThan(atOnce)
  })
})

describe("the state of congestion", () => {
  const sent = { kind: "sent" } as const
  const rejection = (retryAfterMs: number) =>
    ({ kind: "rejected", sentAt: 0, retryAfterMs, longestMs: 60_000 }) as const

  it("goes from unlimited over a suspected pause to a search, and to a steady pace at the next rejection", () => {
    const paused = next(next(uncongested, sent, 0), rejection(5000), 10)
    expect([paused.pause.kind, paused.pace.kind]).toEqual(["suspected", "unlimited"])
    const searching = next(paused, { kind: "tick" }, 5011)
    expect(searching.pace).toMatchObject({ kind: "searching", perSecond: 1 })
    const found = next(searching, { ...rejection(1), sentAt: 5012 }, 5013)
    expect(found.pace).toEqual({ kind: "steady", perSecond: 0.6 })
    expect(found.ceiling).toBe(1)
  })

  it("opens a suspected pause when a later request is answered, and not an earlier one", () => {
    const paused = next(next(uncongested, sent, 0), rejection(5000), 10)
    expect(next(paused, { kind: "answered", sentAt: 5 }, 20).pause.kind).toBe("suspected")
    expect(next(paused, { kind: "answered", sentAt: 15 }, 20).pause.kind).toBe("open")
  })

  it("changes nothing that was there before, and keeps its figures in bounds, whatever happens", () => {
    const event = fc.oneof(
      fc.constantFrom(sent, { kind: "tick" } as const, { kind: "notEmpty" } as const),
      fc.nat(1000).map((sentAt) => ({ kind: "answered", sentAt }) as const),
      fc.nat(100_000).map((time) => ({ kind: "emptyUntil", time }) as const),
      fc
        .tuple(fc.nat(1000), fc.option(fc.nat(1e9), { nil: undefined }), fc.nat(60_000))
        .map(([sentAt, retryAfterMs, longestMs]) => ({
          kind: "rejected" as const,
          sentAt,
          retryAfterMs,
          longestMs
        }))
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.nat(3000))), (events) => {
        let [now, state] = [0, uncongested]
        for (const [each, ms] of events) {
          const before = structuredClone(state)
          now += ms
          const after = next(state, each, now)
          expect(state).toEqual(before)
          expect(after.window).toBeGreaterThanOrEqual(1)
          expect(after.pace.perSecond).toBeGreaterThan(0)
          expect(after.rejectedShare).toBeGreaterThanOrEqual(0)
          expect(after.rejectedShare).toBeLessThanOrEqual(1)
          if (each.kind === "rejected")
            expect(after.pause.until).toBeLessThanOrEqual(
              Math.max(before.pause.until, now + each.longestMs)
            )
          state = after
        }
      })
    )
  })
})

describe("headers of rate limits", () => {
  it.each<[string, Record<string, string>, ReadonlyArray<unknown>]>([
    [
      "OpenAI's",
      {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "6m0s",
        "x-ratelimit-remaining-tokens": "149984",
        "x-ratelimit-reset-tokens": "120ms"
      },
      [
        { remaining: 0, resetMs: 360_000 },
        { remaining: 149_984, resetMs: 120 }
      ]
    ],
    [
      "those of the IETF's draft",
      { "ratelimit-remaining": "3", "ratelimit-reset": "2" },
      [{ remaining: 3, resetMs: 2000 }]
    ],
    [
      "times since 1970",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000005" },
      [{ remaining: 0, resetMs: 5000 }]
    ],
    [
      "times since 1970 in milliseconds",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000002000" },
      [{ remaining: 0, resetMs: 2000 }]
    ],
    [
      "spans in milliseconds",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "30000" },
      [{ remaining: 0, resetMs: 30_000 }]
    ],
    [
      "spans with units",
      {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "1.5s",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "250ms"
      },
      [
        { remaining: 0, resetMs: 1500 },
        { remaining: 0, resetMs: 250 }
      ]
    ],
    [
      "dates",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "2027-01-15T08:00:09Z" },
      [{ remaining: 0, resetMs: 9000 }]
    ],
    [
      "a reset in years, which nobody means",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "315360000s" },
      []
    ],
    ["numbers below 0", { "x-ratelimit-remaining": "-1", "x-ratelimit-reset": "-5" }, []],
    ["Mistral's", { "x-ratelimit-remaining-req-minute": "0" }, [{ remaining: 0, resetMs: 60_000 }]],
    ["none", {}, []],
    ["nonsense", { "x-ratelimit-remaining": "many", "x-ratelimit-reset": "soon" }, []]
  ])("are read: %s", (_, headers, expected) => {
    expect(
      allowances(headers, 1_800_000_000_000).map(({ remaining, resetMs }) => ({
        remaining,
        resetMs
      }))
    ).toEqual(expected)
  })
})

describe("tries", () => {
  const patience = patienceOf({ maxRetries: 3, giveUpAfter: 10 })
  const at = (downSince?: number) => ({
    now: 1_000_000,
    chance: 0.5,
    closed:
      downSince === undefined
        ? undefined
        : { kind: "down" as const, why: "down", since: downSince, ms: 0 }
  })
  const failed = (reason: Diagnosis["reason"], more: Partial<Diagnosis> = {}): Diagnosis => ({
    reason,
    detail: "x",
    ...more
  })
  /** Waits until it is over, and how it is. */
  const through = (diagnosis: Diagnosis, downSince?: number) => {
    const tries = new Tries(patience)
    const waits: Array<number> = []
    for (;;) {
      tries.begin()
      const next = tries.failed(diagnosis, at(downSince))
      if (next.kind === "over" || waits.length > 100) return { waits, attempts: tries.count, next }
      waits.push(next.waitMs)
    }
  }

  it("wait longer each time, and are over after maxRetries", () => {
    expect(through(failed("ServerError"))).toMatchObject({
      waits: [500, 1000, 2000],
      attempts: 4,
      next: { kind: "over", fatal: false }
    })
  })

  it.each([
    "InvalidRequest",
    "Unauthorized",
    "ModelNotFound",
    "Refused",
    "QuotaExhausted"
  ] as const)("are none after %s", (reason) => {
    expect(through(failed(reason))).toMatchObject({ waits: [], attempts: 1 })
  })

  it("of a model that is full do not use up those for failures", () => {
    expect(through(failed("RateLimited")).attempts).toBe(16)
  })

  it("wait as long as the provider says, and no longer than giveUpAfter", () => {
    expect(through(failed("RateLimited", { retryAfterMs: 9000 })).waits[0]).toBeGreaterThanOrEqual(
      9000
    )
    expect(through(failed("RateLimited", { retryAfterMs: 3_700_000 })).waits[0]).toBe(10_000)
  })

  it("cost nothing while a provider is down, and end the run when it is down for longer than giveUpAfter", () => {
    expect(through(failed("ConnectionFailed"), 995_000).attempts).toBeGreaterThan(50)
    expect(through(failed("ConnectionFailed"), 980_000)).toMatchObject({
      attempts: 1,
      next: { kind: "over", fatal: true }
    })
  })
})

/**
 * Asks so many questions at once, as steps of one run do, and gives how many were answered, with
 * all events.
 */
const asked = (count: number, options: object, url: string) => {
  const events: Array<LLMEvent> = []
  const llm = OpenAILLM({ model: "model-a", baseUrl: `${url}/v1`, apiKey: "k", ...options })
  const all = Effect.scoped(
    Effect.gen(function* () {
      const client = yield* LLMClients.client(llm, "ask")
      const results = yield* Effect.forEach(
        Array.from({ length: count }, (_, n) => n),
        (n) => Effect.result(client.generate(requestTo(llm, chatOf(`What is ${n}?`)))),
        { concurrency: "unbounded" }
      )
      return results.filter(({ _tag }) => _tag === "Success").length
    })
  ).pipe(LLMClients.share({ onEvent: (event) => events.push(event) }))
  return Effect.runPromise(Effect.map(all, (answered) => ({ answered, events })))
}

describe("a model's limits", () => {
  it("of requests a minute hold over all that ask", async () => {
    // Far more than go in a second, on a busy machine too, and fewer than would go at once.
    await using simulator = await startSimulator({ requestsPerSecond: 56 })
    const { answered } = await asked(90, { requestsPerMinute: 30 * 60 }, simulator.url)
    expect(answered).toBe(90)
    expect(simulator.stats().byStatus["429"] ?? 0).toBe(0)
  })

  it("of tokens a minute keep a provider that counts tokens from rejecting", async () => {
    await using simulator = await startSimulator({ tokensPerMinute: 6000 })
    const { answered } = await asked(
      30,
      { tokensPerMinute: 60_000, generationKwargs: { maxNewTokens: 20 } },
      simulator.url
    )
    expect(answered).toBe(30)
    expect(simulator.stats().byStatus["429"] ?? 0).toBe(0)
  })

  it("are found out where nobody set them: all are answered, few are rejected", async () => {
    await using simulator = await startSimulator({
      requestsPerSecond: 50,
      latency: { kind: "constant", ms: 30 }
    })
    const { answered, events } = await asked(250, {}, simulator.url)
    expect(answered).toBe(250)
    expect(events.some(({ kind }) => kind === "paused")).toBe(true)
    expect(simulator.stats().byStatus["429"] ?? 0).toBeLessThan(150)
  })

  it("in its headers are heeded before it rejects", async () => {
    await using simulator = await startSimulator({
      requestsPerSecond: 20,
      limitHeaders: true,
      latency: { kind: "constant", ms: 20 }
    })
    const { answered } = await asked(60, { maxConcurrency: 4 }, simulator.url)
    expect(answered).toBe(60)
    expect(simulator.stats().byStatus["429"] ?? 0).toBeLessThanOrEqual(8)
  })

  it("wait for a provider that is down and comes back, and lose no row", async () => {
    await using simulator = await startSimulator({
      latency: { kind: "constant", ms: 10 },
      outage: { fromSeconds: 0.3, toSeconds: 2.5 }
    })
    const { answered, events } = await asked(
      600,
      { maxConcurrency: 8, maxRetries: 3 },
      simulator.url
    )
    expect(answered).toBe(600)
    // While it is down nobody asks but a probe: without the breaker each row would have failed four times.
    expect(events.filter(({ kind }) => kind === "retry").length).toBeLessThan(60)
  })
})
