/** Vertex AI, whatever its models are asked for: its address, its credentials, its SDK. */
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import { environment, settingOf } from "../asking/environment.ts"
import type { Connection, ProviderOptions, Server } from "../provider/ProviderDefinition.ts"
import { authOptions, credentialsOf, privateKeys } from "./credentials.ts"
import type { VertexServerOptions } from "./VertexOptions.ts"

const projectOf = ({ project }: VertexServerOptions): string | undefined =>
  project ?? environment("GOOGLE_CLOUD_PROJECT")

const locationOf = ({ location }: VertexServerOptions): string =>
  settingOf("location", location, "GOOGLE_CLOUD_LOCATION", "global").value

const hostOf = (location: string): string => {
  if (location === "global") return "https://aiplatform.googleapis.com"
  if (location === "us" || location === "eu")
    return `https://aiplatform.${location}.rep.googleapis.com`
  return `https://${location}-aiplatform.googleapis.com`
}

/** What all of its models have in common. */
export const vertexHome = {
  name: "Vertex AI",
  providerId: "gcp.vertex_ai",
  hosts: /(^|\.)(googleapis|google)\.com$/,
  priceId: "google",
  address: {
    option: "baseUrl",
    variable: "GOOGLE_VERTEX_BASE_URL",
    fallback: (options: VertexServerOptions) => hostOf(locationOf(options))
  },
  key: {
    option: "accessToken",
    headers: /^authorization$/i,
    give: "run 'gcloud auth application-default login', or set GOOGLE_APPLICATION_CREDENTIALS, option credentials or option accessToken"
  },
  conceal: ({ credentials }: VertexServerOptions): Pick<VertexServerOptions, "credentials"> =>
    credentials === undefined || Redacted.isRedacted(credentials)
      ? {}
      : { credentials: Redacted.make(credentials) },
  secretsOf: (options: VertexServerOptions) => privateKeys(credentialsOf(options)),
  missing: (options: VertexServerOptions, isHome: boolean) =>
    isHome && projectOf(options) === undefined
      ? {
          detail: "no Google Cloud project is named",
          give: "set GOOGLE_CLOUD_PROJECT or option project"
        }
      : undefined
} as const

/** What documents say of where its models are asked. */
export const vertexFields = [
  { key: "project", holds: Schema.String, python: false },
  { key: "location", holds: Schema.String, python: false },
  { key: "base_url", holds: Schema.String, python: false },
  { key: "access_token", holds: "secret", python: true }
] as const

/** The SDK's client, clients elsewhere, and how to look a model up. */
export const openVertex = async (
  {
    fetch,
    key,
    options,
    url
  }: Server<ProviderOptions & VertexServerOptions & { readonly model: string }>,
  type: string
) => {
  const { GoogleGenAI } = await import("@google/genai").catch(
    optionalPackage("@google/genai", type)
  )
  const clientIn = (project: string | undefined, location: string) =>
    new GoogleGenAI({
      vertexai: true,
      ...(project === undefined ? {} : { project }),
      location,
      googleAuthOptions: authOptions(key, credentialsOf(options)),
      httpOptions: { baseUrl: url, apiVersion: "v1", fetch }
    })
  const client = clientIn(projectOf(options), locationOf(options))
  const lookup: Connection["lookup"] = {
    look: (signal) => client.models.get({ model: options.model, config: { abortSignal: signal } }),
    modelMayHide: true
  }
  return { client, clientIn, lookup }
}
