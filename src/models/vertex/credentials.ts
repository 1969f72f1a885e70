/** Google's credentials: who signs the requests, and what of a key file must not be shown. */
import type { GoogleGenAI, GoogleGenAIOptions } from "@google/genai"
import * as Redacted from "effect/Redacted"
import type { GoogleCredentials, VertexServerOptions } from "./VertexOptions.ts"

/** The content of the key file that was given. */
export const credentialsOf = ({
  credentials
}: VertexServerOptions): GoogleCredentials | undefined =>
  Redacted.isRedacted(credentials) ? Redacted.value(credentials) : credentials

/**
 * Who signs the requests. A token needs no look-up and no network: the SDK takes anything that
 * gives headers.
 */
export const authOptions = (
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

/** Headers that sign a request, and say whose quota it uses. */
const signing = ["authorization", "x-goog-user-project"] as const

/**
 * The headers that the SDK would sign a request with, for another of Google's services: it makes
 * one, which is not sent.
 */
export const signedHeaders = async (
  client: GoogleGenAI
): Promise<Readonly<Record<string, string>>> => {
  let made = new Headers()
  const keeping = async (_: unknown, init?: RequestInit): Promise<Response> => {
    made = new Headers(init?.headers)
    return Response.json({})
  }
  await client.batches.list({ config: { httpOptions: { fetch: keeping } } })
  return Object.fromEntries(
    signing.flatMap((name) => {
      const value = made.get(name)
      return value === null ? [] : [[name, value]]
    })
  )
}

/** What of a key file must not be shown. */
export const privateKeys = (credentials: GoogleCredentials | undefined): ReadonlyArray<string> =>
  ["private_key", "private_key_id", "client_secret", "refresh_token"].flatMap((name) => {
    const value = credentials?.[name]
    return typeof value === "string" ? [value] : []
  })
