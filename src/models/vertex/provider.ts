/** Vertex AI: what it brings to Gemini models. */
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import { diagnosed } from "../asking/Diagnosis.ts"
import { environment, settingOf } from "../asking/environment.ts"
import { rawAnswer } from "../http/rawAnswer.ts"
import type { Fetch } from "../http/undiciFetch.ts"
import { defineProvider } from "../provider/defineProvider.ts"
import { offlineBatches } from "../provider/ModelDocument.ts"
import type { Connection, Server } from "../provider/ProviderDefinition.ts"
import { authOptions, credentialsOf, privateKeys } from "./credentials.ts"
import { vertexAnswer } from "./vertexAnswer.ts"
import {
  VertexAIGenerationKwargs,
  type VertexAIOptions,
  VertexAIParameters
} from "./VertexOptions.ts"
import { vertexRequest } from "./vertexRequest.ts"

const projectOf = ({ project }: VertexAIOptions): string | undefined =>
  project ?? environment("GOOGLE_CLOUD_PROJECT")

const locationOf = ({ location }: VertexAIOptions): string =>
  settingOf("location", location, "GOOGLE_CLOUD_LOCATION", "global").value

const hostOf = (location: string): string => {
  if (location === "global") return "https://aiplatform.googleapis.com"
  if (location === "us" || location === "eu")
    return `https://aiplatform.${location}.rep.googleapis.com`
  return `https://${location}-aiplatform.googleapis.com`
}

const connect = async ({
  fetch,
  key,
  options,
  url
}: Server<VertexAIOptions>): Promise<Connection> => {
  const { model, stream = false } = options
  const project = projectOf(options)
  const { GoogleGenAI } = await import("@google/genai").catch(
    optionalPackage("@google/genai", "VertexAILLM")
  )
  const client = new GoogleGenAI({
    vertexai: true,
    ...(project === undefined ? {} : { project }),
    location: locationOf(options),
    googleAuthOptions: authOptions(key, credentialsOf(options)),
    httpOptions: { baseUrl: url, apiVersion: "v1", fetch }
  })
  return {
    ask: (request) =>
      diagnosed(async (signal) => {
        const parameters = vertexRequest(model, request, signal)
        // The plain response: the SDK keeps only what it knows of an answer, and nothing of an error with status 200.
        const send = (keeping: Fetch): Promise<unknown> => {
          const asked = {
            ...parameters,
            config: { ...parameters.config, httpOptions: { fetch: keeping } }
          }
          return stream
            ? client.models.generateContentStream(asked)
            : client.models.generateContent(asked)
        }
        return vertexAnswer(await rawAnswer(fetch, send))
      }),
    lookup: {
      look: (signal) => client.models.get({ model, config: { abortSignal: signal } }),
      modelMayHide: true
    }
  }
}

export const vertexAI = defineProvider<VertexAIOptions>({
  type: "VertexAILLM",
  name: "Vertex AI",
  providerId: "gcp.vertex_ai",
  hosts: /(^|\.)(googleapis|google)\.com$/,
  priceId: "google",
  parameters: VertexAIParameters,
  address: {
    option: "baseUrl",
    variable: "GOOGLE_VERTEX_BASE_URL",
    fallback: (options) => hostOf(locationOf(options))
  },
  key: {
    option: "accessToken",
    headers: /^authorization$/i,
    give: "run 'gcloud auth application-default login', or set GOOGLE_APPLICATION_CREDENTIALS, option credentials or option accessToken"
  },
  otherNames: { maxNewTokens: "maxOutputTokens" },
  conceal: ({ credentials }) =>
    credentials === undefined || Redacted.isRedacted(credentials)
      ? {}
      : { credentials: Redacted.make(credentials) },
  rareFormats: () => ({
    taken: ["choices"],
    fix: "Give choices or a JSON schema: { name, schema }."
  }),
  secretsOf: (options) => privateKeys(credentialsOf(options)),
  missing: (options, isHome) =>
    isHome && projectOf(options) === undefined
      ? {
          detail: "no Google Cloud project is named",
          give: "set GOOGLE_CLOUD_PROJECT or option project"
        }
      : undefined,
  notInDocuments: ["credentials"],
  document: {
    kwargs: VertexAIGenerationKwargs,
    pythonKwargs: [
      "temperature",
      "top_p",
      "top_k",
      "max_output_tokens",
      "stop_sequences",
      "safety_settings",
      "tools"
    ],
    fields: [
      { key: "project", holds: Schema.String, python: false },
      { key: "location", holds: Schema.String, python: false },
      { key: "base_url", holds: Schema.String, python: false },
      { key: "access_token", holds: "secret", python: true }
    ],
    pythonShares: [],
    ignores: offlineBatches
  },
  connect
})
