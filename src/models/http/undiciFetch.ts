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
import { acceptedEncodings, decoded } from "./contentEncoding.ts"
import { connectionFailure, HttpFailure } from "./HttpFailure.ts"
import { TextResponse } from "./TextResponse.ts"

/** Later than any timeout of ours: attempts are timed outside the SDKs. */
export const neverMs = 2 ** 31 - 1

/** The signature that all SDKs take. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** Is shown the headers of every response. */
type Heed = (headers: Readonly<Record<string, string | Array<string> | undefined>>) => void

/** A fetch with its own connections, at most `connections` for each host, torn down with the scope. */
export const makeFetch = (
  baseUrl: string,
  connections: number,
  heed: Heed = () => {}
): Effect.Effect<Fetch, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => makeDispatcher(baseUrl, connections)),
    (dispatcher) => Effect.promise(() => dispatcher.destroy())
  ).pipe(
    Effect.map((dispatcher): Fetch => async (input, init) => {
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
    })
  )

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
  const { default: ProxyOrPlainAgent } = proxied
    ? await import("undici/lib/dispatcher/env-http-proxy-agent.js")
    : await import("undici/lib/dispatcher/agent.js")
  return new ProxyOrPlainAgent(options)
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
    const handler = new AnswerHandler(url, signal ?? undefined, heed, resolve, reject)
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

const withEncodings = (headers: RequestInit["headers"]): Iterable<[string, string]> => {
  const all = headers instanceof Headers ? headers : new Headers(headers)
  all.set("accept-encoding", acceptedEncodings)
  return all
}

/** Gathers one answer. */
class AnswerHandler implements Dispatcher.DispatchHandler {
  readonly #url: string
  readonly #signal: AbortSignal | undefined
  readonly #heed: Heed
  readonly #resolve: (response: Response) => void
  readonly #reject: (error: unknown) => void
  readonly #chunks: Array<Buffer> = []
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #headers: Readonly<Record<string, string>> = {}

  constructor(
    url: string,
    signal: AbortSignal | undefined,
    heed: Heed,
    resolve: (response: Response) => void,
    reject: (error: unknown) => void
  ) {
    this.#url = url
    this.#signal = signal
    this.#heed = heed
    this.#resolve = resolve
    this.#reject = reject
    signal?.addEventListener("abort", this.#abort)
  }

  readonly #abort = (): void => {
    const reason: unknown = this.#signal?.reason
    this.#controller?.abort(reason instanceof Error ? reason : new Error("aborted"))
    this.#end()
    this.#reject(reason)
  }

  #end(): void {
    this.#signal?.removeEventListener("abort", this.#abort)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#signal?.aborted === true) this.#abort()
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | Array<string> | undefined>>
  ): void {
    this.#status = status
    this.#headers = headers as Readonly<Record<string, string>>
    this.#heed(headers)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    this.#end()
    const [first = Buffer.alloc(0)] = this.#chunks
    const bytes = this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : first
    const plain = decoded(bytes, this.#headers["content-encoding"])
    if (plain === undefined) this.#answer(bytes)
    else
      plain.then(
        (whole) => this.#answer(whole),
        (error: Error) => this.#reject(new HttpFailure(error.message, { kind: "cut" }))
      )
  }

  #answer(bytes: Buffer): void {
    if (this.#status >= 200 && this.#status < 300) {
      this.#resolve(
        new TextResponse(this.#url, this.#status, this.#headers, bytes) as unknown as Response
      )
    } else {
      this.#reject(
        new HttpFailure(`status ${this.#status}`, {
          kind: "status",
          status: this.#status,
          headers: this.#headers,
          body: bytes.toString()
        })
      )
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#end()
    this.#reject(
      this.#signal?.aborted === true
        ? this.#signal.reason
        : connectionFailure(error, this.#status >= 200)
    )
  }
}
