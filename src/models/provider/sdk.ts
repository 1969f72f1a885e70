/** SDKs: how they are made so that they do nothing by themselves, and how they are asked. */
import type * as Effect from "effect/Effect"
import { diagnosed, type Diagnosis } from "../asking/Diagnosis.ts"
import type { Fetch } from "../http/Fetch.ts"
import { neverMs } from "../http/undiciFetch.ts"
import type { Server } from "./ProviderDefinition.ts"

/** What servers get that want no key; SDKs insist on one. */
export const noKey = "EMPTY"

/** Options of OpenAI's SDK and of its likes: retries and timeouts are ours. */
export const sdkOptions = ({
  fetch,
  headers,
  key = noKey,
  url
}: Omit<Server<never>, "options" | "fetch"> & { readonly fetch: Fetch }) => ({
  baseURL: url,
  apiKey: key,
  defaultHeaders: headers,
  maxRetries: 0,
  timeout: neverMs,
  fetch
})

/**
 * Asks by a request whose plain response is read here: what is no JSON, or no answer, is ours to
 * explain.
 */
export const asking =
  <Request, Answer>(
    send: (request: Request, signal: AbortSignal) => PromiseLike<Response | string>,
    read: (text: string, request: Request) => Answer
  ) =>
  (request: Request): Effect.Effect<Answer, Diagnosis> =>
    diagnosed(async (signal) => {
      const response = await send(request, signal)
      return read(typeof response === "string" ? response : await response.text(), request)
    })
