/**
 * Opening a Gemini model on Vertex AI: the SDK over our fetch, and the way from a question to its
 * request.
 */
import type {
  GenerateContentConfig,
  GenerateContentParameters,
  GoogleGenAIOptions
} from "@google/genai"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { diagnosed } from "../asking/Diagnosis.ts"
import { environment, type Setting, settingOf } from "../asking/environment.ts"
import { defaultMaxConcurrency, gateTo } from "../asking/Gate.ts"
import { checkPlace, errorAt, type Place } from "../asking/Place.ts"
import { preflight } from "../asking/preflight.ts"
import { makeClient } from "../asking/ProviderClient.ts"
import { revealed, secretsOf } from "../asking/secrets.ts"
import type { GenerateRequest, LLMClient } from "../chat/LLM.ts"
import type { LLMError } from "../chat/LLMError.ts"
import { rawAnswer } from "../http/rawAnswer.ts"
import { type Fetch, makeFetch } from "../http/undiciFetch.ts"
import { vertexAnswer } from "./vertexAnswer.ts"
import { vertexMessages } from "./vertexMessages.ts"
import type { GoogleCredentials, VertexAIOptions } from "./VertexOptions.ts"

/** Where the model is asked, and who says so. */
export const vertexAddress = (options: VertexAIOptions): Setting =>
  settingOf("baseUrl", options.baseUrl, "GOOGLE_VERTEX_BASE_URL", hostOf(locationOf(options)))

const locationOf = ({ location }: VertexAIOptions): string =>
  settingOf("location", location, "GOOGLE_CLOUD_LOCATION", "global").value

/** Connects to a Gemini model on Vertex AI. */
export const openVertex = (
  options: VertexAIOptions
): Effect.Effect<LLMClient, LLMError, Scope.Scope> =>
  Effect.gen(function* () {
    const { maxConcurrency = defaultMaxConcurrency } = options
    const project = options.project ?? environment("GOOGLE_CLOUD_PROJECT")
    const location = locationOf(options)
    const address = vertexAddress(options)
    const token = revealed(options.accessToken)
    const credentials = Redacted.isRedacted(options.credentials)
      ? Redacted.value(options.credentials)
      : options.credentials
    const place: Place = {
      llm: "VertexAILLM",
      model: options.model,
      baseUrl: address.value,
      urlOption: "baseUrl",
      urlFrom: address.from,
      giveKey:
        "run 'gcloud auth application-default login', or set GOOGLE_APPLICATION_CREDENTIALS, option credentials or option accessToken",
      secrets: [...secretsOf(token, address.value), ...privateKeys(credentials)]
    }
    yield* checkPlace(place, token, { generationKwargs: options.generationKwargs })
    if (project === undefined && /(^|\.)googleapis\.com$/.test(new URL(address.value).hostname)) {
      const giveKey = "set GOOGLE_CLOUD_PROJECT or option project"
      return yield* errorAt(
        { ...place, giveKey },
        { reason: "MissingApiKey", detail: "no Google Cloud project is named" },
        { attempts: 0 }
      )
    }
    const gate = yield* gateTo(place, options)
    const fetch = yield* makeFetch(address.value, maxConcurrency, gate.heed)
    const { GoogleGenAI } = yield* Effect.promise(() => import("@google/genai"))
    const client = new GoogleGenAI({
      vertexai: true,
      ...(project === undefined ? {} : { project }),
      location,
      googleAuthOptions: authOptions(token, credentials),
      httpOptions: { baseUrl: address.value, apiVersion: "v1", fetch }
    })
    const ask = (request: GenerateRequest) =>
      diagnosed(async (signal) => {
        const parameters = parametersOf(options.model, request, signal)
        // The plain response: the SDK keeps only what it knows of an answer, and nothing of an error with status 200.
        const send = (keeping: Fetch): Promise<unknown> => {
          const asked = {
            ...parameters,
            config: { ...parameters.config, httpOptions: { fetch: keeping } }
          }
          return options.stream === true
            ? client.models.generateContentStream(asked)
            : client.models.generateContent(asked)
        }
        return vertexAnswer(await rawAnswer(fetch, send))
      })
    if (options.preflight !== false) {
      yield* preflight(
        place,
        async (signal) => {
          await client.models.get({ model: options.model, config: { abortSignal: signal } })
        },
        {
          modelMayHide: true,
          ask: ({ messages, numGenerations }) =>
            ask({ messages, numGenerations, generationKwargs: { maxOutputTokens: 1 } })
        }
      )
    }
    return yield* makeClient({ ...options, place, gate, takesNumGenerations: false, ask })
  })

const hostOf = (location: string): string => {
  if (location === "global") return "https://aiplatform.googleapis.com"
  if (location === "us" || location === "eu")
    return `https://aiplatform.${location}.rep.googleapis.com`
  return `https://${location}-aiplatform.googleapis.com`
}

/**
 * Who signs the requests. A token needs no look-up and no network: the SDK takes anything that
 * gives headers.
 */
const authOptions = (
  token: string | undefined,
  credentials: GoogleCredentials | undefined
): GoogleGenAIOptions["googleAuthOptions"] & {} => {
  const own =
    token === undefined
      ? credentials === undefined
        ? {}
        : { credentials }
      : {
          authClient: {
            getRequestHeaders: async () => new Headers({ authorization: `Bearer ${token}` })
          }
        }
  return own as unknown as GoogleGenAIOptions["googleAuthOptions"] & {}
}

/** What of a key file must not be shown. */
const privateKeys = (credentials: GoogleCredentials | undefined): ReadonlyArray<string> =>
  ["private_key", "private_key_id", "client_secret", "refresh_token"].flatMap((name) => {
    const value = credentials?.[name]
    return typeof value === "string" ? [value] : []
  })

const parametersOf = (
  model: string,
  request: GenerateRequest,
  abortSignal: AbortSignal
): GenerateContentParameters => {
  const { contents, systemInstruction } = vertexMessages(request.messages)
  const { structuredOutput } = request
  const config = {
    ...(request.generationKwargs as GenerateContentConfig),
    ...(systemInstruction === undefined ? {} : { systemInstruction }),
    ...(structuredOutput === undefined
      ? {}
      : { responseMimeType: "application/json", responseJsonSchema: structuredOutput.schema }),
    abortSignal
  }
  return { model, contents, config }
}
