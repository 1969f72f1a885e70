/**
 * Postings: requests whose way over the wire is known, so that nothing stands between them and it.
 * They are no effects: a fiber for each would cost as much as all else that is done for it.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Diagnosis } from "./Diagnosis.ts"

/**
 * Sends a request; calls one of the two functions, once. Returns what aborts it. `now` is the time
 * in milliseconds since 1970.
 */
export type Posting<Response> = (
  answered: (response: Response) => void,
  failed: (diagnosis: Diagnosis) => void,
  now: () => number
) => () => void

/** A posting among effects; interruption aborts it. */
export const asEffect = <Response>(
  posting: Posting<Response>
): Effect.Effect<Response, Diagnosis> =>
  Clock.clockWith((clock) =>
    Effect.callback<Response, Diagnosis>((resume) => {
      const abort = posting(
        (response) => resume(Effect.succeed(response)),
        (diagnosis) => resume(Effect.fail(diagnosis)),
        () => clock.currentTimeMillisUnsafe()
      )
      return Effect.sync(abort)
    })
  )
