/**
 * Redaction: texts lose all secrets that this program has been given, and whatever looks like a
 * key, before anybody sees them.
 */
import * as Redacted from "effect/Redacted"
import { hasPlaceholder, secretsInAddress, shownAddress } from "./addresses.ts"
import { keyFormats } from "./keyFormats.ts"

const mask = "<redacted>"

/** Shorter ones are no secrets, and masking them would eat holes into every sentence. */
const shortest = 4
/**
 * What every message is searched for is longer: servers on one's own machine take `test` and
 * `EMPTY` for a key.
 */
const shortestEverywhere = 8

/** The built command and the library that it loads are two copies of this file. */
const everyCopy = Symbol.for("distilabel-ts/secrets")

/** Secrets of this program, in all spellings in which messages may repeat them. */
const spellings: Set<string> = ((globalThis as { [everyCopy]?: Set<string> })[everyCopy] ??=
  new Set())

/** A secret is in play from now on: no message shows it. */
export const remember = (...secrets: ReadonlyArray<string>): void => {
  for (const secret of secrets)
    if (secret.length >= shortestEverywhere)
      for (const spelling of spelled(secret)) spellings.add(spelling)
}

const spelled = (secret: string): ReadonlyArray<string> =>
  secret.length < shortest
    ? []
    : [
        secret,
        encodeURIComponent(secret),
        encodeURI(secret),
        new URLSearchParams({ "": secret }).toString().slice(1),
        JSON.stringify(secret).slice(1, -1)
      ]

const secretVariable = /(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS)$/
/** Shorter values may be any words, which stand in sentences and rows. */
const shortestAmongWords = 16

/** Variables of the environment whose names say that they are secret. */
export const secretVariables = (
  environment: Readonly<Record<string, string | undefined>> = process.env
): ReadonlyArray<readonly [name: string, value: string]> =>
  Object.entries(environment).flatMap(([name, value = ""]) =>
    secretVariable.test(name) && value.trim().length >= shortestAmongWords
      ? [[name, value.trim()] as const]
      : []
  )

const rescanMs = 1000
let scanned: ReadonlyArray<string> = []
let scannedAt = -Infinity

/**
 * Secrets of the environment in all spellings. Reading it takes longer than all the rest, and rows
 * may fail by the thousands.
 */
const ofEnvironment = (): ReadonlyArray<string> => {
  if (performance.now() - scannedAt < rescanMs) return scanned
  scannedAt = performance.now()
  return (scanned = secretVariables().flatMap(([, value]) => spelled(value)))
}

/** What is sent as a key, and what looks like one; a text without the first part has none. */
const keyLike: ReadonlyArray<readonly [part: string, pattern: RegExp]> = [
  ["earer", /\bBearer\s+[^\s"',<]+/gi],
  ["asic", /\bBasic\s+(?=\S*[\d=+/])[A-Za-z\d+/=]{8,}/gi],
  ["sk-", /\bsk-[\w-]{8,}/g],
  ["ya29.", /\bya29\.[\w.-]{8,}/g],
  ["PRIVATE KEY", /-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]*/g],
  ...keyFormats.map(([beginning, pattern]) => [beginning, new RegExp(pattern.source, "g")] as const)
]

const addresses = /\b[a-z][a-z\d+.-]*:\/\/[^\s"'<>]+/gi

/**
 * The text without secrets: those in play, these, those of the environment, what looks like one,
 * and what addresses in it hide.
 */
export const redacted = (text: string, secrets: ReadonlyArray<string> = []): string => {
  const known = [...spellings, ...secrets.flatMap(spelled), ...ofEnvironment()]
  // The longest first: what is left of one must not show.
  const without = known
    .filter((each) => text.includes(each))
    .sort((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, mask), text)
  const rest = without.includes("://")
    ? without.replace(addresses, (address) => shownAddress(address))
    : without
  return keyLike.reduce(
    (text, [part, pattern]) => (text.includes(part) ? text.replace(pattern, mask) : text),
    rest
  )
}

/** Whether a text holds a secret that this program has been given. */
export const holdsSecret = (text: string): boolean =>
  [...spellings].some((secret) => secret.length >= shortestAmongWords && text.includes(secret))

const deepest = 5

/**
 * An error whose texts, and those of its causes, are without secrets. It is the same error: whoever
 * catches it may compare it.
 */
export const redactedError = <E>(error: E, depth = 0): E => {
  if (typeof error === "string") return redacted(error) as E
  if (!(error instanceof Error) || depth > deepest) return error
  for (const name of Object.getOwnPropertyNames(error)) {
    const value = (error as unknown as Readonly<Record<string, unknown>>)[name]
    if (typeof value === "string") replace(error, name, value)
    else if (value instanceof Error) redactedError(value, depth + 1)
    else if (Array.isArray(value))
      for (const each of value as ReadonlyArray<unknown>) redactedError(each, depth + 1)
  }
  return error
}

const replace = (error: Error, name: string, value: string): void => {
  const shown = redacted(value)
  if (shown === value) return
  const { enumerable = false } = Object.getOwnPropertyDescriptor(error, name) ?? {}
  Reflect.defineProperty(error, name, {
    value: shown,
    enumerable,
    configurable: true,
    writable: true
  })
}

/** An address as an option: one with secrets is wrapped, and shows the rest of itself. */
export const concealedAddress = (
  address: string | Redacted.Redacted
): string | Redacted.Redacted => {
  if (typeof address !== "string" || secretsInAddress(address).length === 0) return address
  remember(...secretsInAddress(address))
  return Redacted.make(address, { label: shownAddress(address) })
}

/**
 * What a document writes for a wrapped value: an address with placeholders; null for what is all
 * secret.
 */
export const shownPart = (value: Redacted.Redacted<unknown>): string | null => {
  const text = Redacted.value(value)
  return typeof text === "string" && (secretsInAddress(text).length > 0 || hasPlaceholder(text))
    ? shownAddress(text)
    : null
}
