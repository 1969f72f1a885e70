import { describe, expect, it } from "vitest"
import {
  type Fault,
  type Latency,
  latencyOf,
  type Simulator,
  startSimulator
} from "../../src/simulator/index.ts"

interface Completion {
  readonly choices: ReadonlyArray<{ readonly message: { readonly content: string } }>
}

const post = async (simulator: Simulator, prompt: string): Promise<Response> =>
  fetch(`${simulator.openaiBaseUrl}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "m", n: 2, messages: [{ role: "user", content: prompt }] })
  })

const answersOf = async (simulator: Simulator, prompt: string): Promise<ReadonlyArray<string>> => {
  const completion = (await (await post(simulator, prompt)).json()) as Completion
  return completion.choices.map((choice) => choice.message.content)
}

const prompts = Array.from(
  { length: 60 },
  (_, index) => `Explain invention number ${index} and its history.`
)
const faults: ReadonlyArray<Fault> = [
  { kind: "rate-limit", share: 0.2 },
  { kind: "server-error", share: 0.2 }
]

describe("the same seed", () => {
  it("gives the same answers whatever the order of the questions", async () => {
    await using one = await startSimulator()
    await using other = await startSimulator()
    const forwards = await Promise.all(prompts.map((prompt) => answersOf(one, prompt)))
    const backwards: Array<ReadonlyArray<string>> = []
    for (const prompt of prompts.toReversed()) backwards.unshift(await answersOf(other, prompt))
    expect(backwards).toEqual(forwards)
    expect(new Set(forwards.flat()).size).toBe(prompts.length * 2)
  })

  it("lets the same faults strike the same questions, once", async () => {
    const statuses = async (
      order: ReadonlyArray<string>
    ): Promise<Record<string, ReadonlyArray<number>>> => {
      await using simulator = await startSimulator({ faults })
      const seen: Record<string, ReadonlyArray<number>> = {}
      for (const prompt of order)
        seen[prompt] = [
          (await post(simulator, prompt)).status,
          (await post(simulator, prompt)).status
        ]
      return seen
    }
    const seen = await statuses(prompts)
    expect(await statuses(prompts.toReversed())).toEqual(seen)
    const firsts = Object.values(seen).map(([first]) => first)
    expect(firsts.filter((status) => status === 429).length).toBeGreaterThan(3)
    expect(firsts.filter((status) => status === 500).length).toBeGreaterThan(3)
    expect(Object.values(seen).every(([, second]) => second === 200)).toBe(true)
  })

  it("starts over after a reset", async () => {
    await using simulator = await startSimulator({ faults: [{ kind: "server-error", share: 1 }] })
    expect((await post(simulator, "Hi")).status).toBe(500)
    expect((await post(simulator, "Hi")).status).toBe(200)
    simulator.reset()
    expect((await post(simulator, "Hi")).status).toBe(500)
    expect(simulator.stats().requests).toBe(1)
  })
})

it("another seed gives other answers", async () => {
  await using one = await startSimulator({ seed: 1 })
  await using other = await startSimulator({ seed: 2 })
  expect(await answersOf(one, "Explain rain.")).not.toEqual(await answersOf(other, "Explain rain."))
})

describe("latencyOf", () => {
  it("tells the latency that the simulator then takes", async () => {
    const latency: Latency = { kind: "lognormal", medianMs: 40, sigma: 0.5 }
    await using simulator = await startSimulator({ latency, seed: 7 })
    const few = prompts.slice(0, 10)
    await Promise.all(
      few.map(async (prompt) => {
        const expected = latencyOf({ latency, seed: 7 }, { model: "m", prompt })
        const before = performance.now()
        await answersOf(simulator, prompt)
        expect(performance.now() - before).toBeGreaterThan(expected - 2)
      })
    )
    const logged = new Map(simulator.log().map((entry) => [entry.prompt, entry.latencyMs]))
    for (const prompt of few)
      expect(logged.get(prompt)).toBe(latencyOf({ latency, seed: 7 }, { model: "m", prompt }))
  })

  const drawn = (latency: Latency): Array<number> =>
    Array.from({ length: 4000 }, (_, index) =>
      latencyOf({ latency }, { model: "m", prompt: `prompt ${index}` })
    ).sort((a, b) => a - b)

  it("spreads log-normally around the median", () => {
    const sorted = drawn({ kind: "lognormal", medianMs: 200, sigma: 0.5 })
    expect(sorted[2000]).toBeGreaterThan(185)
    expect(sorted[2000]).toBeLessThan(215)
    // one standard deviation above: 200 * e^0.5 = 330
    expect(sorted[Math.floor(4000 * 0.841)]).toBeGreaterThan(305)
    expect(sorted[Math.floor(4000 * 0.841)]).toBeLessThan(355)
  })

  it("makes the wanted share of stragglers", () => {
    const slow = drawn({ kind: "stragglers", ms: 10, share: 0.05, slowMs: 900 }).filter(
      (ms) => ms === 900
    ).length
    expect(slow / 4000).toBeGreaterThan(0.035)
    expect(slow / 4000).toBeLessThan(0.065)
  })

  it("is constant, or nothing, where that is wanted", () => {
    expect(latencyOf({ latency: { kind: "constant", ms: 25 } }, { model: "m", prompt: "a" })).toBe(
      25
    )
    expect(latencyOf({}, { model: "m", prompt: "a" })).toBe(0)
  })

  it("differs by system message, history and the request's own seed", () => {
    const options = { latency: { kind: "lognormal", medianMs: 5000, sigma: 1 } } as const
    const latencies = [
      latencyOf(options, { model: "m", prompt: "a" }),
      latencyOf(options, { model: "m", prompt: "a", system: "b" }),
      latencyOf(options, { model: "m", prompt: "a", history: [{ role: "user", text: "b" }] }),
      latencyOf(options, { model: "m", prompt: "a", sample: 1 }),
      latencyOf(options, { model: "n", prompt: "a" })
    ]
    expect(new Set(latencies).size).toBe(5)
  })
})
