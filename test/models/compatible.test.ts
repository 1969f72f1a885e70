import { afterEach, describe, expect, it, vi } from "vitest"
import * as distilabel from "../../src/index.ts"
import type { LLM } from "../../src/models/chat/LLM.ts"
import { services as compatible } from "../../src/models/compatible/services.ts"
import { liteLLM } from "../../src/models/liteLLM/LiteLLM.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { ask, failure } from "./asking.ts"
import { completion, json, serve } from "./wire.ts"

type Make = (options: { readonly model: string } & Readonly<Record<string, unknown>>) => LLM

const makerOf = (type: string): Make =>
  (distilabel as unknown as Readonly<Record<string, Make>>)[type]!

afterEach(() => vi.unstubAllEnvs())

describe.each([...compatible, liteLLM].map(({ type }) => type))("%s", (type) => {
  const make = makerOf(type)

  it("sends only what is given, signed with its key, where its address says", async () => {
    await using wire = await serve((_, response) => json(response, completion("Hi.")))
    await ask(make({ model: "some/model", baseUrl: `${wire.url}/v1`, apiKey: "its-key" }), "Hi")
    expect(wire.asked).toHaveLength(1)
    expect(wire.asked[0]).toMatchObject({
      path: "/v1/chat/completions",
      headers: { authorization: "Bearer its-key" }
    })
    expect(wire.asked[0]!.body).toEqual({
      model: "some/model",
      messages: [{ role: "user", content: "Hi" }]
    })
  })

  it("takes address and key from its own variables", async () => {
    await using wire = await serve((_, response) => json(response, completion("Hi.")))
    const prefix = type.replace(/LLM$/, "").toUpperCase()
    const variables = prefix === "LITE" ? "LITELLM" : prefix
    vi.stubEnv(`${variables}_BASE_URL`, `${wire.url}/v1`)
    vi.stubEnv(`${variables}_API_KEY`, "from-the-environment")
    await ask(make({ model: "m" }), "Hi")
    expect(wire.asked[0]!.headers.authorization).toBe("Bearer from-the-environment")
  })

  it("gives several answers from a server that gives one a request", async () => {
    await using wire = await serve(({ body }, response) =>
      body["n"] === undefined
        ? json(response, completion("One."))
        : json(response, { error: { message: "'n' : number must be at most 1" } }, 400)
    )
    const llm = make({ model: "m", baseUrl: `${wire.url}/v1`, apiKey: "k" })
    expect((await ask(llm, "Hi", { numGenerations: 3 })).generations).toEqual([
      "One.",
      "One.",
      "One."
    ])
  })

  it("keeps thoughts apart from the answer", async () => {
    await using wire = await serve((_, response) =>
      json(
        response,
        completion("", {
          choices: [
            {
              index: 0,
              message: { role: "assistant", content: "42.", reasoning_content: "Six times seven." },
              finish_reason: "stop"
            }
          ]
        })
      )
    )
    const output = await ask(make({ model: "m", baseUrl: `${wire.url}/v1`, apiKey: "k" }), "Hi")
    expect(output).toMatchObject({ generations: ["42."], reasonings: ["Six times seven."] })
  })

  it("answers at a simulator, and comes back from a document without its key", async () => {
    await using simulator = await startSimulator()
    const llm = make({ model: "m", baseUrl: simulator.openaiBaseUrl, apiKey: "secret-key" })
    expect((await ask(llm, "Name a colour")).generations).toEqual([expect.stringMatching(/\w/)])
    const { from, fromYamlPromise, LoadDataFromDicts, Pipeline, TextGeneration, toYamlPromise } =
      distilabel
    const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "Hi" }] })
    const pipeline = Pipeline("p", {}, from(load).to(TextGeneration({ name: "t", llm })))
    const text = await toYamlPromise(pipeline)
    expect(text).toContain(`name: ${type}`)
    expect(text).not.toContain("secret-key")
    expect(await toYamlPromise(await fromYamlPromise(text))).toBe(text)
  })
})

it("a service's own address wants a key, and says where it may stand", async () => {
  vi.stubEnv("GROQ_API_KEY", undefined)
  expect(await failure(makerOf("GroqLLM")({ model: "m" }))).toMatchObject({
    reason: "MissingApiKey",
    fix: expect.stringContaining("GROQ_API_KEY") as string
  })
})

it("Groq is found where Python's programs say it is", () => {
  expect(makerOf("GroqLLM")({ model: "m", baseUrl: "https://api.groq.com" }).address()).toBe(
    "https://api.groq.com/openai/v1"
  )
})
