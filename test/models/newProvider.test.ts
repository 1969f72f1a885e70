/** How little a provider takes: one that speaks chat completions, made here and asked. */
import { readFileSync } from "node:fs"
import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import { SecretParameter, sharedParameters } from "../../src/models/asking/modelOptions.ts"
import type { LLM } from "../../src/models/chat/LLM.ts"
import {
  ChatCompletionsKwargs,
  pythonChatKwargs
} from "../../src/models/chatCompletions/chatKwargs.ts"
import { connectChatCompletions } from "../../src/models/chatCompletions/connect.ts"
import { defineProvider } from "../../src/models/provider/defineProvider.ts"
import { serverFields } from "../../src/models/provider/ModelDocument.ts"
import { apiKeyIn, type ProviderOptions } from "../../src/models/provider/ProviderDefinition.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { ask, failure } from "./asking.ts"

// begin
interface GroqOptions extends ProviderOptions {
  readonly baseUrl?: string
  readonly apiKey?: string
}

const groq = defineProvider<GroqOptions>({
  type: "GroqLLM",
  name: "Groq",
  providerId: "groq",
  hosts: /(^|\.)groq\.com$/,
  priceId: "groq",
  parameters: Schema.Struct({
    generationKwargs: Schema.optionalKey(ChatCompletionsKwargs),
    baseUrl: Schema.optionalKey(Schema.String),
    apiKey: Schema.optionalKey(SecretParameter),
    ...sharedParameters
  }),
  address: {
    option: "baseUrl",
    variable: "GROQ_BASE_URL",
    fallback: () => "https://api.groq.com/openai/v1"
  },
  key: apiKeyIn("GROQ_API_KEY"),
  document: {
    pythonKwargs: pythonChatKwargs,
    fields: serverFields(),
    pythonShares: ["max_retries", "timeout", "structured_output"]
  },
  connect: (server) => connectChatCompletions(server)
})

const GroqLLM = (options: GroqOptions): LLM => groq.describe(options)
// end

it("is a provider of chat completions in less than 40 lines", async () => {
  await using simulator = await startSimulator({ models: ["llama"] })
  const at = { baseUrl: simulator.openaiBaseUrl, apiKey: "test-key" }
  expect((await ask(GroqLLM({ model: "llama", ...at }), "Name a colour")).generations[0]).toMatch(
    /\w/
  )
  expect(await failure(GroqLLM({ model: "lama", ...at }))).toMatchObject({
    llm: "GroqLLM",
    reason: "ModelNotFound",
    fix: expect.stringContaining("Did you mean 'llama'?")
  })
  expect(await failure(GroqLLM({ model: "llama" }))).toMatchObject({
    reason: "MissingApiKey",
    fix: "Set GROQ_API_KEY or option apiKey."
  })
  const own = /\/\/ begin\n([^]*)\/\/ end/.exec(readFileSync(import.meta.filename, "utf8"))![1]!
  expect(
    own
      .trim()
      .split("\n")
      .filter((line) => line.trim() !== "").length
  ).toBeLessThan(40)
})
