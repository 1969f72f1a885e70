/**
 * Finding secrets: keys that must not go where others can read them, by what keys look like, by
 * what the environment holds, and by what this program was given.
 */
import { keyIn } from "./keyFormats.ts"
import { holdsSecret, secretVariables } from "./redact.ts"

/** Says what secret a text holds, without showing it; undefined if none is found. */
export const secretFinder = (
  environment: Readonly<Record<string, string | undefined>> = process.env
): ((text: string) => string | undefined) => {
  const own = secretVariables(environment)
  return (text) => {
    for (const [name, value] of own) if (text.includes(value)) return `the value of ${name}`
    const key = keyIn(text)
    if (key !== undefined) return `what looks like ${key.name} (${key.beginning}…)`
    return holdsSecret(text)
      ? "a secret that a model or a step of this program was given"
      : undefined
  }
}
