/** Secrets among parameters: what must not be written where others read. */
import { isKeyLike } from "../secrets/names.ts"
import { redacted } from "../secrets/redact.ts"

/** The path of the first secret in values, as `generate.llm.apiKey`; undefined if there is none. */
export const secretIn = (values: unknown, path: ReadonlyArray<string> = []): string | undefined => {
  if (typeof values === "string")
    return redacted(values) === values && !isKeyLike(path.at(-1) ?? "") ? undefined : path.join(".")
  if (typeof values !== "object" || values === null) return undefined
  for (const [name, value] of Object.entries(values)) {
    const found = secretIn(value, [...path, name])
    if (found !== undefined) return found
  }
  return undefined
}
