/** Secrets: kept out of documents, messages and inspections; opened only where a request is signed. */
import * as Redacted from "effect/Redacted"

/** A secret as people give it. */
export type Secret = string | Redacted.Redacted

/** The secret, wrapped so that printing it shows nothing. */
export const concealed = (secret: Secret): Redacted.Redacted => typeof secret === "string" ? Redacted.make(secret) : secret

/** The secret's text; undefined where there is none. White space at its ends is a slip of copying: no header takes it. */
export const revealed = (secret: Secret | undefined): string | undefined => {
  if (secret === undefined) return undefined
  const text = (typeof secret === "string" ? secret : Redacted.value(secret)).trim()
  return text === "" ? undefined : text
}

/** Headers as people give them. */
export type GivenHeaders = Readonly<Record<string, Secret>>

const carriesSecret = /auth|key|token|secret|cookie/i

/** The headers for documents: those that carry a secret by their name are wrapped. */
export const concealedHeaders = (headers: GivenHeaders): GivenHeaders =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, carriesSecret.test(name) ? concealed(value) : value]))

/** The headers for the wire, by their names in lower case: `Authorization` takes the place of `authorization` and does not stand beside it. */
export const revealedHeaders = (headers: GivenHeaders = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => {
    const text = revealed(value)
    return text === undefined ? [] : [[name.toLowerCase(), text]]
  }))

/** The values of headers that carry a secret. */
export const secretsIn = (headers: GivenHeaders = {}): ReadonlyArray<string> =>
  Object.entries(revealedHeaders(headers)).flatMap(([name, text]) => carriesSecret.test(name) ? [text, text.replace(/^\w+ /, "")] : [])

const mask = "<redacted>"

/** Shorter ones are no secrets, and masking them would eat holes into every sentence. */
const shortestSecret = 4

/** What looks like a key or is sent as one, whoever's it is. */
const keyLike = /\bBearer\s+[^\s"',]+|\bsk-[\w-]{8,}|\bya29\.[\w.-]{8,}|-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]*/g

/** The text without the secrets, and without what looks like one. */
export const scrubbed = (text: string, secrets: ReadonlyArray<string>): string =>
  secrets
    .filter((secret) => secret.length >= shortestSecret)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
    .reduce((rest, secret) => rest.replaceAll(secret, mask), text)
    .replace(keyLike, mask)

/** A URL for messages: without user, password and query, where keys hide. */
export const shownUrl = (url: string): string => {
  if (!/^https?:/i.test(url) || !URL.canParse(url)) return url.replace(/\/\/[^/@]*@/, "//").replace(/[?#].*$/s, "")
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname.replace(/\/+$/, "")}`
}
