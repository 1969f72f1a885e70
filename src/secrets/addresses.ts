/** Addresses: their user and the values of their query are hidden, unless they say what is asked. */
import { keyIn } from "./keyFormats.ts"
import { isKeyParameter, isShownParameter } from "./names.ts"

/** What stands in the place of a secret that was left out. */
export const placeholder = "***"

/** Whether a text is, or holds, no more than what stands in a secret's place. */
export const isPlaceholder = (text: string): boolean => /^\*+$/.test(text)

const urlOf = (address: string): URL | undefined =>
  /^[a-z][a-z\d+.-]*:\/\//i.test(address) && URL.canParse(address) ? new URL(address) : undefined

/**
 * The address for others to see: a placeholder stands for each secret. The same text if it has
 * none.
 */
export const shownAddress = (address: string): string => {
  const url = urlOf(address)
  if (url === undefined || secretsInAddress(address).length === 0) return address
  if (url.username !== "") url.username = placeholder
  if (url.password !== "") url.password = placeholder
  for (const [name, value] of new URL(address).searchParams)
    if (isHidden(name, value)) url.searchParams.set(name, placeholder)
  if (url.hash.length > 1) url.hash = placeholder
  return url.href
}

const isHidden = (name: string, value: string): boolean =>
  value !== "" && !isPlaceholder(value) && (!isShownParameter(name) || keyIn(value) !== undefined)

/** What of an address must not be shown. */
export const secretsInAddress = (address: string): ReadonlyArray<string> => {
  const url = urlOf(address)
  if (url === undefined) return []
  const user = [url.username, url.password].filter(
    (part) => part !== "" && !isPlaceholder(decodeURIComponent(part))
  )
  const basic =
    user.length === 0
      ? []
      : [Buffer.from([url.username, url.password].map(decoded).join(":")).toString("base64")]
  const values = [...url.searchParams].flatMap(([name, value]) =>
    isHidden(name, value) ? [value] : []
  )
  const hash = url.hash.length > 1 && !isPlaceholder(url.hash.slice(1)) ? [url.hash.slice(1)] : []
  return [...user.flatMap((part) => [part, decoded(part)]), ...basic, ...values, ...hash]
}

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Whether an address lacks what was left out where it was written. */
export const hasPlaceholder = (address: string): boolean => {
  const url = urlOf(address)
  return (
    url !== undefined &&
    [url.username, url.password, url.hash.slice(1), ...url.searchParams.values()].some(
      (part) => part !== "" && isPlaceholder(decoded(part))
    )
  )
}

/**
 * Where an address leads, whoever asks: without user and keys. It stays the same when a key is
 * changed, and differs where anything else does.
 */
export const addressIdentity = (address: string): string => {
  const url = urlOf(address)
  if (url === undefined) return address
  const keys = [...url.searchParams].flatMap(([name, value]) =>
    isKeyParameter(name) || keyIn(value) !== undefined ? [name] : []
  )
  if (url.username === "" && url.password === "" && keys.length === 0) return address
  url.username = ""
  url.password = ""
  for (const name of keys) url.searchParams.delete(name)
  return url.href
}
