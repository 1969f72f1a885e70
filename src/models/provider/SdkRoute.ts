/**
 * Routes: how an SDK sends its requests, learned from the first of them. Two requests that the SDK
 * sends to the same address with the same headers, and with the very body that it was given, show
 * all that it does; those that follow are sent the same way without it, for a fraction of the work.
 */
import * as Effect from "effect/Effect"
import { type Diagnosis, diagnose, diagnosed } from "../asking/Diagnosis.ts"
import { asEffect, type Posting } from "../asking/Posting.ts"
import type { Fetch, Post, PreparingFetch } from "../http/Fetch.ts"

/** A request as the SDK sent it. */
interface Sent {
  readonly url: string
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
}

/** What is known of requests of one kind. */
type Known =
  | { readonly kind: "seen once"; readonly sent: Sent }
  | { readonly kind: "learned"; readonly post: Post }
  /** The SDK sends each its own way. */
  | { readonly kind: "unlike" }

/** Written by the connection for each request. */
const ofConnection = new Set(["content-length", "host", "connection", "accept-encoding"])

export class SdkRoute {
  /** The fetch that the SDK is made with. */
  readonly fetch: Fetch
  readonly #prepared: PreparingFetch["prepared"]
  /** By whether the answer is to be a stream: an SDK may say so in a header. */
  readonly #known = new Map<boolean, Known>()
  /** Bodies that the SDK is sending now. */
  readonly #bodies = new Map<string, boolean>()

  constructor(fetch: PreparingFetch) {
    this.#prepared = fetch.prepared
    this.fetch = async (input, init) => {
      if (this.#bodies.size === 0) return fetch(input, init)
      // Some SDKs give a Request, whose body is read but once.
      if (!(input instanceof Request) || input.method !== "POST") {
        this.#see(String(input), init)
        return fetch(input, init)
      }
      const { headers, method, signal, url } = input
      const given = { headers, method, signal, body: await input.text() }
      this.#see(url, given)
      return fetch(url, given)
    }
  }

  /**
   * Asks by a body, sent by the SDK as long as its way is not known, and reads the answer. `send`
   * gives the SDK just this body; what `made` and `read` throw is diagnosed.
   */
  ask<Body extends object, Answer>(
    made: () => Body,
    send: (body: Body, signal: AbortSignal) => PromiseLike<Response | string>,
    read: (text: string) => Answer
  ): Effect.Effect<Answer, Diagnosis> {
    return Effect.suspend(() => {
      const posting = this.posting(made, read)
      if (posting !== undefined) return asEffect(posting)
      return diagnosed(async (signal) => {
        const body = made()
        const text = JSON.stringify(body)
        const streams = isStream(body)
        if (this.#known.get(streams)?.kind !== "unlike") this.#bodies.set(text, streams)
        const response = await Promise.resolve(send(body, signal)).finally(() =>
          this.#bodies.delete(text)
        )
        return read(typeof response === "string" ? response : await response.text())
      })
    })
  }

  /** Posts a body without the SDK; undefined where its way is not known, or there is no body. */
  posting<Body extends object, Answer>(
    made: () => Body,
    read: (text: string) => Answer
  ): Posting<Answer> | undefined {
    if (this.#known.size === 0) return undefined
    let body: Body
    try {
      body = made()
    } catch {
      return undefined
    }
    const known = this.#known.get(isStream(body))
    return known?.kind === "learned" ? postingBy(known.post, body, read) : undefined
  }

  /** Looks at a request that the SDK sends. */
  #see(url: string, init: RequestInit | undefined): void {
    const { body } = init ?? {}
    const streams = typeof body === "string" ? this.#bodies.get(body) : undefined
    if (streams === undefined || init?.method?.toUpperCase() !== "POST") return
    const sent: Sent = {
      url,
      headers: [...new Headers(init.headers)].filter(([name]) => !ofConnection.has(name))
    }
    const known = this.#known.get(streams)
    if (known === undefined) this.#known.set(streams, { kind: "seen once", sent })
    else if (known.kind === "seen once")
      this.#known.set(
        streams,
        JSON.stringify(known.sent) === JSON.stringify(sent)
          ? { kind: "learned", post: this.#prepared(sent.url, sent.headers) }
          : { kind: "unlike" }
      )
  }
}

const isStream = (body: object): boolean => "stream" in body && body.stream === true

const postingBy =
  <Answer>(post: Post, body: object, read: (text: string) => Answer): Posting<Answer> =>
  (answered, failed, now) => {
    const wrong = (thrown: unknown): void => failed(diagnose(thrown, now()))
    return post(
      JSON.stringify(body),
      (text) => {
        let answer: Answer
        try {
          answer = read(text)
        } catch (thrown) {
          wrong(thrown)
          return
        }
        answered(answer)
      },
      wrong
    )
  }
