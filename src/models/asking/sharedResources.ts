/**
 * Resources that models of one run share though their connections differ, such as a server that a
 * model brings along: made for the first who wants it, released with the last.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as RcMap from "effect/RcMap"
import type * as Scope from "effect/Scope"

/** Gives the resource of a key; who comes first makes it. */
export type Share = <A, E>(
  key: string,
  acquire: Effect.Effect<A, E, Scope.Scope>
) => Effect.Effect<A, E, Scope.Scope>

/** The sharing of a run; outside of any run everyone has a resource of their own. */
export const CurrentShare = Context.Reference<Share>("distilabel-ts/llms/Share", {
  defaultValue: () => (_, acquire) => acquire
})

/** Sharing that lasts as long as the scope. */
export const makeShare: Effect.Effect<Share, never, Scope.Scope> = Effect.gen(function* () {
  const makers = new Map<string, Effect.Effect<unknown, unknown, Scope.Scope>>()
  const resources = yield* RcMap.make({
    lookup: (key: string) => Effect.suspend(() => makers.get(key)!)
  })
  // What a key gives is what was made for it.
  return ((key, acquire) =>
    Effect.suspend(() => {
      makers.set(key, acquire)
      return RcMap.get(resources, key)
    })) as Share
})
