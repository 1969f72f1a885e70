/** Requests to Argilla's API, which are tried again where that may help. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { redacted, remember } from "../../secrets/redact.ts"
import { ArgillaError } from "./ArgillaError.ts"

/** Where Argilla is, and who asks. */
export interface ArgillaAccess {
  /** Default `ARGILLA_API_URL`. */
  readonly apiUrl?: string | undefined
  /** Default `ARGILLA_API_KEY`. */
  readonly apiKey?: string | Redacted.Redacted | undefined
}

/** Tries of a request, and milliseconds until the second one; each wait is twice the one before. */
const mostTries = 5
const firstWaitMs = 500

export class ArgillaClient {
  readonly #url: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #secrets: ReadonlyArray<string>

  private constructor(url: string, key: string) {
    this.#url = url.replace(/\/+$/, "")
    const token = environment("HF_TOKEN")
    // A private Space of the Hub lets nobody in without it.
    const isSpace = new URL(url).hostname.endsWith(".hf.space") && token !== undefined
    this.#headers = {
      "content-type": "application/json",
      "x-argilla-api-key": key,
      ...(isSpace ? { authorization: `Bearer ${token}` } : {})
    }
    this.#secrets = isSpace ? [key, token] : [key]
    remember(...this.#secrets)
  }

  /** A client with the address and the key that the options or the environment give. */
  static of({ apiKey, apiUrl }: ArgillaAccess): Effect.Effect<ArgillaClient, ArgillaError> {
    return Effect.suspend(() => {
      const url = apiUrl ?? environment("ARGILLA_API_URL")
      const given = Redacted.isRedacted(apiKey) ? Redacted.value(apiKey) : apiKey
      const key = given ?? environment("ARGILLA_API_KEY")
      if (url === undefined || !/^https?:\/\//.test(url) || !URL.canParse(url))
        return Effect.fail(
          new ArgillaError({
            reason: "NoAddress",
            detail: `${url === undefined ? "it is not said where Argilla is" : `'${url}' is not an address that begins with http:// or https://`}: set ARGILLA_API_URL or option apiUrl`
          })
        )
      if (key === undefined || key === "")
        return Effect.fail(
          new ArgillaError({
            reason: "NoKey",
            detail: "there is no key for Argilla: set ARGILLA_API_KEY or option apiKey"
          })
        )
      return Effect.succeed(new ArgillaClient(url, key))
    })
  }

  /** The body of the answer to a request, as JSON. */
  request(
    method: "GET" | "POST" | "PUT",
    path: string,
    body?: unknown
  ): Effect.Effect<unknown, ArgillaError> {
    const tried = (count: number): Effect.Effect<unknown, ArgillaError> =>
      Effect.catch(this.#once(method, path, body), (error) =>
        error.isRetryable && count < mostTries
          ? Effect.andThen(Effect.sleep(firstWaitMs * 2 ** (count - 1)), tried(count + 1))
          : Effect.fail(error)
      )
    return tried(1)
  }

  #once(method: string, path: string, body: unknown): Effect.Effect<unknown, ArgillaError> {
    const failed = (reason: ArgillaError["reason"], detail: string): ArgillaError =>
      new ArgillaError({ reason, detail: redacted(detail, this.#secrets) })
    return Effect.tryPromise({
      try: async (signal) => {
        const response = await fetch(`${this.#url}/api/v1${path}`, {
          method,
          headers: this.#headers,
          signal,
          ...(body === undefined ? {} : { body: JSON.stringify(body) })
        })
        return { status: response.status, text: await response.text() }
      },
      catch: (thrown) =>
        failed(
          "Unreachable",
          `Argilla at ${this.#url} cannot be reached (${causeOf(thrown)}). Is it running, and is the address right?`
        )
    }).pipe(
      Effect.flatMap(({ status, text }) => {
        if (status < 300) {
          const value = jsonIn(text)
          return value === undefined
            ? Effect.fail(failed("Failed", `${this.#url} gave no JSON: is that Argilla's address?`))
            : Effect.succeed(value)
        }
        const said = text.slice(0, mostShown)
        if (status === 401 || status === 403)
          return Effect.fail(
            failed(
              "Unauthorized",
              `Argilla at ${this.#url} refuses the key (${status}): ${said}. Check it, and what its user may do.`
            )
          )
        if (status === 404)
          return Effect.fail(failed("NotFound", `Argilla has no ${path} (404): ${said}`))
        return Effect.fail(
          status === 429 || status >= 500
            ? failed("Failed", `Argilla answered with status ${status}: ${said}`)
            : failed("Refused", `Argilla refuses it (${status}): ${said}`)
        )
      })
    )
  }
}

/** Characters of an answer that go into a message. */
const mostShown = 500

const environment = (name: string): string | undefined => {
  const value = process.env[name]?.trim()
  return value === "" ? undefined : value
}

const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const causeOf = (thrown: unknown): string => {
  const { cause, message } = thrown as Error & { readonly cause?: { readonly code?: unknown } }
  return typeof cause?.code === "string" ? cause.code : message
}
