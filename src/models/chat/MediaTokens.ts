/** Tokens that are not those of text, where a provider tells what they are of. */

/** What tokens may be of, besides text. */
export const mediaKinds = ["audio", "image", "video"] as const

export type MediaKind = (typeof mediaKinds)[number]

/**
 * Counts by what the tokens are of; those of the input, of it those that were cached, and of the
 * output.
 */
export type MediaTokens = {
  readonly [Of in `${MediaKind}${"In" | "Cached" | "Out"}`]?: number
}

/** The counts that are more than 0; undefined where there are none. */
export const mediaTokens = (
  counts: Readonly<Partial<Record<keyof MediaTokens, number | undefined>>>
): MediaTokens | undefined => {
  let told: Partial<Record<keyof MediaTokens, number>> | undefined
  for (const [kind, tokens = 0] of Object.entries(counts) as Array<
    [keyof MediaTokens, number | undefined]
  >)
    if (tokens > 0) (told ??= {})[kind] = tokens
  return told
}

/** Two counts as one. */
export const addedMedia = (
  one: MediaTokens | undefined,
  other: MediaTokens | undefined
): MediaTokens | undefined => {
  if (one === undefined || other === undefined) return one ?? other
  const sum: Partial<Record<keyof MediaTokens, number>> = { ...one }
  for (const [key, tokens] of Object.entries(other) as Array<[keyof MediaTokens, number]>)
    sum[key] = (sum[key] ?? 0) + tokens
  return sum
}

/** A part of each count. */
export const mediaShare = (
  media: MediaTokens | undefined,
  share: (tokens: number) => number
): MediaTokens | undefined =>
  media === undefined
    ? undefined
    : mediaTokens(
        Object.fromEntries(Object.entries(media).map(([key, tokens]) => [key, share(tokens)]))
      )
