/**
 * What every provider of chats must do, over its real SDK: a list of behaviours, each with a check,
 * and what of it a provider's API has no word for. The test runs all of it, and `npm run docs`
 * writes the table of docs/models.md.
 */
import { gzipSync } from "node:zlib"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { expect, vi } from "vitest"
import * as library from "../../src/index.ts"
import type { LLM } from "../../src/models/chat/LLM.ts"
import { services as compatible } from "../../src/models/compatible/services.ts"
import { liteLLM } from "../../src/models/liteLLM/LiteLLM.ts"
import { type Fault, startSimulator, type Simulator } from "../../src/simulator/index.ts"
import { ask, asking, at, failure, kinds, type Options } from "./asking.ts"
import { type Answer, type Body, completion, good, json, serve } from "./wire.ts"

type More = Readonly<Record<string, unknown>>

/** A provider: how its models are made at an address, and what a good answer looks like there. */
interface Provider {
  readonly type: string
  readonly make: (url: string, options?: Options & More) => LLM
  /** Its address at a simulator. */
  readonly simulated: (simulator: Simulator) => string
  readonly good: (text: string) => object
  /** An answer with thoughts, cached tokens and tokens that thoughts took. */
  readonly thinking: (text: string, thought: string) => object
  /** The variable of the environment that holds its key. */
  readonly key: string | undefined
}

const thinkingChat = (text: string, thought: string) =>
  completion("", {
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: text, reasoning_content: thought },
        finish_reason: "stop"
      }
    ],
    usage: { prompt_tokens: 30, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 16 } }
  })

const thinkingGemini = (text: string, thought: string) => ({
  candidates: [
    { content: { parts: [{ text: thought, thought: true }, { text }] }, finishReason: "STOP" }
  ],
  usageMetadata: { promptTokenCount: 30, candidatesTokenCount: 5, cachedContentTokenCount: 16 }
})

const thinking: Readonly<Record<(typeof kinds)[number], Provider["thinking"]>> = {
  openai: thinkingChat,
  mistral: (text, thought) =>
    completion("", {
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            content: [
              { type: "thinking", thinking: [{ type: "text", text: thought }] },
              { type: "text", text }
            ]
          },
          finish_reason: "stop"
        }
      ],
      usage: {
        prompt_tokens: 30,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 16 }
      }
    }),
  vertex: thinkingGemini,
  gemini: thinkingGemini,
  anthropic: (text, thought) => ({
    ...good.anthropic(""),
    content: [
      { type: "thinking", thinking: thought, signature: "x" },
      { type: "text", text }
    ],
    usage: { input_tokens: 14, cache_read_input_tokens: 16, output_tokens: 5 }
  }),
  cohere: (text, thought) => ({
    ...good.cohere(""),
    message: {
      role: "assistant",
      content: [
        { type: "thinking", thinking: thought },
        { type: "text", text }
      ]
    },
    usage: { billed_units: { input_tokens: 30, output_tokens: 5 }, cached_tokens: 16 }
  }),
  ollama: (text, thought) => ({
    ...good.ollama(""),
    message: { role: "assistant", content: text, thinking: thought }
  })
}

const variables = {
  openai: "OPENAI_API_KEY",
  mistral: "MISTRAL_API_KEY",
  vertex: undefined,
  gemini: "GEMINI_API_KEY",
  anthropic: "ANTHROPIC_API_KEY",
  cohere: "COHERE_API_KEY",
  ollama: undefined
} as const

const types = {
  openai: "OpenAILLM",
  mistral: "MistralLLM",
  vertex: "VertexAILLM",
  gemini: "GeminiLLM",
  anthropic: "AnthropicLLM",
  cohere: "CohereLLM",
  ollama: "OllamaLLM"
} as const

type Make = (options: More) => LLM

const made = (type: string, path: string, key: string | undefined): Provider => ({
  type,
  make: (url, { apiKey = "test-key", model = "model-a", ...options } = {}) =>
    (library as unknown as Readonly<Record<string, Make>>)[type]!({
      model,
      apiKey,
      baseUrl: `${url}${path}`,
      ...options
    }),
  simulated: ({ url }) => url,
  good: (text) => completion(text),
  thinking: thinkingChat,
  key
})

export const providers: ReadonlyArray<Provider> = [
  ...kinds.map((kind): Provider => ({
    type: types[kind],
    make: at[kind],
    simulated: ({ url }) => url,
    good: good[kind] as Provider["good"],
    thinking: thinking[kind],
    key: variables[kind]
  })),
  made("AzureOpenAILLM", "", "AZURE_OPENAI_API_KEY"),
  made("InferenceEndpointsLLM", "/v1", "HF_TOKEN"),
  ...[...compatible, liteLLM].map(({ type }) => made(type, "/v1", undefined))
]

/** One thing that a provider does. */
interface Behaviour {
  readonly name: string
  /** Why a provider's API has no word for it. */
  readonly lacks?: Readonly<Record<string, string>>
  readonly check: (provider: Provider) => Promise<void>
}

