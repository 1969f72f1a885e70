import { describe, expect, it } from "vitest"
import { Attempts } from "../../src/simulator/faults/Attempts.ts"
import {
  type Simulator,
  SimulatorOptionError,
  type SimulatorOptions,
  startSimulator
} from "../../src/simulator/index.ts"
import { Counters } from "../../src/simulator/server/Stats.ts"

const post = (simulator: Simulator, prompt: string, signal?: AbortSignal): Promise<Response> =>
  fetch(`${simulator.openaiBaseUrl}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content: prompt }] }),
    ...(signal === undefined ? {} : { signal })
  })

describe("the log", () => {
  it("keeps the last requests only, the newest last", async () => {
    await using simulator = await startSimulator({ logSize: 3 })
    for (const prompt of ["a", "b", "c", "d", "e"]) await post(simulator, prompt)
    expect(simulator.log().map((entry) => entry.prompt)).toEqual(["c", "d", "e"])
  })

  it("keeps only the beginning of a long prompt", async () => {
    await using simulator = await startSimulator()
    await post(simulator, "long ".repeat(10_000))
    expect(simulator.log()[0]?.prompt.length).toBe(201)
  })

  it("can be switched off", async () => {
    await using simulator = await startSimulator({ logSize: 0 })
    await post(simulator, "a")
    expect(simulator.log()).toEqual([])
    expect(simulator.stats().answered).toBe(1)
  })

  it("knows unknown routes, unreadable bodies and their statuses", async () => {
    await using simulator = await startSimulator()
    expect((await fetch(`${simulator.url}/v1/nothing`)).status).toBe(404)
    expect(
      (await fetch(`${simulator.openaiBaseUrl}/chat/completions`, { method: "POST", body: "{" }))
        .status
    ).toBe(400)
    expect(
      simulator.log().map(({ route, status, attempt }) => ({ route, status, attempt }))
    ).toEqual([
      { route: "unknown", status: 404, attempt: 0 },
      { route: "chat.completions", status: 400, attempt: 0 }
    ])
  })
})

describe("the stats", () => {
  it("know how many requests are and were in flight together", async () => {
    const asked = (simulator: Simulator, signal?: AbortSignal) =>
      Promise.allSettled(
        Array.from({ length: 5 }, (_, index) => post(simulator, `question ${index}`, signal))
      )
    await using slow = await startSimulator({ latency: { kind: "constant", ms: 60_000 } })
    const leaving = new AbortController()
    const left = asked(slow, leaving.signal)
    await expect.poll(() => slow.stats().inFlight).toBe(5)
    leaving.abort()
    await left
    await expect.poll(() => slow.stats()).toMatchObject({ inFlight: 0, maxInFlight: 5 })
    await using simulator = await startSimulator()
    await asked(simulator)
    expect(simulator.stats()).toMatchObject({
      requests: 5,
      answered: 5,
      inFlight: 0,
      byStatus: { 200: 5 },
      byModel: { m: 5 },
      aborted: 0
    })
  })

  it("count a client that hangs up while it waits as aborted, not as answered", async () => {
    await using simulator = await startSimulator({ latency: { kind: "constant", ms: 60_000 } })
    await expect(post(simulator, "a", AbortSignal.timeout(50))).rejects.toThrow()
    await expect
      .poll(() => simulator.stats())
      .toMatchObject({ requests: 1, aborted: 1, answered: 0, inFlight: 0, byStatus: {} })
  })

  it("add up the tokens that the answers told their clients", async () => {
    await using simulator = await startSimulator()
    const usages = await Promise.all(
      ["a", "b", "c"].map(async (prompt) => {
        const body = (await (await post(simulator, prompt)).json()) as {
          usage: { prompt_tokens: number; completion_tokens: number }
        }
        return body.usage
      })
    )
    expect(simulator.stats().inputTokens).toBe(
      usages.reduce((sum, usage) => sum + usage.prompt_tokens, 0)
    )
    expect(simulator.stats().outputTokens).toBe(
      usages.reduce((sum, usage) => sum + usage.completion_tokens, 0)
    )
  })

  it("stay small whatever models are asked for", () => {
    const counters = new Counters()
    for (let index = 0; index < 5000; index++) counters.asked(`model-${index}`)
    expect(Object.keys(counters.stats().byModel)).toHaveLength(1001)
    expect(counters.stats().byModel["(other)"]).toBe(4000)
  })
})

it("attempts are forgotten oldest first, so that memory stays bounded", () => {
  const attempts = new Attempts(10)
  expect([attempts.next(1), attempts.next(1), attempts.next(1)]).toEqual([1, 2, 3])
  for (let key = 100; key < 110; key++) attempts.next(key)
  expect(attempts.next(1)).toBe(4)
  for (let key = 200; key < 230; key++) attempts.next(key)
  expect(attempts.next(1)).toBe(1)
})

describe("requestsPerSecond", () => {
  it("lets so many requests through in a second and tells the others to wait", async () => {
    await using simulator = await startSimulator({ requestsPerSecond: 5 })
    const responses = await Promise.all(
      Array.from({ length: 8 }, (_, index) => post(simulator, `question ${index}`))
    )
    const refused = responses.filter((response) => response.status === 429)
    expect(responses.filter((response) => response.status === 200)).toHaveLength(5)
    expect(refused.map((response) => response.headers.get("retry-after"))).toEqual(["1", "1", "1"])
    await new Promise((resolve) => setTimeout(resolve, 1050))
    expect((await post(simulator, "later")).status).toBe(200)
  })

  it("does not use up the attempt on which a fault would strike", async () => {
    await using simulator = await startSimulator({
      requestsPerSecond: 1,
      faults: [{ kind: "server-error", share: 1 }]
    })
    expect((await post(simulator, "a")).status).toBe(500)
    expect((await post(simulator, "b")).status).toBe(429)
    await new Promise((resolve) => setTimeout(resolve, 1050))
    expect((await post(simulator, "b")).status).toBe(500)
  })
})

describe("closing", () => {
  it("ends waiting requests, frees the port and may be done twice", async () => {
    const simulator = await startSimulator({ faults: [{ kind: "hang", share: 1 }] })
    const waiting = post(simulator, "a")
    waiting.catch(() => undefined)
    await expect.poll(() => simulator.stats().byFault.hang).toBe(1)
    await Promise.all([simulator.close(), simulator.close()])
    await expect(waiting).rejects.toThrow()
    expect(simulator.stats()).toMatchObject({ inFlight: 0, aborted: 0 })
    await using again = await startSimulator({ port: simulator.port })
    expect(again.url).toBe(simulator.url)
  })
})

describe("options", () => {
  it.each<[string, SimulatorOptions]>([
    [
      "Option 'port' cannot be 70000: use a whole number from 0 (any free port) to 65535.",
      { port: 70_000 }
    ],
    ["Option 'seed' cannot be 1.5: use a whole number from 0 to 2^53 - 1.", { seed: 1.5 }],
    [
      "Option 'faults.share' cannot be 2: use a number from 0 to 1.",
      { faults: [{ kind: "reset", share: 2 }] }
    ],
    [
      "Option 'faults' cannot be of shares that add up to 1.5: let them add up to at most 1.",
      {
        faults: [
          { kind: "reset", share: 0.75 },
          { kind: "hang", share: 0.75 }
        ]
      }
    ],
    [
      "Option 'latency.ms' cannot be -1: use milliseconds from 0 to 2147483647.",
      { latency: { kind: "constant", ms: -1 } }
    ],
    [
      "Option 'requestsPerSecond' cannot be 0: use a number above 0, up to 1000000.",
      { requestsPerSecond: 0 }
    ]
  ])("that cannot work are refused: %s", async (sentence, options) => {
    const error = await startSimulator(options).catch((failure: unknown) => failure)
    expect(error).toBeInstanceOf(SimulatorOptionError)
    expect((error as Error).message).toBe(sentence)
  })
})
