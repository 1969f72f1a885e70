/** Access to a Hub: its address, the token, and requests that are tried again. */
import { readFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import * as Redacted from "effect/Redacted"
import { remember } from "../../secrets/redact.ts"

/** Who asks, and where. */
export interface HubAccess {
  readonly endpoint: string
  readonly token: Redacted.Redacted | undefined
  /** Where the token came from, for messages. */
  readonly tokenFrom: string
  /**
   * Tries again on 429, server errors and lost connections; other refusals it throws as
   * `HubRefusal`.
   */
  readonly fetch: typeof fetch
}

/** A request that the Hub refuses, whoever sent it. */
export class HubRefusal extends Error {
  readonly status: number
  /** The Hub's own word for it: `RepoNotFound`, `GatedRepo`, … */
  readonly code: string | undefined

  constructor(status: number, code: string | undefined, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** A Hub that cannot be reached. */
export class HubUnreachable extends Error {}

/**
 * The access that the options and the environment give: `HF_ENDPOINT`, `HF_TOKEN`, or the token
 * that `hf auth login` has left.
 */
export const hubAccess = (given?: string | Redacted.Redacted): HubAccess => {
  const endpoint = (environment("HF_ENDPOINT") ?? "https://huggingface.co").replace(/\/+$/, "")
  const { from, token } = tokenOf(given)
  remember(token ?? "")
  return {
    endpoint,
    token: token === undefined ? undefined : Redacted.make(token),
    tokenFrom: from,
    fetch: retrying
  }
}

const environment = (name: string): string | undefined => {
  const text = process.env[name]?.trim()
  return text === undefined || text === "" ? undefined : text
}

const tokenOf = (
  given: string | Redacted.Redacted | undefined
): { readonly token: string | undefined; readonly from: string } => {
  const option = (typeof given === "object" ? Redacted.value(given) : given)?.trim()
  if (option !== undefined && option !== "") return { token: option, from: "option token" }
  for (const name of ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"]) {
    const token = environment(name)
    if (token !== undefined) return { token, from: name }
  }
  const path =
    environment("HF_TOKEN_PATH") ??
    join(environment("HF_HOME") ?? join(homedir(), ".cache", "huggingface"), "token")
  try {
    const token = readFileSync(path, "utf8").trim()
    return { token: token === "" ? undefined : token, from: path }
  } catch {
    return { token: undefined, from: "nowhere" }
  }
}

const attempts = 5
/** Where nobody listens, nobody most likely will in a moment. */
const attemptsAtNobody = 3
const firstPauseMs = 500
const longestPauseMs = 60_000

const retrying: typeof fetch = async (input, init) => {
  for (let attempt = 1; ; attempt++) {
    let response
    try {
      response = await whole(await fetch(input, init))
    } catch (thrown) {
      if (init?.signal?.aborted === true) throw thrown
      const cause = causeOf(thrown)
      if (attempt >= (/ECONNREFUSED|ENOTFOUND/.test(cause) ? attemptsAtNobody : attempts))
        throw new HubUnreachable(cause)
      await sleep(pauseMs(attempt))
      continue
    }
    if (response.ok || !refused(response)) return response
    const again = response.status === 429 || response.status >= 500
    if (!again || attempt === attempts) throw await refusal(response)
    await response.body?.cancel()
    await sleep(Math.min(retryAfterMs(response) ?? pauseMs(attempt), longestPauseMs))
  }
}

/** An answer in JSON is of use only as a whole: one that is cut is asked for again. */
const whole = async (response: Response): Promise<Response> => {
  if (
    response.headers.get("content-type")?.startsWith("application/json") !== true ||
    response.body === null
  )
    return response
  const { headers, status, statusText, url } = response
  return Object.defineProperty(
    new Response(await response.arrayBuffer(), { headers, status, statusText }),
    "url",
    { value: url }
  )
}

/**
 * A missing file, a piece that nobody has sent before, a repository that is there already, a commit
 * that came too late: the caller knows what to do.
 */
const refused = ({ headers, status, url }: Response): boolean => {
  if (status === 404)
    return headers.get("x-error-code") !== "EntryNotFound" && !url.includes("/v1/chunks/")
  return status >= 400 && status !== 409 && status !== 412
}

const refusal = async (response: Response): Promise<HubRefusal> => {
  const text = await response.text().catch(() => "")
  return new HubRefusal(
    response.status,
    response.headers.get("x-error-code") ?? undefined,
    response.headers.get("x-error-message") ?? errorIn(text) ?? `status ${response.status}`
  )
}

const errorIn = (text: string): string | undefined => {
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown }
    return typeof error === "string" ? error : undefined
  } catch {
    return undefined
  }
}

const causeOf = (thrown: unknown): string => {
  const { cause, message } = thrown as Error & {
    readonly cause?: { readonly code?: string; readonly message?: string }
  }
  return cause?.code ?? cause?.message ?? message
}

const pauseMs = (attempt: number): number =>
  firstPauseMs * 2 ** (attempt - 1) * (0.75 + Math.random() / 2)

/** A date is told by the Hub's own clock, which its answer names: this machine's may be wrong. */
const retryAfterMs = ({ headers }: Response): number | undefined => {
  const text = headers.get("retry-after")
  if (text === null) return undefined
  const seconds = Number(text)
  const ms = Number.isNaN(seconds)
    ? Date.parse(text) - Date.parse(headers.get("date") ?? "")
    : seconds * 1000
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
