/** The three official clients, pointed at a simulator, with their own retries off. */
import { GoogleGenAI } from "@google/genai"
import { Mistral } from "@mistralai/mistralai"
import OpenAI from "openai"
import type { Simulator } from "../../src/simulator/index.ts"

export const openai = (simulator: Simulator, apiKey = "test-key"): OpenAI =>
  new OpenAI({ baseURL: simulator.openaiBaseUrl, apiKey, maxRetries: 0 })

export const mistral = (simulator: Simulator, apiKey = "test-key"): Mistral =>
  new Mistral({ serverURL: simulator.mistralUrl, apiKey, retryConfig: { strategy: "none" } })

export const vertex = (simulator: Simulator, apiKey = "test-key"): GoogleGenAI =>
  new GoogleGenAI({
    vertexai: true,
    project: "project",
    location: "europe-west1",
    httpOptions: { baseUrl: simulator.vertexUrl },
    // the client only ever calls this one method of an auth client
    googleAuthOptions: {
      authClient: {
        getRequestHeaders: async () => new Headers({ authorization: `Bearer ${apiKey}` })
      } as never
    }
  })

/** Asks each provider the same question through its own client and gives the text of the answer. */
export const ask = {
  openai: async (
    simulator: Simulator,
    prompt: string,
    signal?: AbortSignal
  ): Promise<string | null | undefined> => {
    const completion = await openai(simulator).chat.completions.create(
      { model: "model-a", messages: [{ role: "user", content: prompt }] },
      signal === undefined ? {} : { signal }
    )
    return completion.choices[0]?.message.content
  },
  mistral: async (
    simulator: Simulator,
    prompt: string,
    signal?: AbortSignal
  ): Promise<string | null | undefined> => {
    const completion = await mistral(simulator).chat.complete(
      { model: "model-a", messages: [{ role: "user", content: prompt }] },
      signal === undefined ? {} : { fetchOptions: { signal } }
    )
    return completion.choices[0]?.message?.content as string | null | undefined
  },
  vertex: async (
    simulator: Simulator,
    prompt: string,
    signal?: AbortSignal
  ): Promise<string | null | undefined> => {
    const response = await vertex(simulator).models.generateContent({
      model: "model-a",
      contents: prompt,
      ...(signal === undefined ? {} : { config: { abortSignal: signal } })
    })
    return response.text
  }
} as const

export const providers = ["openai", "mistral", "vertex"] as const

/** What a call throws. */
export const failureOf = async (
  call: Promise<unknown>
): Promise<Record<string, unknown> & Error> => {
  try {
    await call
  } catch (error) {
    return error as Record<string, unknown> & Error
  }
  throw new Error("expected a failure, got an answer")
}

/** The HTTP status that a client's error carries, whatever the client calls it. */
export const statusOf = (error: Record<string, unknown>): unknown =>
  error["status"] ?? error["statusCode"]
