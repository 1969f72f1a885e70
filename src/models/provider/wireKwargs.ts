/** Generation kwargs as most providers spell them: in snake_case, and further fields as they are. */
import { defined, record } from "../http/wireValues.ts"

/** What was given, and nothing else; `extraBody` wins over all others. */
export const wireKwargs = (kwargs: object): Readonly<Record<string, unknown>> => {
  const { extraBody, ...given } = kwargs as Readonly<Record<string, unknown>>
  return { ...snakeCased(defined(given)), ...record(extraBody) }
}

const snakeCased = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value
    ])
  )
