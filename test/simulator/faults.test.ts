import { describe, expect, it } from "vitest"
import { type Fault, type Simulator, startSimulator } from "../../src/simulator/index.ts"
import { ask, failureOf, mistral, openai, providers, statusOf, vertex } from "./clients.ts"

const always = (fault: Partial<Fault> & Pick<Fault, "kind">): Promise<Simulator> =>
  startSimulator({ faults: [{ share: 1, ...fault }] })

describe.each(providers)("a fault, seen by the client of %s,", (provider) => {
  it("strikes a question once: the second attempt succeeds", async () => {
    await using simulator = await always({ kind: "server-error" })
    expect(statusOf(await failureOf(ask[provider](simulator, "Hi")))).toBe(500)
    expect(await ask[provider](simulator, "Hi")).toBeTruthy()
    expect(simulator.log().map((entry) => [entry.attempt, entry.status, entry.fault])).toEqual([
      [1, 500, "server-error"],
      [2, 200, null]
    ])
    expect(simulator.stats()).toMatchObject({
      requests: 2,
      answered: 1,
      byStatus: { 200: 1, 500: 1 },
      byFault: { "server-error": 1 }
    })
  })

  it("strikes every attempt if it is permanent", async () => {
    await using simulator = await always({ kind: "server-error", permanent: true, status: 503 })
    for (let attempt = 0; attempt < 3; attempt++)
      expect(statusOf(await failureOf(ask[provider](simulator, "Hi")))).toBe(503)
  })

  it("rate-limit gives 429 at once, whatever the latency", async () => {
    await using simulator = await startSimulator({
      faults: [{ kind: "rate-limit", share: 1, retryAfterSeconds: 7 }],
      latency: { kind: "constant", ms: 60_000 }
    })
    expect(statusOf(await failureOf(ask[provider](simulator, "Hi")))).toBe(429)
  })

  it("hang never answers until the client gives up", async () => {
    await using simulator = await always({ kind: "hang" })
    await failureOf(ask[provider](simulator, "Hi", AbortSignal.timeout(100)))
    await expect
      .poll(() => simulator.stats())
      .toMatchObject({ inFlight: 0, aborted: 1, answered: 0, byFault: { hang: 1 } })
    expect(simulator.log()[0]).toMatchObject({ status: null, fault: "hang" })
  })

  it("reset fails without a status", async () => {
    await using simulator = await always({ kind: "reset" })
    expect(statusOf(await failureOf(ask[provider](simulator, "Hi")))).toBeUndefined()
    expect(simulator.stats()).toMatchObject({ inFlight: 0, aborted: 0, byFault: { reset: 1 } })
  })

  it("cut-body fails although the status was 200", async () => {
    await using simulator = await always({ kind: "cut-body" })
    await failureOf(ask[provider](simulator, "Hi"))
    expect(simulator.stats()).toMatchObject({
      inFlight: 0,
      answered: 0,
      byStatus: { 200: 1 },
      byFault: { "cut-body": 1 }
    })
    expect(await ask[provider](simulator, "Hi")).toBeTruthy()
  })

  it("invalid-json gives a proxy's page instead of an answer", async () => {
    await using simulator = await always({ kind: "invalid-json" })
    const outcome = await ask[provider](simulator, "Hi").catch((error: unknown) => error)
    // OpenAI's client hands the page out as a completion, in which no choice is found; the others fail by themselves
    expect(outcome).toBeInstanceOf(Error)
    expect(simulator.stats()).toMatchObject({ answered: 0, byFault: { "invalid-json": 1 } })
  })
})

describe("a refusal", () => {
  it("is a message without content in OpenAI's shape", async () => {
    await using simulator = await always({ kind: "refusal" })
    const { choices } = await openai(simulator).chat.completions.create({
      model: "m",
      n: 2,
      messages: [{ role: "user", content: "Hi" }]
    })
    for (const { message, finish_reason } of choices) {
      expect(message.content).toBeNull()
      expect(message.refusal).toMatch(/can't|not able|decline/)
      expect(finish_reason).toBe("stop")
    }
    expect(choices).toHaveLength(2)
    expect(simulator.stats()).toMatchObject({ answered: 1, byFault: { refusal: 1 } })
  })

  it("is a filtered text in Mistral's shape", async () => {
    await using simulator = await always({ kind: "refusal" })
    const { choices } = await mistral(simulator).chat.complete({
      model: "m",
      messages: [{ role: "user", content: "Hi" }]
    })
    expect(choices[0]?.finishReason).toBe("content_filter")
    expect(choices[0]?.message?.content).toMatch(/can't|not able|decline/)
  })

  it("is a blocked prompt without candidates in Google's shape", async () => {
    await using simulator = await always({ kind: "refusal" })
    const response = await vertex(simulator).models.generateContent({ model: "m", contents: "Hi" })
    expect(response.candidates).toBeUndefined()
    expect(response.promptFeedback?.blockReason).toBe("SAFETY")
  })
})

describe("rate-limit", () => {
  it("tells each client how long to wait, in the provider's shape", async () => {
    await using simulator = await always({ kind: "rate-limit", retryAfterSeconds: 7 })
    const fromOpenAI = await failureOf(ask.openai(simulator, "Hi"))
    expect(fromOpenAI).toMatchObject({ status: 429, code: "rate_limit_exceeded" })
    expect((fromOpenAI["headers"] as Headers).get("retry-after")).toBe("7")
    const fromMistral = await failureOf(ask.mistral(simulator, "Hello"))
    expect(JSON.parse(String(fromMistral["body"]))).toMatchObject({ type: "rate_limited" })
    expect((fromMistral["headers"] as Headers).get("retry-after")).toBe("7")
    const fromVertex = await failureOf(ask.vertex(simulator, "Hey"))
    expect(JSON.parse(fromVertex.message)).toMatchObject({
      error: { code: 429, status: "RESOURCE_EXHAUSTED" }
    })
  })
})
