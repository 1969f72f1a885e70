/** Opening a model at its provider: address, key, gate, connections, a look whether all is there. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { PackageMissing } from "../../runtime/PackageMissing.ts"
import { addressIdentity } from "../../secrets/addresses.ts"
import { type Diagnosis, diagnose, Unusable } from "../asking/Diagnosis.ts"
import { environment } from "../asking/environment.ts"
import { defaultMaxConcurrency, gateTo } from "../asking/Gate.ts"
import type { Asked } from "../asking/ModelAccess.ts"
import { underOwnNames } from "../asking/modelOptions.ts"
import { checkPlace, errorAt, type Place } from "../asking/Place.ts"
import { preflight } from "../asking/preflight.ts"
import {
  askedHeaders,
  revealed,
  revealedHeaders,
  type Secret,
  secretsOf
} from "../asking/secrets.ts"
import { CurrentSharedLimits } from "../asking/SharedLimits.ts"
import type { LLMError } from "../chat/LLMError.ts"
import type { ModelRequest } from "../chat/Model.ts"
import { HttpFailure } from "../http/HttpFailure.ts"
import { makeFetch } from "../http/undiciFetch.ts"
import { addressOf, type ProviderOptions, type ServerDefinition } from "./ProviderDefinition.ts"

/** More than a gate lets go at once, however many slots are idle. */
const manyConnections = 2 ** 16

/**
 * Connects to a model, and gives what asking it needs. `word` is a request that costs next to
 * nothing, for a server that refuses to be looked at; undefined where every request costs
 * something.
 */
export const openModel = Effect.fnUntraced(function* <
  Options extends ProviderOptions,
  Request extends ModelRequest,
  Response
>(
  definition: ServerDefinition<Options, Request, Response>,
  options: Options,
  word: Request | undefined
): Effect.fn.Return<Omit<Asked<Request, Response>, "kind">, LLMError, Scope.Scope> {
  const { from, value: address } = addressOf(definition, options)
  const served = yield* definition.serve?.(options, address) ?? Effect.undefined
  const url = served?.url ?? address
  const headers = revealedHeaders(options.defaultHeaders)
  const key = keyOf(definition, options)
  const place: Place = {
    llm: definition.type,
    providerId: definition.providerId,
    model: options.model,
    baseUrl: url,
    ...(served === undefined ? {} : { source: addressIdentity(address) }),
    ...(isHome(definition, url) ? { provider: definition.name } : {}),
    urlOption: definition.address.option,
    urlFrom: from,
    giveKey: definition.key?.give ?? "give what the server wants by option defaultHeaders",
    secrets: [
      ...secretsOf(key, url, options.defaultHeaders),
      ...(definition.secretsOf?.(options) ?? [])
    ],
    headers: askedHeaders(options.defaultHeaders)
  }
  yield* checkPlace(place, key, { headers, generationKwargs: options.generationKwargs })
  const missing = missingOf(definition, options, { headers, key, url })
  if (missing !== undefined)
    return yield* errorAt(
      { ...place, giveKey: missing.give },
      { reason: "MissingApiKey", detail: missing.detail },
      { attempts: 0 }
    )
  const gate = yield* gateTo(place, options)
  const isShared = (yield* CurrentSharedLimits) !== undefined
  const { maxConcurrency = isShared ? manyConnections : defaultMaxConcurrency } = options
  const fetch = yield* makeFetch(url, maxConcurrency, gate.heed)
  const { ask, batches, lookup, post } = yield* Effect.tryPromise({
    try: () =>
      definition.connect({ options, url, key, headers, fetch, isHome: isHome(definition, url) }),
    catch: (thrown) => thrown
  }).pipe(
    Effect.catch((thrown) => {
      const diagnosis: Diagnosis | undefined =
        thrown instanceof PackageMissing
          ? { reason: "PackageMissing", detail: `it ${thrown.predicate}` }
          : thrown instanceof Unusable || thrown instanceof HttpFailure
            ? diagnose(thrown, 0)
            : undefined
      return diagnosis === undefined
        ? Effect.die(thrown)
        : Effect.fail(errorAt(place, diagnosis, { attempts: 0 }))
    })
  )
  if (options.preflight !== false)
    yield* preflight(
      place,
      lookup,
      word === undefined
        ? Effect.void
        : ask({
            ...word,
            generationKwargs: underOwnNames(word.generationKwargs, definition.otherNames)
          })
    )
  const failure = served?.failure
  return {
    ...options,
    ...definition.patience?.(options),
    place,
    gate,
    batches,
    ask: failure === undefined ? ask : (request) => whileServed(failure, ask(request)),
    // A server that is gone has to be told from one that fails.
    post: failure === undefined ? post : undefined
  }
})

/** Asks a server that was started for it, unless that is gone for good. */
const whileServed = <A>(
  failure: () => string | undefined,
  ask: Effect.Effect<A, Diagnosis>
): Effect.Effect<A, Diagnosis> => {
  const gone = Effect.suspend((): Effect.Effect<void, Diagnosis> => {
    const detail = failure()
    return detail === undefined ? Effect.void : Effect.fail({ reason: "Unreachable", detail })
  })
  return Effect.andThen(
    gone,
    Effect.catch(ask, (diagnosis) => Effect.andThen(gone, Effect.fail(diagnosis)))
  )
}

/** Whether an address is the provider's own. */
const isHome = <Options extends ProviderOptions, Request extends ModelRequest, Response>(
  { hosts }: ServerDefinition<Options, Request, Response>,
  url: string
): boolean => URL.canParse(url) && hosts.test(new URL(url).hostname)

const keyOf = <Options extends ProviderOptions, Request extends ModelRequest, Response>(
  { key }: ServerDefinition<Options, Request, Response>,
  options: Options
): string | undefined =>
  key === undefined
    ? undefined
    : (revealed(options[key.option] as Secret | undefined) ??
      (key.variable === undefined ? undefined : environment(key.variable)))

const missingOf = <Options extends ProviderOptions, Request extends ModelRequest, Response>(
  definition: ServerDefinition<Options, Request, Response>,
  options: Options,
  given: {
    readonly headers: Readonly<Record<string, string>>
    readonly key: string | undefined
    readonly url: string
  }
): { readonly detail: string; readonly give: string } | undefined => {
  const atHome = isHome(definition, given.url)
  const { key } = definition
  const isSigned =
    given.key !== undefined ||
    key?.variable === undefined ||
    key.replaced?.(options) === true ||
    Object.keys(given.headers).some((name) => key.headers.test(name))
  return isSigned || !atHome
    ? definition.missing?.(options, atHome)
    : { detail: "there is no API key", give: key.give }
}