const inWords = "a refusal is an answer in words there"

const question = "Name a river in Peru."

const person = {
  type: "object",
  properties: { name: { type: "string" }, age: { type: "integer" } },
  required: ["name", "age"],
  additionalProperties: false
}

const atSimulator = async (
  provider: Provider,
  check: (url: string, simulator: Simulator) => Promise<void>,
  options: Parameters<typeof startSimulator>[0] = {}
): Promise<void> => {
  await using simulator = await startSimulator(options)
  await check(provider.simulated(simulator), simulator)
}

/** Answers once in another way, then well. */
const onceThenGood =
  ({ good: answer }: Provider, first: Answer): Answer =>
  (arrived, response, index) =>
    index === 0 ? first(arrived, response, index) : json(response, answer("The Ucayali."))

const isAskedAgain = async (provider: Provider, first: Answer): Promise<void> => {
  await using wire = await serve(onceThenGood(provider, first))
  const { generations } = await ask(provider.make(wire.url, { maxRetries: 1 }), question)
  expect(generations).toEqual(["The Ucayali."])
  expect(wire.asked).toHaveLength(2)
}

const survives =
  (fault: Fault) =>
  (provider: Provider): Promise<void> =>
    atSimulator(
      provider,
      async (url, simulator) => {
        const { generations } = await ask(provider.make(url, { maxRetries: 1 }), question)
        expect(generations).toEqual([expect.stringMatching(/\w/)])
        expect(simulator.stats()).toMatchObject({ requests: 2, answered: 1 })
      },
      { faults: [fault] }
    )

