/**
 * What a pipeline is written with, looked at before it is used: programs in JavaScript, and those
 * behind `any`, come here without a compiler having seen them.
 */
import type { StepData } from "../step/Step.ts"
import { stepConnected } from "../step/unconnected.ts"
import type { AnyFlow } from "./FlowNode.ts"

/** A step in its untyped form, which stands in a flow from now on. */
export const givenStep = (where: string, value: unknown): StepData => {
  if (!isStep(value))
    throw new TypeError(
      `${where} is given ${shown(value)} where a step belongs: make one, as in KeepColumns({ name: "keep", columns: ["a"] }).`
    )
  stepConnected(value)
  return value
}

/** Steps of a list; a single one is said to be no list elsewhere. */
export const givenSteps = (where: string, value: unknown): ReadonlyArray<StepData> =>
  (Array.isArray(value) ? value : [value]).map((step: unknown) => givenStep(where, step))

export const givenFlow = (where: string, value: unknown): AnyFlow => {
  if (!isFlow(value))
    throw new TypeError(
      `${where} is given ${shown(value)} where a flow belongs: one begins with from(…) and a step that makes rows.`
    )
  return value
}

export const givenFlows = (where: string, value: unknown): ReadonlyArray<AnyFlow> => {
  if (!Array.isArray(value))
    throw new TypeError(`${where} is given ${shown(value)} where a list of flows belongs.`)
  return value.map((flow: unknown) => givenFlow(where, flow))
}

const isStep = (value: unknown): value is StepData =>
  isObject(value) && typeof value["name"] === "string" && typeof value["gives"] === "function"

const isFlow = (value: unknown): value is AnyFlow => isObject(value) && isObject(value["node"])

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

const shown = (value: unknown): string => {
  if (value === undefined || value === null) return "nothing"
  if (typeof value === "function") {
    const { type = value.name } =
      (value as { readonly definition?: { readonly type: string } }).definition ?? {}
    return type === "" ? "a function" : `${type} itself, which was not called,`
  }
  if (isStep(value)) return `the step '${value.name}'`
  if (isFlow(value)) return "a flow"
  if (Array.isArray(value)) return "a list"
  if (isObject(value)) return "an object"
  return typeof value === "string" ? JSON.stringify(value) : String(value)
}
