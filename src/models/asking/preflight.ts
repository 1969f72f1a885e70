/**
 * Preflights: one cheap look before anything is spent, so that a wrong key, model or address ends a
 * run at its start.
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { LLMError } from "../chat/LLMError.ts"
import type { Fetch } from "../http/Fetch.ts"
import { closestModels } from "./closestModels.ts"
import { type Diagnosis, diagnosed } from "./Diagnosis.ts"
import { errorAt, type Place } from "./Place.ts"

const patience = "8 seconds"
const quickRetries = 2
const betweenRetries = "300 millis"

/** How to find out, before a run, what no request could survive. */
export interface Lookup {
  /** Looks the model up; an interruption aborts it. */
  readonly look: (signal: AbortSignal) => Promise<unknown>
  /** Lists the names that exist, for the error of one that does not. */
  readonly models?: (signal: AbortSignal) => Promise<ReadonlyArray<string>>
  /**
   * True where a model may be asked that cannot be looked up: then neither a missing model nor a
   * missing permission counts.
   */
  readonly modelMayHide?: boolean
}

/**
 * Looks a model up, and fails on what no request could survive: nobody there, credentials refused,
 * no such model, an address that redirects. On all else it goes on: the server may be busy, or not
 * know the route. Who refuses the look may answer questions: one of a single word, with an answer
 * of a single token, settles it.
 */
export const preflight = (
  place: Place,
  { look, modelMayHide = false, models }: Lookup,
  question: Effect.Effect<unknown, Diagnosis>
): Effect.Effect<void, LLMError> =>
  once(look).pipe(
    Effect.retry({
      times: quickRetries,
      while: mayPass,
      schedule: Schedule.spaced(betweenRetries)
    }),
    Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.void }),
    Effect.catch((diagnosis) => {
      const hidden =
        modelMayHide && (diagnosis.reason === "ModelNotFound" || diagnosis.status === 403)
      if (hidden || !isFinal(diagnosis)) return Effect.void
      return diagnosis.reason === "Unreachable"
        ? Effect.fail(errorAt(place, diagnosis, { attempts: 0 }))
        : confirmed(place, question, models)
    }),
    Effect.asVoid
  )

/** Fails if a question is refused for good, too. */
const confirmed = (
  place: Place,
  question: Effect.Effect<unknown, Diagnosis>,
  models: Lookup["models"]
): Effect.Effect<void, LLMError> =>
  Effect.asVoid(question).pipe(
    Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.void }),
    Effect.catch((diagnosis) => {
      if (!isFinal(diagnosis)) return Effect.void
      if (diagnosis.reason !== "ModelNotFound" || models === undefined)
        return Effect.fail(errorAt(place, diagnosis, { attempts: 0 }))
      return Effect.flatMap(known(models), (names) =>
        Effect.fail(
          errorAt(place, diagnosis, { attempts: 0, hint: suggestion(place.model, names) })
        )
      )
    })
  )

/** Looks a model up by the routes `models/{model}` and `models` under an address. */
export const modelRoutes = (
  fetch: Fetch,
  baseUrl: string,
  model: string,
  headers: Readonly<Record<string, string>>
): Lookup => ({
  look: (signal) =>
    fetch(under(baseUrl, `/models/${encodeURIComponent(model)}`), { headers, signal }),
  models: async (signal) =>
    modelNames(await (await fetch(under(baseUrl, "/models"), { headers, signal })).json())
})

/** The route under an address that may have a query. */
const under = (baseUrl: string, route: string): string => {
  const url = new URL(baseUrl)
  url.pathname = url.pathname.replace(/\/+$/, "") + route
  return url.href
}

/** A connection that never came about is final here: later it may be a hiccup. */
const once = (look: Lookup["look"]): Effect.Effect<unknown, Diagnosis> =>
  Effect.mapError(diagnosed(look), (diagnosis) =>
    diagnosis.neverConnected === true ? { ...diagnosis, reason: "Unreachable" } : diagnosis
  )

const mayPass = ({ reason }: Diagnosis): boolean =>
  reason === "ServerError" || reason === "ConnectionFailed"

const isFinal = ({ detail, reason, status }: Diagnosis): boolean => {
  switch (reason) {
    case "Unreachable":
    case "MissingApiKey":
    case "ModelNotFound":
    case "QuotaExhausted":
      return true
    case "Unauthorized":
      // a key that may ask models, but not list them
      return !/scope|insufficient permission/i.test(detail)
    default:
      return status !== undefined && status >= 300 && status < 400
  }
}

/** What exists, or nothing where that cannot be found out cheaply. */
const known = (
  models: (signal: AbortSignal) => Promise<ReadonlyArray<string>>
): Effect.Effect<ReadonlyArray<string>> =>
  Effect.tryPromise((signal) => models(signal)).pipe(
    Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.succeed([]) }),
    Effect.orElseSucceed(() => [])
  )

const modelNames = (list: unknown): ReadonlyArray<string> => {
  const data =
    typeof list === "object" && list !== null && "data" in list && Array.isArray(list.data)
      ? (list.data as ReadonlyArray<unknown>)
      : []
  return data.flatMap((card) =>
    typeof card === "object" && card !== null && "id" in card && typeof card.id === "string"
      ? [card.id]
      : []
  )
}

const suggestion = (model: string, names: ReadonlyArray<string>): string => {
  const [best, ...others] = closestModels(model, names)
  if (best === undefined) return ""
  return `Did you mean '${best}'?${others.length === 0 ? "" : ` Others there: ${others.map((name) => `'${name}'`).join(", ")}.`}`
}
