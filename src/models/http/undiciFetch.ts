// oxlint-disable-next-line typescript/triple-slash-reference -- who follows the import must find the declaration too
/// <reference path="./undiciAgents.d.ts" />
/**
 * The fetch under the SDKs: undici's dispatch with a plain handler, a third of what WHATWG fetch
 * costs.
 *
 * It is what the SDKs need and no more: whole bodies both ways, streams read to their
 * end, no redirects, no cookies. An answer that is no success becomes an `HttpFailure`, whatever
 * the SDK would have made of it.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Dispatcher } from "undici"
import { AnswerHandler, type Heed } from "./AnswerHandler.ts"
import { acceptedEncodings } from "./contentEncoding.ts"
import type { Fetch, Post, PreparingFetch } from "./Fetch.ts"
import { TextResponse } from "./TextResponse.ts"

/** Later than any timeout of ours: attempts are timed outside the SDKs. */
export const neverMs = 2 ** 31 - 1

/** A fetch with its own connections, at most `connections` for each host, torn down with the scope. */
export const makeFetch = (
  baseUrl: string,
  connections: number,
  heed: Heed = () => {}
): Effect.Effect<PreparingFetch, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => makeDispatcher(baseUrl, connections)),
    (dispatcher) => Effect.promise(() => dispatcher.destroy())
  ).pipe(
    Effect.map((dispatcher) =>
      Object.assign(fetchBy(dispatcher, heed), {
        prepared: (url: string, headers: Iterable<readonly [string, string]>) =>
          postBy(dispatcher, heed, url, headers)
      })
    )
  )

const fetchBy =
  (dispatcher: Dispatcher, heed: Heed): Fetch =>
  async (input, init) => {
    // Some SDKs give a Request, the others a URL with its options.
    if (!(input instanceof Request)) {
      const { body, headers } = await bodyOf(init)
      return await exchange(
        dispatcher,
        heed,
        String(input),
        init?.method,
        headers,
        body,
        init?.signal
      )
    }
    const body = input.body === null ? undefined : await input.text()
    return await exchange(
      dispatcher,
      heed,
      input.url,
      input.method,
      input.headers,
      body,
      input.signal
    )
  }

/** What is sent: a text, or the parts of a form, which name their border in a header. */
const bodyOf = async (init: RequestInit | undefined) => {
  const { body, headers } = init ?? {}
  if (!(body instanceof FormData)) return { body: body as string | undefined, headers }
  const form = new Response(body)
  const all = headers instanceof Headers ? headers : new Headers(headers)
  all.set("content-type", form.headers.get("content-type")!)
  return { body: Buffer.from(await form.arrayBuffer()), headers: all }
}

const proxyVariables = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"]

const makeDispatcher = async (baseUrl: string, connections: number): Promise<Dispatcher> => {
  // No timeouts of its own: Effect's timeout covers a whole attempt. HTTP/1.1, so that connections are what the limit counts.
  const options = { connections, headersTimeout: 0, bodyTimeout: 0, allowH2: false }
  const proxied =
    proxyVariables.some((name) => (process.env[name] ?? "") !== "") && !isLoopback(baseUrl)
  // The agents' own files: loading all of undici, with its caches, cookies and sockets, takes 80 ms longer.
  if (!proxied) return (await import("./ConnectionPool.ts")).makeAgent(options)
  const { default: ProxyAgent } = await import("undici/lib/dispatcher/env-http-proxy-agent.js")
  return new ProxyAgent(options)
}

/** Whether the host is this machine. */
const isLoopback = (url: string): boolean =>
  URL.canParse(url) &&
  /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname)

const exchange = (
  dispatcher: Dispatcher,
  heed: Heed,
  url: string,
  method: string | undefined,
  headers: RequestInit["headers"],
  body: string | Buffer | undefined,
  signal: AbortSignal | null | undefined
): Promise<Response> =>
  new Promise((resolve, reject) => {
    const { origin, pathname, search } = new URL(url)
    const abort = (): void => handler.abort(signal?.reason)
    const left = (): void => signal?.removeEventListener("abort", abort)
    const handler = new AnswerHandler(
      heed,
      (bytes, status, answered) => {
        left()
        resolve(new TextResponse(url, status, answered, bytes) as unknown as Response)
      },
      (error) => {
        left()
        reject(error)
      }
    )
    signal?.addEventListener("abort", abort)
    if (signal?.aborted === true) abort()
    dispatcher.dispatch(
      {
        origin,
        path: pathname + search,
        method: method ?? "GET",
        headers: withEncodings(headers),
        body: body ?? null
      },
      handler
    )
  })

/** What every request has in common is worked out once. */
const postBy = (
  dispatcher: Dispatcher,
  heed: Heed,
  url: string,
  headers: Iterable<readonly [string, string]>
): Post => {
  const { origin, pathname, search } = new URL(url)
  const path = pathname + search
  const all = [...headers, ["accept-encoding", acceptedEncodings] as const].flat()
  return (body, answered, failed) => {
    const handler = new AnswerHandler(heed, (bytes) => answered(bytes.toString()), failed)
    dispatcher.dispatch({ origin, path, method: "POST", headers: all, body }, handler)
    return () => handler.abort(new Error("aborted"))
  }
}

const withEncodings = (headers: RequestInit["headers"]): Iterable<[string, string]> => {
  const all = headers instanceof Headers ? headers : new Headers(headers)
  all.set("accept-encoding", acceptedEncodings)
  return all
}
