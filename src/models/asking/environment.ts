/** The environment, read when a model is opened and not before. */

import * as Redacted from "effect/Redacted"
import type { Secret } from "./secrets.ts"

/** The variable's text without white space at its ends; undefined if it is not set or empty. */
export const environment = (name: string): string | undefined => {
  const text = process.env[name]?.trim()
  return text === undefined || text === "" ? undefined : text
}

/** A setting and where it came from, as messages name it. */
export interface Setting {
  readonly value: string
  readonly from: string
}

/** The option if given, else the variable, else the default. */
export const settingOf = (
  option: string,
  given: Secret | undefined,
  variable: string,
  fallback: string
): Setting => {
  if (given !== undefined)
    return {
      value: typeof given === "string" ? given : Redacted.value(given),
      from: `option ${option}`
    }
  const set = environment(variable)
  return set === undefined
    ? { value: fallback, from: "the default" }
    : { value: set, from: variable }
}
