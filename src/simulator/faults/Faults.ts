/** Faults: what goes wrong on the way to an answer, drawn by the question's key. */
import type { QuestionKey } from "../../models/simulated/Question.ts"
import { Dice } from "../answers/Dice.ts"
import { keyOf } from "../answers/keyOf.ts"
import { defaultSeed } from "./Latency.ts"

/**
 * How a request goes wrong.
 *
 * - `rate-limit`: 429 with `Retry-After`, at once
 * - `server-error`: a 5xx in the provider's shape
 * - `hang`: accepted, never answered
 * - `reset`: the connection is torn down
 * - `cut-body`: headers for the whole answer, then half of it, then the connection is torn down
 * - `invalid-json`: status 200 with a proxy's HTML page
 * - `refusal`: the model declines, in the provider's shape
 *
 * All but `rate-limit` strike after the question's latency.
 */
export type FaultKind =
  | "rate-limit"
  | "server-error"
  | "hang"
  | "reset"
  | "cut-body"
  | "invalid-json"
  | "refusal"

/** All fault kinds. */
export const faultKinds: ReadonlyArray<FaultKind> = [
  "rate-limit",
  "server-error",
  "hang",
  "reset",
  "cut-body",
  "invalid-json",
  "refusal"
]

/** One kind of fault and the share of questions it hits. */
export interface Fault {
  readonly kind: FaultKind
  /** The share of questions hit, from 0 to 1; the shares of all faults add up to at most 1. */
  readonly share: number
  /** `rate-limit` only: the seconds in `Retry-After`; 1 if not given. */
  readonly retryAfterSeconds?: number | undefined
  /** `server-error` only: the status to answer with; 500 if not given. */
  readonly status?: number | undefined
  /** Hits every attempt at the question. If false or not given, the second attempt succeeds. */
  readonly permanent?: boolean | undefined
}

const purpose = 2

/**
 * Tells which fault hits the first attempt at a question, if any, at a simulator with these
 * options.
 *
 * @example
 *   const faults = [{ kind: "refusal", share: 0.02, permanent: true }] as const
 *   const lost = prompts.filter(
 *     (prompt) => faultOf({ seed: 42, faults }, { model: "m", prompt })?.permanent === true
 *   )
 */
export const faultOf = (
  options: {
    readonly seed?: number | undefined
    readonly faults?: ReadonlyArray<Fault> | undefined
  },
  question: QuestionKey
): Fault | undefined =>
  drawFault(options.faults ?? [], keyOf(options.seed ?? defaultSeed, question), 1)

/** Draws the fault that hits this attempt (1 is the first) at a question, if any. */
export const drawFault = (
  faults: ReadonlyArray<Fault>,
  key: number,
  attempt: number
): Fault | undefined => {
  if (faults.length === 0) return undefined
  let left = new Dice(key, purpose).next()
  for (const fault of faults) {
    left -= fault.share
    if (left < 0) return attempt === 1 || fault.permanent === true ? fault : undefined
  }
  return undefined
}
