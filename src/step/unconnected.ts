/**
 * Steps that were made but stand in no flow yet: most likely forgotten, so that a run can say so by
 * name.
 */
import type { StepData } from "./Step.ts"

// Weak, so that steps of programs that make thousands of them can be forgotten with them.
const unconnected = new Map<string, WeakRef<StepData>>()

export const stepMade = (step: StepData): void => {
  unconnected.set(step.name, new WeakRef(step))
}

export const stepConnected = (step: StepData): void => {
  if (unconnected.get(step.name)?.deref() === step) unconnected.delete(step.name)
}

/** Names of steps that were made and stand in no flow; each is told once. */
export const takeUnconnected = (): ReadonlyArray<string> => {
  const names = [...unconnected]
    .filter(([, step]) => step.deref() !== undefined)
    .map(([name]) => name)
  unconnected.clear()
  return names
}
