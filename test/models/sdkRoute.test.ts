import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { makeFetch } from "../../src/models/http/undiciFetch.ts"
import { SdkRoute } from "../../src/models/provider/SdkRoute.ts"
import { json, serve } from "./wire.ts"

/** Asks so many times through an SDK that sends as `sends` says; counts what it sent itself. */
const asked = async (
  url: string,
  times: number,
  sends: (
    body: object,
    nth: number
  ) => { readonly body: object; readonly headers: Record<string, string> }
): Promise<{ readonly bySdk: number; readonly answers: ReadonlyArray<unknown> }> => {
  let bySdk = 0
  const answers = await Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const route = new SdkRoute(yield* makeFetch(url, 2))
        const answers = []
        for (let n = 0; n < times; n++)
          answers.push(
            yield* route.ask(
              () => ({ n }),
              (given, signal) => {
                const { body, headers } = sends(given, bySdk++)
                const init = { method: "POST", headers, body: JSON.stringify(body), signal }
                return route.fetch(`${url}/v1/ask?a=b`, init)
              },
              (text): unknown => JSON.parse(text)
            )
          )
        return answers
      })
    )
  )
  return { bySdk, answers }
}

describe("the route of an SDK", () => {
  it("is learned from two requests; the others are sent the same way without it", async () => {
    await using wire = await serve(({ body }, response) => json(response, body))
    const { answers, bySdk } = await asked(wire.url, 5, (body) => ({
      body,
      headers: { authorization: "Bearer key", "x-sdk": "yes" }
    }))
    expect(bySdk).toBe(2)
    expect(answers).toEqual([0, 1, 2, 3, 4].map((n) => ({ n })))
    const [first] = wire.asked
    for (const { headers, method, path } of wire.asked)
      expect({ headers, method, path }).toEqual({
        headers: first?.headers,
        method: "POST",
        path: "/v1/ask?a=b"
      })
  })

  it("is the SDK's for good where its headers change, or the body is not the one that it was given", async () => {
    await using wire = await serve(({ body }, response) => json(response, body))
    const changing = await asked(wire.url, 5, (body, nth) => ({
      body,
      headers: { "idempotency-key": String(nth) }
    }))
    const adding = await asked(wire.url, 5, (body) => ({ body: { ...body, more: 1 }, headers: {} }))
    expect([changing.bySdk, adding.bySdk]).toEqual([5, 5])
    expect(adding.answers.at(-1)).toEqual({ n: 4, more: 1 })
  })

  it("tells failures and unreadable answers alike, with and without the SDK", async () => {
    await using wire = await serve(({ body }, response) => {
      const { n } = body as unknown as { readonly n: number }
      if (n % 2 === 0) json(response, { error: { message: "busy" } }, 429, { "retry-after": "3" })
      else json(response, { n })
    })
    const failures = await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const route = new SdkRoute(yield* makeFetch(wire.url, 2))
          const failures = []
          for (let n = 0; n < 8; n++)
            failures.push(
              yield* Effect.flip(
                route.ask(
                  () => ({ n }),
                  (body, signal) =>
                    route.fetch(wire.url, { method: "POST", body: JSON.stringify(body), signal }),
                  (): never => {
                    throw new SyntaxError("no JSON")
                  }
                )
              )
            )
          return failures
        })
      )
    )
    expect(new Set(failures.map((failure) => JSON.stringify(failure))).size).toBe(2)
    expect(failures[6]).toMatchObject({ reason: "RateLimited", detail: "busy", retryAfterMs: 3000 })
    expect(failures[7]).toMatchObject({ reason: "InvalidAnswer" })
  })
})
