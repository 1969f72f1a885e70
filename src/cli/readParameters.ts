/** Parameters as the command line gives them: `generate.llm.generationKwargs.temperature=0.2`. */
import type { GivenParameters } from "../pipeline/parameters.ts"
import { UsageError } from "./UsageError.ts"

/** Parameters by step. Names of steps may have dots: the longest that fits is meant. Values are JSON where they are, else text. */
export const readParameters = (given: ReadonlyArray<string>, steps: ReadonlyArray<string>): GivenParameters => {
  const parameters: Record<string, Record<string, unknown>> = {}
  for (const text of given) {
    const equals = text.indexOf("=")
    const path = text.slice(0, equals)
    const step = steps.filter((name) => path.startsWith(`${name}.`)).sort((a, b) => b.length - a.length)[0] ?? path.split(".")[0]!
    const keys = path.slice(step.length + 1).split(".")
    if (equals < 0 || keys.some((key) => key === "")) throw new UsageError("run", `--param takes STEP.PATH=VALUE, not '${text}'`)
    set(parameters[step] ??= {}, keys, valueOf(text.slice(equals + 1)))
  }
  return parameters
}

const set = (record: Record<string, unknown>, [key = "", ...rest]: ReadonlyArray<string>, value: unknown): void => {
  if (rest.length === 0) {
    record[key] = value
    return
  }
  const inner = record[key]
  const next = typeof inner === "object" && inner !== null ? inner as Record<string, unknown> : {}
  record[key] = next
  set(next, rest, value)
}

const valueOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
