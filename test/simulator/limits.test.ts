import { describe, expect, it } from "vitest"
import { RequestRate } from "../../src/simulator/faults/RequestRate.ts"
import { TokenRate } from "../../src/simulator/faults/TokenRate.ts"
import {
  parseSimulatorArguments,
  type Simulator,
  SimulatorOptionError,
  type SimulatorOptions,
  startSimulator
} from "../../src/simulator/index.ts"

const post = (simulator: Simulator, prompt: string, client = "OpenAI/JS"): Promise<Response> =>
  fetch(`${simulator.openaiBaseUrl}/chat/completions`, {
    method: "POST",
    headers: { "user-agent": client },
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content: prompt }] })
  })

const headersOf = (response: Response): Record<string, string> =>
  Object.fromEntries([...response.headers].filter(([name]) => name.startsWith("x-ratelimit")))

describe("rates", () => {
  it("know how many requests are left, and when all are there again", () => {
    const rate = new RequestRate(3)
    expect([rate.left(0), rate.resetMs(0)]).toEqual([3, 0])
    rate.admit(0)
    rate.admit(400)
    expect([rate.left(500), rate.resetMs(500)]).toEqual([1, 900])
    expect([rate.left(1000), rate.resetMs(1000)]).toEqual([2, 400])
    expect([rate.left(1400), rate.resetMs(1400)]).toEqual([3, 0])
  })

  it("of tokens let a minute's be used at once, and fill all the time", () => {
    const rate = new TokenRate(600)
    expect(rate.waitMs(0)).toBe(0)
    rate.take(700, 0)
    expect(rate.waitMs(0)).toBe(10_100)
    expect(rate.waitMs(10_100)).toBe(0)
    expect(rate.resetMs(10_100)).toBe(59_900)
    expect(rate.left(1_000_000)).toBe(600)
  })
})

describe("tokensPerMinute", () => {
  it("turns requests away once the tokens are used up, and tells how long to wait", async () => {
    await using simulator = await startSimulator({ tokensPerMinute: 1 })
    expect((await post(simulator, "a")).status).toBe(200)
    const refused = await post(simulator, "b")
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(60)
    simulator.reset()
    expect((await post(simulator, "b")).status).toBe(200)
  })
})

describe("a 429 for a rate", () => {
  it("tells no time where it is not to", async () => {
    await using simulator = await startSimulator({ requestsPerSecond: 1, retryAfter: false })
    await post(simulator, "a")
    const refused = await post(simulator, "b")
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, null])
  })
})

describe("limitHeaders", () => {
  it("tell OpenAI's clients of requests and tokens, with good answers and with bad ones", async () => {
    await using simulator = await startSimulator({
      requestsPerSecond: 2,
      tokensPerMinute: 100_000,
      limitHeaders: true
    })
    const [first, second, third] = [
      await post(simulator, "a"),
      await post(simulator, "b"),
      await post(simulator, "c")
    ]
    expect([first.status, second.status, third.status]).toEqual([200, 200, 429])
    expect(headersOf(first)).toMatchObject({
      "x-ratelimit-limit-requests": "2",
      "x-ratelimit-remaining-requests": "1",
      "x-ratelimit-reset-requests": expect.stringMatching(/^(\d+ms|1s)$/),
      "x-ratelimit-limit-tokens": "100000",
      "x-ratelimit-remaining-tokens": expect.stringMatching(/^999\d\d$/),
      "x-ratelimit-reset-tokens": expect.stringMatching(/^\d+ms$/)
    })
    expect(headersOf(third)["x-ratelimit-remaining-requests"]).toBe("0")
  })

  it("tell Mistral's clients of tokens in this minute, and are not there unless asked for", async () => {
    await using telling = await startSimulator({ tokensPerMinute: 1000, limitHeaders: true })
    expect(Object.keys(headersOf(await post(telling, "a", "mistral-client")))).toEqual([
      "x-ratelimitbysize-limit-minute",
      "x-ratelimitbysize-remaining-minute"
    ])
    await using silent = await startSimulator({ tokensPerMinute: 1000 })
    expect(headersOf(await post(silent, "a"))).toEqual({})
  })
})

describe("an outage", () => {
  it("tears connections down while it lasts, also of look-ups", async () => {
    await using simulator = await startSimulator({ outage: { fromSeconds: 0, toSeconds: 1000 } })
    await expect(post(simulator, "a")).rejects.toThrow()
    await expect(fetch(`${simulator.openaiBaseUrl}/models`)).rejects.toThrow()
    expect(simulator.stats()).toMatchObject({ requests: 1, answered: 0, inFlight: 0 })
  })

  it("may show as 503, begins and ends, and uses up no attempt", async () => {
    await using simulator = await startSimulator({
      outage: { fromSeconds: 0, toSeconds: 0.3, shows: "503" }
    })
    expect((await post(simulator, "a")).status).toBe(503)
    await expect.poll(async () => (await post(simulator, "a")).status, { timeout: 5000 }).toBe(200)
    expect(simulator.log().at(-1)).toMatchObject({ attempt: 1 })
    await using later = await startSimulator({ outage: { fromSeconds: 1000, toSeconds: 2000 } })
    expect((await post(later, "a")).status).toBe(200)
  })
})

describe("options of limits", () => {
  it("are flags too", () => {
    const { options } = parseSimulatorArguments([
      "--rps",
      "5",
      "--tpm",
      "1000",
      "--no-retry-after",
      "--limit-headers",
      "--outage",
      "5:20.5:503"
    ])
    expect(options).toMatchObject({
      requestsPerSecond: 5,
      tokensPerMinute: 1000,
      retryAfter: false,
      limitHeaders: true,
      outage: { fromSeconds: 5, toSeconds: 20.5, shows: "503" }
    })
    expect(() => parseSimulatorArguments(["--outage", "5"])).toThrow(
      "Option '--outage' cannot be '5': write FROM:TO or FROM:TO:503 in seconds since the start, for instance 5:20."
    )
    expect(() => parseSimulatorArguments(["--outage", "20:5"])).toThrow(
      "Option '--outage' cannot be 5: use a number of seconds above fromSeconds."
    )
    expect(() => parseSimulatorArguments(["--tpm", "0"])).toThrow(
      "Option '--tpm' cannot be 0: use a number above 0."
    )
  })

  it.each<[string, SimulatorOptions]>([
    ["Option 'tokensPerMinute' cannot be 0: use a number above 0.", { tokensPerMinute: 0 }],
    [
      "Option 'outage.fromSeconds' cannot be -1: use a number of seconds from 0.",
      { outage: { fromSeconds: -1, toSeconds: 2 } }
    ],
    [
      "Option 'outage.toSeconds' cannot be 2: use a number of seconds above fromSeconds.",
      { outage: { fromSeconds: 2, toSeconds: 2 } }
    ]
  ])("that cannot work are refused: %s", async (sentence, options) => {
    const error = await startSimulator(options).catch((failure: unknown) => failure)
    expect(error).toBeInstanceOf(SimulatorOptionError)
    expect((error as Error).message).toBe(sentence)
  })
})
