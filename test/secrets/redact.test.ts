import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import {
  addressIdentity,
  hasPlaceholder,
  secretsInAddress,
  shownAddress
} from "../../src/secrets/addresses.ts"
import { isKeyLike } from "../../src/secrets/names.ts"
import { concealedAddress, redacted, redactedError, remember } from "../../src/secrets/redact.ts"

describe("an address", () => {
  it.each([
    ["https://host/v1", "https://host/v1"],
    ["https://host/v1?api-version=3&model=m", "https://host/v1?api-version=3&model=m"],
    ["https://host/v1?code=abc&api_version=3", "https://host/v1?code=***&api_version=3"],
    ["https://me:pass@host/v1?x=1#token", "https://***:***@host/v1?x=***#***"],
    [
      "https://host/v1?model=sk-proj-abcdefghijklmnopqrstuvwxyz0123456789",
      "https://host/v1?model=***"
    ],
    ["localhost:8080", "localhost:8080"],
    ["no address at all?key=1", "no address at all?key=1"]
  ])("%s is shown as %s", (address, shown) => {
    expect(shownAddress(address)).toBe(shown)
    expect(secretsInAddress(shown)).toEqual([])
    expect(shownAddress(shown)).toBe(shown)
    expect(hasPlaceholder(shown)).toBe(shown.includes("***"))
  })

  it("is the same place whatever its user and keys are, and another one where anything else differs", () => {
    expect(addressIdentity("https://host/v1")).toBe("https://host/v1")
    expect(addressIdentity("https://a:b@host/v1?code=1&tenant=x")).toBe("https://host/v1?tenant=x")
    expect(addressIdentity("https://host/v1?tenant=y")).not.toBe(
      addressIdentity("https://host/v1?tenant=x")
    )
  })

  it("as an option shows the rest of itself", () => {
    expect(String(concealedAddress("https://host/v1?code=abcdefgh"))).toBe(
      "<redacted:https://host/v1?code=***>"
    )
    expect(concealedAddress("https://host/v1")).toBe("https://host/v1")
    const wrapped = Redacted.make("https://host/v1?code=abcdefgh")
    expect(concealedAddress(wrapped)).toBe(wrapped)
  })
})

describe("a name", () => {
  it.each([
    "api_key",
    "apiKey",
    "APIKEY",
    "X-Api-Key",
    "access_token",
    "hubToken",
    "secret_name",
    "proxy_password",
    "pwd",
    "credentials",
    "subscription-key",
    "private_key",
    "cookie",
    "Authorization"
  ])("of a key is known: %s", (name) => {
    expect(isKeyLike(name)).toBe(true)
  })

  it.each([
    "max_tokens",
    "tokensPerMinute",
    "maxNewTokens",
    "key",
    "keys",
    "sort_key",
    "author",
    "tokenizer",
    "use_cache",
    "columns",
    "partition_key",
    "keywords",
    "passage"
  ])("of anything else is not: %s", (name) => {
    expect(isKeyLike(name)).toBe(false)
  })
})

describe("a message", () => {
  it("loses what was given as a secret, in any spelling, and what addresses and headers in it carry", () => {
    const odd = `odd"secret/with +`
    remember(odd)
    expect(redacted(`a ${odd} b ${encodeURIComponent(odd)} c ${JSON.stringify(odd)}`)).toBe(
      `a <redacted> b <redacted> c "<redacted>"`
    )
    expect(redacted("GET https://me:pw@host/x?sig=1&version=2 failed")).toBe(
      "GET https://***:***@host/x?sig=***&version=2 failed"
    )
    expect(redacted("Basic dXNlcjpwYXNzd29yZA== was refused; Basic authentication failed")).toBe(
      "<redacted> was refused; Basic authentication failed"
    )
  })

  it("keeps words that servers on one's own machine take for a key", () => {
    remember("test", "EMPTY", "ollama")
    expect(redacted("the test of ollama gave EMPTY")).toBe("the test of ollama gave EMPTY")
  })

  it("of an error and its causes loses them, and the error stays the same one", () => {
    remember("another-secret-value")
    const error = Object.assign(
      new TypeError("no another-secret-value", { cause: new Error("since another-secret-value") }),
      { url: "https://host/?key=another-secret-value" }
    )
    expect(redactedError(error)).toBe(error)
    expect([error.message, (error.cause as Error).message, error.url]).toEqual([
      "no <redacted>",
      "since <redacted>",
      "https://host/?key=<redacted>"
    ])
    expect(error.stack).not.toContain("another-secret-value")
  })
})
