import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { inspect } from "node:util"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it, vi } from "vitest"
import { identifyStep } from "../../src/engine/identity/identify.ts"
import {
  from,
  fromYamlPromise,
  inspect as described,
  LoadDataFromDicts,
  MapRows,
  MistralLLM,
  OpenAILLM,
  Pipeline,
  runPromise,
  TextGeneration,
  toJsonPromise,
  toYamlPromise,
  VertexAILLM
} from "../../src/index.ts"
import { folder } from "../cli/command.ts"
import { completion, json, serve } from "../models/wire.ts"

const text = fc
  .string({
    unit: fc.constantFrom(..."abcdefghkmpqrstuvwxyzABCDEFGHK23456789-_.~+/=:!"),
    minLength: 12,
    maxLength: 40
  })
  .map((body) => `S${body}Z`)
const name = fc.oneof(
  fc.constantFrom(
    "api-key",
    "subscription-key",
    "code",
    "X-Amz-Signature",
    "auth",
    "pwd",
    "sv",
    "tenant",
    "k"
  ),
  fc
    .stringMatching(/^[a-z][a-z_-]{2,10}$/)
    .filter(
      (each) =>
        !/^(version|v|model|deployment|region|location|project|provider|alt|format|timeout|revision|lang)$/.test(
          each
        )
    )
)
const header = fc.oneof(
  fc.constantFrom("X-Api-Key", "X-Tenant", "Cookie", "Ocp-Apim-Subscription-Key", "x-custom"),
  fc.stringMatching(/^x-[a-z]{3,10}$/).filter((each) => !/^x-(title|region|model)$/.test(each))
)
const places = fc.record({
  query: fc.tuple(name, text),
  user: fc.option(
    fc.tuple(
      fc.stringMatching(/^U[A-Za-z0-9]{10,20}$/),
      fc.stringMatching(/^P[A-Za-z0-9]{10,20}$/)
    ),
    { nil: undefined }
  ),
  key: text.map((each) => each.replaceAll(/[^\w-]/g, "x")),
  header: fc.tuple(
    header,
    text.map((each) => each.replaceAll(/[^\w-]/g, "y"))
  ),
  body: fc.tuple(
    fc.constantFrom("api_key", "user_token", "clientSecret", "password", "access_key"),
    text
  ),
  wrapped: fc.boolean()
})
type Places = typeof places extends fc.Arbitrary<infer P> ? P : never

const secretsOf = ({ body, header, key, query, user }: Places): ReadonlyArray<string> => [
  query[1],
  ...(user ?? []),
  key,
  header[1],
  body[1]
]

const addressOf = (url: string, { query: [name, value], user }: Places): string => {
  const address = new URL(url)
  address.searchParams.set(name, value)
  address.searchParams.set("api-version", "2026-01-01")
  if (user !== undefined) [address.username, address.password] = user
  return address.href
}

const modelOf = (url: string, given: Places) => {
  const wrap = (secret: string) => (given.wrapped ? Redacted.make(secret) : secret)
  return OpenAILLM({
    model: "m",
    baseUrl: wrap(addressOf(`${url}/v1`, given)),
    apiKey: wrap(given.key),
    defaultHeaders: { [given.header[0]]: wrap(given.header[1]), "X-Title": "shown" },
    generationKwargs: { extraBody: { deep: [{ [given.body[0]]: given.body[1] }] } },
    maxRetries: 0
  })
}

const shapes = (value: unknown): string =>
  [
    inspect(value, { depth: 6, showHidden: true, getters: true }),
    JSON.stringify(value),
    String(value),
    value instanceof Error ? `${value.stack} ${value.message}` : ""
  ].join("\n")

const filesOf = (directory: string): string =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => readFileSync(join(each.parentPath, each.name), "latin1"))
    .join("\n")

