/**
 * Names: what is hidden because of what it is called, and what may be shown though such things are
 * hidden.
 */

/** Words of names whose values open something. */
const keyWords = new Set([
  "apikey",
  "accesskey",
  "token",
  "secret",
  "password",
  "passwd",
  "passphrase",
  "pwd",
  "pass",
  "auth",
  "authorization",
  "credential",
  "credentials",
  "cookie",
  "signature",
  "sig",
  "jwt",
  "bearer"
])

/** What comes before `key` in names of keys that open nothing. */
const harmlessKeys = new Set([
  "sort",
  "primary",
  "foreign",
  "partition",
  "group",
  "column",
  "row",
  "cache",
  "dict",
  "map",
  "answer",
  "label",
  "unique",
  "join",
  "public",
  "object",
  "dataset",
  "config"
])

/** The words of `api_key`, `apiKey`, `X-Api-Key`. */
const wordsOf = (name: string): ReadonlyArray<string> =>
  name
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== "")

const keyLike = new Map<string, boolean>()

/**
 * Whether a setting of that name holds something that opens doors, such as `apiKey`, `access_token`
 * or `proxy_password`.
 */
export const isKeyLike = (name: string): boolean => {
  const known = keyLike.get(name)
  if (known !== undefined) return known
  const words = wordsOf(name)
  const last = words.at(-1) ?? ""
  const found =
    words[0] === "secret" ||
    keyWords.has(last) ||
    (last === "key" && words.length > 1 && !harmlessKeys.has(words.at(-2)!))
  keyLike.set(name, found)
  return found
}

/** Parameters of addresses that choose what is asked. All others are hidden. */
const shownParameters = new Set([
  "api-version",
  "apiversion",
  "version",
  "v",
  "model",
  "deployment",
  "deployment-id",
  "region",
  "location",
  "project",
  "provider",
  "alt",
  "format",
  "timeout",
  "revision",
  "lang"
])

/** Whether the value of an address's parameter may be shown. */
export const isShownParameter = (name: string): boolean =>
  shownParameters.has(name.toLowerCase().replaceAll("_", "-"))

/** Whether the value of an address's parameter opens the door rather than saying which one it is. */
export const isKeyParameter = (name: string): boolean =>
  !isShownParameter(name) &&
  /key|token|secret|pass|pwd|auth|credential|cookie|session|jwt|sig|code/i.test(name)

/** Headers that say what is asked and in whose name. All others are hidden. */
const shownHeaders = new Set([
  "accept",
  "accept-language",
  "content-type",
  "user-agent",
  "referer",
  "http-referer",
  "x-title",
  "openai-beta",
  "openai-organization",
  "openai-project",
  "anthropic-beta",
  "anthropic-version",
  "api-version",
  "x-api-version",
  "x-region",
  "x-model"
])

/** Whether the value of a header may be shown. */
export const isShownHeader = (name: string): boolean => shownHeaders.has(name.toLowerCase())

/** Whether a header opens the door rather than saying which one it is. */
export const isKeyHeader = (name: string): boolean =>
  /auth|key|token|secret|cookie|session|signature|credential|pass/i.test(name)
