/**
 * Routes: how an SDK sends its requests, learned from the first of them. Two requests that the SDK
 * sends to the same address with the same headers, and with the very body that it was given, show
 * all that it does; those that follow are sent the same way without it, for a fraction of the work.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type Diagnosis, diagnose, diagnosed } from "../asking/Diagnosis.ts"
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
      let body: Body
      try {
        body = made()
      } catch (thrown) {
        return diagnosisOf(thrown)
      }
      const text = JSON.stringify(body)
      const streams = "stream" in body && body.stream === true
      const known = this.#known.get(streams)
      if (known?.kind === "learned") return posted(known.post, text, read)
      return diagnosed(async (signal) => {
        if (known?.kind !== "unlike") this.#bodies.set(text, streams)
        const response = await Promise.resolve(send(body, signal)).finally(() =>
          this.#bodies.delete(text)
        )
        return read(typeof response === "string" ? response : await response.text())
      })
    })
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

/** Posts a body without the SDK. */
const posted = <Answer>(
  post: Post,
  body: string,
  read: (text: string) => Answer
): Effect.Effect<Answer, Diagnosis> =>
  Effect.callback<Answer, Diagnosis>((resume) => {
    const failed = (thrown: unknown): void => resume(diagnosisOf(thrown))
    const abort = post(
      body,
      (text) => {
        let answer: Answer
        try {
          answer = read(text)
        } catch (thrown) {
          failed(thrown)
          return
        }
        resume(Effect.succeed(answer))
      },
      failed
    )
    return Effect.sync(abort)
  })

const diagnosisOf = (thrown: unknown): Effect.Effect<never, Diagnosis> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.fail(diagnose(thrown, now)))
