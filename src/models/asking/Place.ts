/**
 * Places: which model was asked where, and who said so. Turns a diagnosis into an error that says
 * how to fix it.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { hasPlaceholder, isPlaceholder, placeholder } from "../../secrets/addresses.ts"
import { isKeyLike } from "../../secrets/names.ts"
import { redacted } from "../../secrets/redact.ts"
import { LLMError } from "../chat/LLMError.ts"
import type { Diagnosis } from "./Diagnosis.ts"
import { shownUrl } from "./secrets.ts"

/** A model at its address. */
export interface Place {
  /** The class name in documents: `OpenAILLM`, … */
  readonly llm: string
  readonly model: string
  /** What OpenTelemetry calls its provider: `openai`, … */
  readonly providerId: string
  /** Undefined for a model that needs no server. */
  readonly baseUrl: string | undefined
  /** The provider's name, where the address is its own. */
  readonly provider?: string
  /** Where answers of earlier times come from, if not from the address. */
  readonly source?: string
  /** The option that sets the address. */
  readonly urlOption: string
  /** Where the address came from: `option baseUrl`, `OPENAI_BASE_URL`, `the default`. */
  readonly urlFrom: string
  /** How to give credentials: `set OPENAI_API_KEY or option apiKey`. */
  readonly giveKey: string
  /** What must never be shown. */
  readonly secrets: ReadonlyArray<string>
  /** Headers that say what is asked, such as a tenant: with others it is another question. */
  readonly headers?: ReadonlyArray<readonly [name: string, value: string]>
}

/** Who answers at a place: a provider by its name, any other server by its host. */
export const providerName = ({ baseUrl = "", model, provider }: Place): string =>
  provider ?? (URL.canParse(baseUrl) ? new URL(baseUrl).host : `'${model}'`)

/** The error of a model at its place. */
export const errorAt = (
  place: Place,
  { detail, fix, reason, retryAfterMs, status }: Diagnosis,
  {
    attempts,
    everSucceeded = false,
    hint = ""
  }: { readonly attempts: number; readonly everSucceeded?: boolean; readonly hint?: string }
): LLMError =>
  new LLMError({
    llm: place.llm,
    model: place.model,
    reason,
    ...(status === undefined ? {} : { status }),
    attempts,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    detail: redacted(detail, place.secrets),
    ...(place.baseUrl === undefined ? {} : { baseUrl: shownUrl(place.baseUrl) }),
    fix: redacted(
      [fix ?? fixes[reason](place, status), hint].filter((part) => part !== "").join(" "),
      place.secrets
    ),
    // a key or a model that has worked once may work for the next row
    fatal:
      reason === "MissingApiKey" ||
      reason === "Unreachable" ||
      reason === "PackageMissing" ||
      reason === "QuotaExhausted" ||
      (!everSucceeded && (reason === "Unauthorized" || reason === "ModelNotFound"))
  })

/** What goes with every request. */
interface RequestParts {
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly generationKwargs?: object | undefined
}

/** Names under which a placeholder stands, at any depth. */
const placeholdersIn = (value: unknown, name = ""): ReadonlyArray<string> =>
  typeof value === "string"
    ? isPlaceholder(value)
      ? [name]
      : []
    : typeof value === "object" && value !== null && !Redacted.isRedacted(value)
      ? Object.entries(value).flatMap(([key, each]) =>
          placeholdersIn(each, Array.isArray(value) ? name : key)
        )
      : typeof value === "object" && Redacted.isRedacted(value)
        ? placeholdersIn(Redacted.value(value), name)
        : []

/**
 * Fails where the address is none, the key could not be sent, or a secret is missing that a
 * document left out.
 */
export const checkPlace = (
  place: Place,
  key: string | undefined,
  { generationKwargs, headers = {} }: RequestParts = {}
): Effect.Effect<void, LLMError> => {
  const url = place.baseUrl
  const leftOut =
    url !== undefined && hasPlaceholder(url)
      ? [place.urlFrom, place.urlOption]
      : [
          ...placeholdersIn(headers).map((name) => [`header '${name}'`, "defaultHeaders"]),
          ...placeholdersIn(generationKwargs)
            .filter(isKeyLike)
            .map((name) => [`'${name}' of generationKwargs`, "generationKwargs"])
        ][0]
  if (leftOut !== undefined) {
    const [where, option] = leftOut
    const giveKey = `give option ${option} whole, in code${option === "defaultHeaders" ? "" : " or by the parameters of run"}`
    return Effect.fail(
      errorAt(
        { ...place, giveKey },
        {
          reason: "MissingApiKey",
          detail: `${where} holds ${placeholder} in the place of a secret: documents are saved without`
        },
        { attempts: 0 }
      )
    )
  }
  if (url !== undefined && !(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) {
    const detail = "the address is no URL that begins with http:// or https://"
    return Effect.fail(errorAt(place, { reason: "Unreachable", detail }, { attempts: 0 }))
  }
  return /^[\x20-\x7e]*$/.test(key ?? "")
    ? Effect.void
    : Effect.fail(
        errorAt(
          place,
          {
            reason: "MissingApiKey",
            detail: "the key has characters that no key has; was it copied whole?"
          },
          { attempts: 0 }
        )
      )
}

const fixes: Readonly<
  Record<LLMError["reason"], (place: Place, status: number | undefined) => string>
> = {
  MissingApiKey: ({ giveKey }) => `${capital(giveKey)}.`,
  Unreachable: (place) => `Is the server running, and is the address right? ${whence(place)}`,
  Unauthorized: ({ giveKey }) =>
    `Check that the credentials are valid and may use this model: ${giveKey}.`,
  ModelNotFound: ({ llm }) =>
    `Check the spelling of ${llm}'s model, and that your account may use it.`,
  QuotaExhausted: () =>
    "Add credit to the account or raise its limit, then run again: what is done is not asked again.",
  InvalidRequest: (place, status) =>
    status === 404 || (status !== undefined && status < 400)
      ? `Check the address. ${whence(place)}`
      : "Check the messages and the generation kwargs against what the model takes.",
  Refused: () => "Change the messages, or filter such rows out.",
  RateLimited: () => "Lower maxConcurrency or raise maxRetries.",
  ServerError: () => "Try again later, or raise maxRetries.",
  ConnectionFailed: () => "Check the network and the server, or raise maxRetries.",
  TimedOut: () => "Raise timeout or rowTimeout (seconds), or ask for fewer tokens.",
  InvalidAnswer: ({ urlOption }) =>
    `Check that ${urlOption} leads to the provider itself and not to a web page or a proxy's error.`,
  PackageMissing: () => "Install it, then run again."
}

const whence = ({ urlFrom, urlOption }: Place): string =>
  urlFrom.startsWith("option ")
    ? `It came from ${urlFrom}.`
    : `It came from ${urlFrom}; option ${urlOption} overrides it.`

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
