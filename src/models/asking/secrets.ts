/**
 * Secrets of models: kept out of documents, messages and inspections; opened only where a request
 * is signed.
 */
import * as Redacted from "effect/Redacted"
import { secretsInAddress } from "../../secrets/addresses.ts"
import { isKeyHeader, isKeyLike, isShownHeader } from "../../secrets/names.ts"
import { remember } from "../../secrets/redact.ts"

/** A secret as people give it. */
export type Secret = string | Redacted.Redacted

/** The secret, wrapped so that printing it shows nothing. */
export const concealed = (secret: Secret): Redacted.Redacted => {
  remember(revealed(secret) ?? "")
  return typeof secret === "string" ? Redacted.make(secret) : secret
}

/**
 * The secret's text; undefined where there is none. White space at its ends is a slip of copying:
 * no header takes it.
 */
export const revealed = (secret: Secret | undefined): string | undefined => {
  if (secret === undefined) return undefined
  const text = (typeof secret === "string" ? secret : Redacted.value(secret)).trim()
  return text === "" ? undefined : text
}

/** Headers as people give them. */
export type GivenHeaders = Readonly<Record<string, Secret>>

/** The headers for documents: all are wrapped but those that are known to hold no secret. */
export const concealedHeaders = (headers: GivenHeaders): GivenHeaders =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      isShownHeader(name) ? value : concealed(value)
    ])
  )

/**
 * The headers for the wire, by their names in lower case: `Authorization` takes the place of
 * `authorization` and does not stand beside it.
 */
export const revealedHeaders = (headers: GivenHeaders = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const text = revealed(value)
      return text === undefined ? [] : [[name.toLowerCase(), text]]
    })
  )

/** The values of headers that are hidden. */
export const secretsIn = (headers: GivenHeaders = {}): ReadonlyArray<string> =>
  Object.entries(revealedHeaders(headers)).flatMap(([name, text]) =>
    isShownHeader(name) ? [] : [text, text.replace(/^\w+ /, "")]
  )

/**
 * Headers that say what is asked, such as a tenant, though their values are hidden: another one is
 * another question. Headers that open doors are left out.
 */
export const identifyingHeaders = (
  headers: GivenHeaders = {}
): ReadonlyArray<readonly [name: string, value: string]> =>
  Object.entries(revealedHeaders(headers))
    .filter(([name]) => !isShownHeader(name) && !isKeyHeader(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))

/** All headers that say what is asked: those and the shown ones. */
export const askedHeaders = (
  headers: GivenHeaders = {}
): ReadonlyArray<readonly [name: string, value: string]> =>
  Object.entries(revealedHeaders(headers))
    .filter(([name]) => !isKeyHeader(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))

/** Values under names of keys, at any depth, wrapped. What holds none stays the same object. */
export const concealedKeys = <A>(value: A): A =>
  walked(value, (item, name) =>
    typeof item === "string" && item !== "" && isKeyLike(name) ? concealed(item) : item
  )

/** The same values as they are sent. */
export const revealedKeys = <A>(value: A): A =>
  walked(value, (item) => (Redacted.isRedacted(item) ? Redacted.value(item) : item))

const walked = <A>(value: A, of: (item: unknown, name: string) => unknown): A => {
  const walk = (item: unknown, name: string): unknown => {
    const own = of(item, name)
    if (own !== item || typeof item !== "object" || item === null) return own
    if (Array.isArray(item)) {
      const items: ReadonlyArray<unknown> = item.map((each) => walk(each, name))
      return items.some((each, i) => each !== item[i]) ? items : item
    }
    if (Object.getPrototypeOf(item) !== Object.prototype) return item
    const entries = Object.entries(item)
    const changed = entries.map(([key, each]) => [key, walk(each, key)] as const)
    return changed.some(([, each], i) => each !== entries[i]![1])
      ? Object.fromEntries(changed)
      : item
  }
  return walk(value, "") as A
}

/** All that must not be shown of a model that is asked with a key at an address. */
export const secretsOf = (
  key: string | undefined,
  address: string,
  headers: GivenHeaders = {}
): ReadonlyArray<string> => {
  const secrets = [
    ...(key === undefined ? [] : [key]),
    ...secretsInAddress(address),
    ...secretsIn(headers)
  ]
  remember(...secrets)
  return secrets
}

/** A URL for messages: without user, password and query, where keys hide. */
export const shownUrl = (url: string): string => {
  if (!/^https?:/i.test(url) || !URL.canParse(url))
    return url.replace(/\/\/[^/@]*@/, "//").replace(/[?#].*$/s, "")
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname.replace(/\/+$/, "")}`
}
