/** States of generators: what one keeps over a resume, as JSON in the run's checkpoints. */
import { isDeepStrictEqual } from "node:util"
import { StepFailed } from "./StepFailed.ts"

/** Throws if a state would not come back from a checkpoint as it is. */
export const checkState = (step: string, initial: object): void => {
  if (!comesBack(initial))
    throw new RangeError(
      `Generator '${step}' has a state that JSON cannot hold. Keep texts, numbers, flags, nulls, and lists and records of them: a date as a text, a set as a list.`
    )
}

/** The state to begin with, which the generator may change. */
export const stateFrom = <State extends object>(initial: State, saved: unknown): State =>
  structuredClone((saved ?? initial) as State)

/** The state as it is now. Throws if it could not be resumed from. */
export const keptState = (step: string, state: object | undefined): unknown => {
  if (state === undefined) return undefined
  if (comesBack(state)) return structuredClone(state)
  throw new StepFailed({
    step,
    phase: "generate",
    reason: "WrongState",
    detail:
      "its state holds what JSON cannot, so that no run could go on from it. Keep texts, numbers, flags, nulls, and lists and records of them."
  })
}

const comesBack = (state: object): boolean => {
  try {
    return isDeepStrictEqual(JSON.parse(JSON.stringify(state)), state)
  } catch {
    return false
  }
}