export const behaviours: ReadonlyArray<Behaviour> = [
  {
    name: "answers, with the tokens that the server counted",
    check: (provider) =>
      atSimulator(provider, async (url, simulator) => {
        const output = await ask(provider.make(url), question)
        const { inputTokens, outputTokens } = simulator.stats()
        expect(output).toEqual({
          generations: [expect.stringMatching(/\w/)],
          finishReasons: ["stop"],
          statistics: { input_tokens: [inputTokens], output_tokens: [outputTokens] }
        })
      })
  },
  {
    name: "several answers to a question",
    check: (provider) =>
      atSimulator(provider, async (url) => {
        const { generations } = await ask(provider.make(url), question, { numGenerations: 3 })
        expect(generations).toHaveLength(3)
      })
  },
  {
    name: "the same answer as a stream",
    check: (provider) =>
      atSimulator(provider, async (url) => {
        expect(await ask(provider.make(url, { stream: true }), question)).toEqual(
          await ask(provider.make(url), question)
        )
      })
  },
  {
    name: "a stream that breaks off is asked for again",
    check: (provider) =>
      atSimulator(
        provider,
        async (url, simulator) => {
          await ask(provider.make(url, { stream: true, maxRetries: 1 }), question)
          expect(simulator.stats()).toMatchObject({ requests: 2, byFault: { "cut-body": 1 } })
        },
        { faults: [{ kind: "cut-body", share: 1 }] }
      )
  },
  {
    name: "JSON schemas",
    check: (provider) =>
      atSimulator(provider, async (url) => {
        const { generations } = await ask(provider.make(url), "Make up a person.", {
          structuredOutput: { name: "person", schema: person }
        })
        expect(JSON.parse(generations[0] ?? "")).toEqual({
          name: expect.any(String),
          age: expect.any(Number)
        })
      })
  },
  {
    name: "tools",
    check: (provider) =>
      atSimulator(provider, async (url) => {
        const llm = provider.make(url)
        const tool = { name: "look_up", parameters: person }
        const { answers } = await Effect.runPromise(
          Effect.scoped(
            Effect.flatMap(llm.open, (client) =>
              client.generate({
                messages: [{ role: "user", content: question }],
                numGenerations: 1,
                generationKwargs: {},
                tools: [tool]
              })
            )
          )
        )
        expect(answers).toMatchObject([{ finishReason: "tool", toolCalls: [{ name: "look_up" }] }])
      })
  },
  {
    name: "images",
    check: async (provider) => {
      await using wire = await serve((_, response) => json(response, provider.good("A river.")))
      await ask(provider.make(wire.url), [
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image_url", image_url: { url: "data:image/png;base64,QUJDRA==" } }
          ]
        }
      ])
      expect(JSON.stringify(wire.asked[0]!.body)).toContain("QUJDRA==")
    }
  },
  {
    name: "thoughts told apart",
    check: async (provider) => {
      await using wire = await serve((_, response) =>
        json(response, provider.thinking("The Ucayali.", "Rivers, then."))
      )
      expect(await ask(provider.make(wire.url), question)).toMatchObject({
        generations: ["The Ucayali."],
        reasonings: ["Rivers, then."]
      })
    }
  },
  {
    name: "tokens from the provider's cache",
    lacks: { OllamaLLM: "its API counts none" },
    check: async (provider) => {
      await using wire = await serve((_, response) =>
        json(response, provider.thinking("The Ucayali.", "Rivers, then."))
      )
      expect((await ask(provider.make(wire.url), question)).statistics).toMatchObject({
        input_tokens: [30],
        cached_tokens: [16]
      })
    }
  },
  {
    name: "cut answers are marked",
    check: (provider) =>
      atSimulator(provider, async (url) => {
        const llm = provider.make(url, { generationKwargs: { maxNewTokens: 3 } })
        expect((await ask(llm, question)).finishReasons).toEqual(["length"])
      })
  },
  {
    name: "refusals",
    lacks: { OllamaLLM: inWords, CohereLLM: inWords },
    check: (provider) =>
      atSimulator(
        provider,
        async (url) =>
          expect(await failure(provider.make(url), question)).toMatchObject({ reason: "Refused" }),
        { faults: [{ kind: "refusal", share: 1, permanent: true }] }
      )
  },
  {
    name: "rate limits, with Retry-After",
    check: (provider) =>
      isAskedAgain(provider, (_, response) =>
        json(response, { error: { message: "slow down" } }, 429, { "retry-after-ms": "50" })
      )
  },
  {
    name: "server errors",
    check: survives({ kind: "server-error", share: 1 })
  },
  {
    name: "lost connections",
    check: survives({ kind: "reset", share: 1 })
  },
  {
    name: "a web page in the place of an answer",
    check: survives({ kind: "invalid-json", share: 1 })
  },
  {
    name: "an error with status 200",
    check: (provider) =>
      isAskedAgain(provider, (_, response) =>
        json(response, { error: { code: 503, message: "overloaded" } })
      )
  },
  {
    name: "compressed answers",
    check: async (provider) => {
      await using wire = await serve((_, response) => {
        response.writeHead(200, {
          "content-type": "application/json",
          "content-encoding": "gzip"
        })
        response.end(gzipSync(JSON.stringify(provider.good("The Ucayali."))))
      })
      expect((await ask(provider.make(wire.url), question)).generations).toEqual(["The Ucayali."])
    }
  },
  {
    name: "a question that is left is aborted on the wire",
    check: (provider) =>
      atSimulator(
        provider,
        async (url, simulator) => {
          const fiber = Effect.runFork(asking(provider.make(url), question))
          await expect.poll(() => simulator.stats().inFlight).toBe(1)
          await Effect.runPromise(Fiber.interrupt(fiber))
          await expect.poll(() => simulator.stats()).toMatchObject({ aborted: 1, inFlight: 0 })
        },
        { faults: [{ kind: "hang", share: 1, permanent: true }] }
      )
  },
  {
    name: "names the model that was meant",
    lacks: {
      AzureOpenAILLM: "deployments are not listed there",
      VertexAILLM: "Google lets no one list all models"
    },
    check: (provider) =>
      atSimulator(
        provider,
        async (url) =>
          expect(await failure(provider.make(url, { model: "amazonas-2" }))).toMatchObject({
            reason: "ModelNotFound",
            fix: expect.stringContaining("Did you mean 'amazonas-1'?") as string
          }),
        { models: ["amazonas-1"] }
      )
  },
  {
    name: "says where a key may stand, before anything is sent",
    lacks: { OllamaLLM: "there is none", LiteLLM: "a proxy need not have one" },
    check: async ({ key, type }) => {
      const make = (library as unknown as Readonly<Record<string, Make>>)[type]!
      for (const name of Object.keys(process.env).filter((each) => /API_KEY|TOKEN/.test(each)))
        vi.stubEnv(name, undefined)
      // Where no key is missing, the way to Google's credentials is.
      const error = await failure(
        make({
          model: "m",
          ...(type === "AzureOpenAILLM" ? { baseUrl: "https://x.openai.azure.com" } : {})
        })
      )
      vi.unstubAllEnvs()
      expect(error).toMatchObject({ reason: "MissingApiKey", attempts: 0 })
      if (key !== undefined) expect(error.fix).toContain(key)
    }
  },
  {
    name: "keys appear in no message",
    check: async (provider) => {
      const apiKey = "sk-very-secret-key-0123456789"
      await using wire = await serve(({ headers }, response) =>
        json(response, { error: { message: `bad key: ${JSON.stringify(headers)}` } }, 401)
      )
      const error = await failure(provider.make(wire.url, { apiKey }), question)
      expect(error.reason).toBe("Unauthorized")
      expect(JSON.stringify([error, error.message])).not.toContain(apiKey)
    }
  },
  {
    name: "sends only what was set",
    check: async (provider) => {
      await using wire = await serve((_, response) => json(response, provider.good("Hi.")))
      await ask(provider.make(wire.url), question)
      const known = new Set([
        "model",
        "messages",
        "contents",
        "stream",
        // Anthropic's API takes no request without a limit; Gemini's SDK sends an empty configuration.
        "max_tokens",
        "generationConfig",
        "safePrompt",
        "safe_prompt"
      ])
      const body: Body = wire.asked[0]!.body
      expect(Object.keys(body).filter((field) => !known.has(field))).toEqual([])
    }
  }
]
