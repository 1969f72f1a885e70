import { inspect } from "node:util"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { shownUrl } from "../../src/models/asking/secrets.ts"
import { MistralLLM } from "../../src/models/mistral/MistralLLM.ts"
import { OpenAILLM } from "../../src/models/openai/OpenAILLM.ts"
import { VertexAILLM } from "../../src/models/vertex/VertexAILLM.ts"
import { redacted } from "../../src/secrets/redact.ts"
import { ask, at, failure, kinds } from "./asking.ts"
import { type Answer, completion, json, serve } from "./wire.ts"

const secret = "very-secret-key"
const everything = (value: unknown): string =>
  [
    inspect(value, { depth: 20, showHidden: true, getters: true }),
    JSON.stringify(value),
    String(value),
    value instanceof Error ? value.stack : ""
  ].join("\n")

describe("a secret", () => {
  it.each([
    OpenAILLM({
      model: "m",
      apiKey: secret,
      defaultHeaders: { "x-api-key": secret, "x-tenant": secret }
    }),
    OpenAILLM({ model: "m", baseUrl: `https://me:${secret}@host/v1?code=${secret}` }),
    OpenAILLM({ model: "m", generationKwargs: { extraBody: { user_token: secret } } }),
    MistralLLM({ model: "m", endpoint: `https://host/v1?pwd=${secret}` }),
    VertexAILLM({ model: "m", baseUrl: `https://host?auth=${secret}` }),
    OpenAILLM({ model: "m", apiKey: Redacted.make(secret) }),
    OpenAILLM({ model: "m" }).configure({ apiKey: secret }),
    MistralLLM({ model: "m", apiKey: secret }),
    VertexAILLM({
      model: "m",
      accessToken: secret,
      credentials: { client_email: "me@example.com", private_key: secret }
    })
  ])("is not in what a model shows of itself", (llm) => {
    expect(everything(llm)).not.toContain(secret)
    expect(everything(llm.options)).not.toContain(secret)
    expect(everything(llm.endpoint)).not.toContain(secret)
  })

  it("is kept in the options, wrapped", () => {
    const { apiKey, defaultHeaders } = OpenAILLM({
      model: "m",
      apiKey: secret,
      defaultHeaders: { Authorization: secret, "x-tenant": "blue", "OpenAI-Organization": "mine" }
    }).options
    expect(Redacted.value(apiKey as Redacted.Redacted)).toBe(secret)
    expect(defaultHeaders).toEqual({
      Authorization: expect.anything(),
      "x-tenant": Redacted.make("blue"),
      "OpenAI-Organization": "mine"
    })
  })

  it.each(kinds)("is not in the error of a provider that repeats it: %s", async (kind) => {
    await using wire = await serve(({ headers }, response) =>
      json(
        response,
        { error: { message: `Wrong key ${secret} in ${JSON.stringify(headers)}`, code: secret } },
        401
      )
    )
    const error = await failure(at[kind](wire.url, { apiKey: secret }))
    expect(error).toMatchObject({
      reason: "Unauthorized",
      detail: expect.stringContaining("Wrong key <redacted>")
    })
    expect(everything(error)).not.toContain(secret)
  })

  it.each(kinds)("is not in the error of an opening: %s", async (kind) => {
    const wrong: Answer = ({ headers }, response) =>
      json(response, { error: { message: `Wrong ${headers.authorization}` } }, 401)
    await using wire = await serve(wrong, wrong)
    expect(everything(await failure(at[kind](wire.url, { apiKey: secret })))).not.toContain(secret)
  })

  it("is not in the error of an address that carries it", async () => {
    const error = await failure(
      OpenAILLM({ model: "m", baseUrl: `http://user:${secret}@127.0.0.1:9/v1?key=${secret}` })
    )
    expect(error).toMatchObject({ reason: "Unreachable", baseUrl: "http://127.0.0.1:9/v1" })
    expect(everything(error)).not.toContain(secret)
  })

  it("is on the wire, in its header and nowhere else", async () => {
    await using wire = await serve((_, response) => json(response, completion("Hi")))
    const llm = OpenAILLM({
      model: "m",
      baseUrl: wire.url,
      apiKey: secret,
      defaultHeaders: { "x-api-key": Redacted.make("another-secret") }
    })
    await ask(llm, "Hi")
    for (const { headers } of [...wire.asked, ...wire.lookedUp]) {
      expect(headers).toMatchObject({
        authorization: `Bearer ${secret}`,
        "x-api-key": "another-secret"
      })
      expect(JSON.stringify({ ...headers, authorization: "" })).not.toContain(secret)
    }
  })
})

describe("a header of one's own", () => {
  it("takes the place of the key's", async () => {
    await using wire = await serve((_, response) => json(response, completion("Hi")))
    const llm = OpenAILLM({
      model: "m",
      baseUrl: wire.url,
      apiKey: secret,
      defaultHeaders: { Authorization: "Basic abc" }
    })
    await ask(llm, "Hi")
    expect([...wire.asked, ...wire.lookedUp].map(({ headers }) => headers.authorization)).toEqual([
      "Basic abc",
      "Basic abc"
    ])
  })
})

describe("scrubbing", () => {
  it("finds a secret in any of its spellings, and what only looks like one", () => {
    const odd = `a"b/c d+e`
    expect(redacted(`${odd} ${encodeURIComponent(odd)} ${JSON.stringify(odd)}`, [odd])).toBe(
      `<redacted> <redacted> "<redacted>"`
    )
    expect(redacted("key sk-proj-abcdefghijk, header Bearer abc.def", [])).toBe(
      "key <redacted>, header <redacted>"
    )
  })

  it("leaves sentences whole where a key is a letter", () => {
    expect(redacted("a bad key", ["a"])).toBe("a bad key")
  })

  it("shows no more of an address than says where it is", () => {
    expect(shownUrl("https://me:pass@host:8080/v1/?key=1#x")).toBe("https://host:8080/v1")
    expect(shownUrl("localhost:8080/v1?key=1")).toBe("localhost:8080/v1")
    expect(shownUrl("//me:pass@host/v1#key")).toBe("//host/v1")
  })
})
