/**
 * Tiers: the same answers for less and later. A tier that has no room now is no reason to fail: the
 * standard one is asked, at its price.
 */
import * as Effect from "effect/Effect"
import type { Diagnosis } from "../asking/Diagnosis.ts"
import type { Patience } from "../asking/Tries.ts"

/** What answers of the flex tier cost of the usual price, at providers where they cost less. */
export const flexShare = 0.5

/** Answers for less are worth a wait: 900 seconds, unless the options say otherwise. */
export const patientForFlex = ({
  serviceTier,
  timeout = 900
}: {
  readonly serviceTier?: string | undefined
  readonly timeout?: number | undefined
}): Patience => (serviceTier === "flex" ? { timeout } : {})

/** Whether a tier has no room; each provider has words of its own for it. */
const hasNoRoom = ({ detail, status }: Diagnosis): boolean =>
  status === 498 ||
  (status === 429 && /resource[ _]?unavailable|flex.*unavailable/i.test(detail)) ||
  (status === 503 && /unavailable|overloaded|high demand/i.test(detail))

/** Asks a tier, and the standard one where it has no room. */
export const askingTier = <A>(
  tier: string | undefined,
  ask: (tier: string | undefined) => Effect.Effect<A, Diagnosis>
): Effect.Effect<A, Diagnosis> =>
  tier === undefined
    ? ask(undefined)
    : Effect.catch(ask(tier), (diagnosis) =>
        hasNoRoom(diagnosis) ? ask(undefined) : Effect.fail(diagnosis)
      )