/** Fails if a text holds a secret in any spelling. */
const free = (output: string, what: string, given: Places): void => {
  for (const secret of secretsOf(given)) {
    for (const spelled of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
      expect(output.includes(spelled), `${what} holds ${spelled} of ${JSON.stringify(given)}`).toBe(
        false
      )
  }
}

const rows = (count: number) =>
  LoadDataFromDicts({
    name: "load",
    data: Array.from({ length: count }, (_, n) => ({ instruction: `question ${n}` }))
  })

const onWarning = (): void => {}

describe("whatever secret stands where one may stand", () => {
  it("models, steps and documents do not show it", async () => {
    for (const given of fc.sample(places, { numRuns: 60, seed: 5 })) {
      const address = addressOf("https://gateway.example/v1", given)
      for (const llm of [
        modelOf("https://gateway.example", given),
        MistralLLM({ model: "m", endpoint: address, apiKey: given.key }),
        VertexAILLM({ model: "m", baseUrl: address, accessToken: given.key, project: "p" })
      ]) {
        free(
          shapes({ ...llm, parameters: undefined }) +
            shapes(llm.options) +
            shapes(llm.generationKwargs) +
            shapes(llm.endpoint) +
            shapes(llm.configure({ timeout: 3 }).options),
          llm.type,
          given
        )
        const pipeline = Pipeline(
          "p",
          {},
          from(rows(1)).to(
            TextGeneration({ name: "ask", llm: llm as ReturnType<typeof OpenAILLM> })
          )
        )
        free(
          (await toYamlPromise(pipeline, { onWarning })) +
            (await toJsonPromise(pipeline, { onWarning })) +
            JSON.stringify(described(pipeline)),
          "document",
          given
        )
      }
    }
  })

  it("requests carry it, and nothing that a run leaves behind does: rows, error rows, journal, report, card, figures, messages", async () => {
    for (const given of fc.sample(places, { numRuns: 8, seed: 6 })) {
      await using wire = await serve(({ body, headers, path }, response, index) =>
        index % 2 === 0
          ? json(
              response,
              {
                error: {
                  message: `No: ${path} ${JSON.stringify(headers)} ${JSON.stringify(body)} ${given.key} ${decodeURIComponent(path)}`
                }
              },
              400
            )
          : json(response, completion("yes"))
      )
      const [outputDir, cacheDir] = [folder(), folder()]
      const told: Array<string> = []
      const write = vi
        .spyOn(process.stderr, "write")
        .mockImplementation((chunk) => told.push(String(chunk)) > 0)
      const failing = MapRows({
        name: "call",
        inputs: { generation: Schema.NullOr(Schema.String) },
        outputs: {},
        map: ({ generation }) => {
          throw new Error(
            `request to ${addressOf(wire.url, given)} with ${given.key} failed for ${generation}`,
            { cause: new Error(secretsOf(given).join(" ")) }
          )
        }
      })
      const ask = TextGeneration({ name: "ask", llm: modelOf(wire.url, given) })
      const distiset = await runPromise(Pipeline("p", {}, from(rows(8)).to(ask).to(failing)), {
        outputDir,
        cacheDir,
        maxErrorRate: 1,
        progress: "plain"
      }).catch((error: unknown) => error)
      write.mockRestore()
      free(shapes(distiset) + told.join(""), "what the run says", given)
      const left = filesOf(outputDir)
      expect(left).toContain("<redacted>")
      expect(left).toContain("request to http://")
      free(left, "the folder of the run", given)
      free(filesOf(cacheDir), "the cache", given)
      const saved = join(folder(), "saved")
      await (distiset as { readonly saveToDisk: (directory: string) => Promise<void> }).saveToDisk(
        saved
      )
      expect(filesOf(saved)).toContain("api-version=2026-01-01")
      free(filesOf(saved), "the saved dataset with its card", given)
      const sent = wire.asked[0]!
      expect(sent.headers).toMatchObject({
        authorization: `Bearer ${given.key}`,
        [given.header[0].toLowerCase()]: given.header[1]
      })
      expect(new URLSearchParams(sent.path.split("?")[1]).get(given.query[0])).toBe(given.query[1])
      expect(sent.body["deep"]).toEqual([{ [given.body[0]]: given.body[1] }])
    }
  })

  it("the error that ends a run does not show it", async () => {
    for (const given of fc.sample(places, { numRuns: 8, seed: 7 })) {
      await using wire = await serve(
        ({ headers, path }, response) =>
          json(response, { error: { message: `Wrong: ${path} ${JSON.stringify(headers)}` } }, 401),
        ({ headers, path }, response) =>
          json(response, { error: { message: `Wrong: ${path} ${JSON.stringify(headers)}` } }, 401)
      )
      const outputDir = folder()
      const error = await runPromise(
        Pipeline(
          "p",
          {},
          from(rows(2)).to(TextGeneration({ name: "ask", llm: modelOf(wire.url, given) }))
        ),
        { outputDir, cacheDir: folder(), progress: "none" }
      ).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(Error)
      free(shapes(error), "the error", given)
      free(filesOf(outputDir), "the folder of the run", given)
    }
  })
})

const asking = (llm: ReturnType<typeof OpenAILLM>) =>
  Pipeline("keyed", {}, from(rows(3)).to(TextGeneration({ name: "ask", llm })))
const url = (base: string, query: string): string =>
  `${base.replace("http://", "http://me:first@")}/v1?${query}`

describe("another secret", () => {
  it("in the address, in the key, in a header or in the body is no other question: nothing is asked again", async () => {
    await using wire = await serve((_, response) => json(response, completion("yes")))
    const settings = { cacheDir: folder(), progress: "none" } as const
    const modelWith = (secret: string) =>
      OpenAILLM({
        model: "m",
        baseUrl: url(wire.url, `code=${secret}&tenant=a`).replace("first", secret),
        apiKey: secret,
        defaultHeaders: { "x-api-key": secret },
        generationKwargs: { extraBody: { user_token: secret } }
      })
    await runPromise(asking(modelWith("first-secret")), settings)
    await runPromise(asking(modelWith("second-secret")), settings)
    expect(wire.asked).toHaveLength(3)
  })

  it("is told from another place: a parameter or a header that opens nothing is part of the question, though it is hidden", async () => {
    await using wire = await serve((_, response) => json(response, completion("yes")))
    const settings = { cacheDir: folder(), progress: "none" } as const
    await runPromise(
      asking(OpenAILLM({ model: "m", baseUrl: url(wire.url, "tenant=a") })),
      settings
    )
    await runPromise(
      asking(OpenAILLM({ model: "m", baseUrl: url(wire.url, "tenant=b") })),
      settings
    )
    expect(wire.asked).toHaveLength(6)
    for (const tenant of ["a", "b"])
      await runPromise(
        asking(
          OpenAILLM({ model: "m", baseUrl: wire.url, defaultHeaders: { "x-tenant": tenant } })
        ),
        settings
      )
    expect(wire.asked).toHaveLength(12)
    const signature = async (tenant: string): Promise<string> =>
      (
        await identifyStep(
          asking(
            OpenAILLM({ model: "m", baseUrl: wire.url, defaultHeaders: { "x-tenant": tenant } })
          ).graph.nodes.get("ask")!.step
        )
      ).signature
    expect(await signature("a")).toBe(await signature("a"))
    expect(await signature("a")).not.toBe(await signature("b"))
  })
})

describe("a document that was saved without its secrets", () => {
  it.each([
    [
      "in the address",
      OpenAILLM({ model: "m", baseUrl: "http://127.0.0.1:9/v1?code=hidden-secret" }),
      "option baseUrl holds *** in the place of a secret",
      "Give option baseUrl whole"
    ],
    [
      "in the address's user",
      OpenAILLM({ model: "m", baseUrl: "http://me:hidden-secret@127.0.0.1:9/v1" }),
      "option baseUrl holds *** in the place of a secret",
      "Give option baseUrl whole"
    ],
    [
      "in a header",
      OpenAILLM({
        model: "m",
        baseUrl: "http://127.0.0.1:9/v1",
        defaultHeaders: { "x-api-key": "hidden-secret" }
      }),
      "header 'x-api-key' holds *** in the place of a secret",
      "Give option defaultHeaders whole, in code"
    ],
    [
      "in the body",
      OpenAILLM({
        model: "m",
        baseUrl: "http://127.0.0.1:9/v1",
        generationKwargs: { extraBody: { user_token: "hidden-secret" } }
      }),
      "'user_token' of generationKwargs holds *** in the place of a secret",
      "Give option generationKwargs whole"
    ]
  ])(
    "loads, and says before anything is sent which option lacks one: %s",
    async (_, llm, detail, fix) => {
      const yaml = await toYamlPromise(asking(llm), { onWarning })
      expect(yaml).toContain("***")
      const loaded = await fromYamlPromise(yaml)
      expect(await toYamlPromise(loaded, { onWarning })).toBe(yaml)
      const error = await runPromise(loaded, {
        cacheDir: folder(),
        progress: "none"
      } as never).catch((thrown: unknown) => thrown)
      expect(String(error)).toContain(detail)
      expect(String(error)).toContain(fix)
    }
  )

  it("runs once its address is given", async () => {
    await using wire = await serve((_, response) => json(response, completion("yes")))
    const yaml = await toYamlPromise(
      asking(OpenAILLM({ model: "m", baseUrl: url(wire.url, "code=hidden-secret") })),
      { onWarning }
    )
    const parameters = { ask: { llm: { baseUrl: url(wire.url, "code=hidden-secret") } } }
    await runPromise(await fromYamlPromise(yaml), {
      cacheDir: folder(),
      progress: "none",
      parameters
    } as never)
    expect(wire.asked.map(({ path }) => path)).toEqual(
      Array.from({ length: 3 }, () => "/v1/chat/completions?code=hidden-secret")
    )
  })

  it("is used with the secrets that it has when it was written by hand", async () => {
    await using wire = await serve((_, response) => json(response, completion("yes")))
    const yaml = await toYamlPromise(
      asking(OpenAILLM({ model: "m", baseUrl: `${wire.url}/v1?version=2` }))
    )
    const loaded = await fromYamlPromise(yaml.replace("version=2", "code=hidden-secret"))
    expect(loaded.warnings.map(({ detail }) => detail).join()).toContain(
      "base_url' holds a secret. It is used, and never written"
    )
    expect(await toYamlPromise(loaded, { onWarning })).toContain("code=***")
    expect(inspect(loaded, { depth: 20 })).not.toContain("hidden-secret")
    await runPromise(loaded, { cacheDir: folder(), progress: "none" } as never)
    expect(wire.asked[0]!.path).toBe("/v1/chat/completions?code=hidden-secret")
  })
})
