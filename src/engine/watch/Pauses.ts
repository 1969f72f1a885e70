/**
 * Pauses: for how long models are not asked since their providers do not take requests. They are
 * shown, and a run's rate is measured without them.
 */
import type { LLMEvent } from "../../models/chat/LLMEvents.ts"

/** A pause that goes on, in milliseconds since the run began. */
export interface Pause {
  readonly by: string
  readonly why: string
  readonly from: number
  readonly until: number
}

/** What is kept of a step's pauses. */
export interface Pauses {
  /** Why its model is not asked at the moment; undefined if it is. */
  paused: Pause | undefined
  /** Milliseconds for which it was not asked, by what the provider did. */
  readonly pauses: Map<string, number>
}

/** The steps of a run, so many seconds after it began. */
interface Steps {
  readonly seconds: number
  readonly steps: ReadonlyArray<Pauses>
}

/** Shorter ones come and go with every limit that is felt for. */
const leastMs = 2000

/** A step's model is not asked: a pause begins, or goes on. */
export const pauseGoesOn = (
  step: Pauses,
  { by = "the provider", waitMs = 0, why = "" }: LLMEvent,
  now: number
): void => {
  const same = step.paused?.why === why && step.paused.until + 1000 >= now
  if (!same) pauseIsOver(step, now)
  step.paused = { by, why, from: same ? step.paused!.from : now, until: now + waitMs }
}

/** A step's model is asked again. */
export const pauseIsOver = (step: Pauses, now: number): void => {
  if (step.paused === undefined) return
  const { why } = step.paused
  const ms = pausedMs(step.paused, now)
  if (ms >= leastMs) step.pauses.set(why, (step.pauses.get(why) ?? 0) + ms)
  step.paused = undefined
}

const pausedMs = ({ from, until }: Pause, now: number): number => Math.min(now, until) - from

/** The pauses of a step's model by what began them, in milliseconds, with the one that goes on. */
export const pausesOf = ({ paused, pauses }: Pauses, now: number): ReadonlyMap<string, number> => {
  const ms = paused === undefined ? 0 : pausedMs(paused, now)
  return paused === undefined || ms < leastMs
    ? pauses
    : new Map([...pauses, [paused.why, (pauses.get(paused.why) ?? 0) + ms]])
}

/**
 * The pause that lasts the longest from now on, and for how many seconds; undefined if there is
 * none to speak of.
 */
export const currentPause = ({
  seconds,
  steps
}: Steps): { readonly by: string; readonly why: string; readonly seconds: number } | undefined => {
  const now = seconds * 1000
  const [longest] = steps
    .flatMap(({ paused }) =>
      paused === undefined || paused.until <= now || paused.until - paused.from < leastMs
        ? []
        : [paused]
    )
    .sort((a, b) => b.until - a.until)
  return longest === undefined
    ? undefined
    : { by: longest.by, why: longest.why, seconds: (longest.until - now) / 1000 }
}

/** Seconds for which the step that waited longest did not ask its model. */
export const secondsPaused = ({ seconds, steps }: Steps): number =>
  Math.max(
    0,
    ...steps.map((step) =>
      [...pausesOf(step, seconds * 1000).values()].reduce((sum, ms) => sum + ms, 0)
    )
  ) / 1000
