/** Token limits: how long an answer may be, and which of the kwargs says so. */

const names = ["maxNewTokens", "maxTokens", "maxOutputTokens"] as const

type Kwargs = Readonly<Record<string, unknown>>

/** At most so many tokens in an answer; undefined if that is up to the server. */
export const tokenLimit = (kwargs: Kwargs): number | undefined => {
  const limit = names.map((name) => kwargs[name]).find((value) => value !== undefined)
  return typeof limit === "number" ? limit : undefined
}

/** The limit as messages name it: `maxNewTokens = 128`. */
export const limitWords = (kwargs: Kwargs): string => {
  const name = names.find((each) => kwargs[each] !== undefined)
  return name === undefined ? "the server's own limit" : `${name} = ${String(kwargs[name])}`
}
