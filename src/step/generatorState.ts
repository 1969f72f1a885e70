/** States of generators: what one keeps over a resume, as JSON in the run's checkpoints. */
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

/** Whether a value is the same after it was written as JSON and read. */
const comesBack = (value: unknown): boolean => {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0)
  if (Array.isArray(value)) return value.every(comesBack)
  return (
    typeof value === "object" &&
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value).every(comesBack)
  )
}
