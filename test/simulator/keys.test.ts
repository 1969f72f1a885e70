import { describe, expect, it } from "vitest"
import { startSimulator } from "../../src/simulator/index.ts"
import { failureOf, mistral, openai, providers, statusOf, vertex } from "./clients.ts"

const secret = "sk-only-this-one"

const askWith = {
  openai: (simulator: Parameters<typeof openai>[0], key: string) =>
    openai(simulator, key).chat.completions.create({
      model: "m",
      messages: [{ role: "user", content: "Hi" }]
    }),
  mistral: (simulator: Parameters<typeof openai>[0], key: string) =>
    mistral(simulator, key).chat.complete({
      model: "m",
      messages: [{ role: "user", content: "Hi" }]
    }),
  vertex: (simulator: Parameters<typeof openai>[0], key: string) =>
    vertex(simulator, key).models.generateContent({ model: "m", contents: "Hi" })
}

describe.each(providers)("the key of %s", (provider) => {
  it("lets in when it is the right one, and gives 401 otherwise", async () => {
    await using simulator = await startSimulator({ apiKey: secret })
    await askWith[provider](simulator, secret)
    expect(statusOf(await failureOf(askWith[provider](simulator, "sk-another")))).toBe(401)
  })

  it("is never in the log", async () => {
    await using simulator = await startSimulator({ apiKey: secret })
    await askWith[provider](simulator, secret)
    await failureOf(askWith[provider](simulator, "sk-another"))
    expect(JSON.stringify([simulator.log(), simulator.stats()])).not.toMatch(/sk-|Bearer/)
  })
})
