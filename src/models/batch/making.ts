/**
 * Making what must be made once: a job or a file whose request got no answer may be there all the
 * same, so that it is looked for before it is made again.
 */
import * as Effect from "effect/Effect"
import type { Diagnosis } from "../asking/Diagnosis.ts"
import { isRetryable } from "../chat/LLMError.ts"

const attempts = 6
const firstPauseMs = 500
const longestPauseMs = 60_000

/** Tries again what may pass by itself. */
export const patiently = <A>(
  work: (again: boolean) => Effect.Effect<A, Diagnosis>,
  attempt = 1
): Effect.Effect<A, Diagnosis> =>
  Effect.catch(work(attempt > 1), (diagnosis) =>
    attempt >= attempts || !isRetryable(diagnosis.reason)
      ? Effect.fail(diagnosis)
      : Effect.andThen(Effect.sleep(pauseMs(diagnosis, attempt)), patiently(work, attempt + 1))
  )

const pauseMs = ({ retryAfterMs }: Diagnosis, attempt: number): number =>
  Math.min(retryAfterMs ?? firstPauseMs * 2 ** (attempt - 1), longestPauseMs)

/** Makes something, unless it can be found where an attempt went before: `lost` says that one did. */
export const madeOnce = (
  lost: boolean,
  find: Effect.Effect<string | undefined, Diagnosis>,
  make: Effect.Effect<string, Diagnosis>
): Effect.Effect<string, Diagnosis> =>
  patiently((again) =>
    lost || again
      ? Effect.flatMap(find, (found) => (found === undefined ? make : Effect.succeed(found)))
      : make
  )
