/** Tokens that are not those of text, as a person reads them. */

/** `1.2k image tokens in, 3k audio tokens out`, of counts by kind and way, such as `imageIn`. */
export const mediaWords = (
  counts: Readonly<Record<string, number>>,
  amount: (tokens: number) => string
): string =>
  Object.entries(counts)
    .flatMap(([name, tokens]) => {
      const [, kind, way] = /^(.+)(In|Out)$/.exec(name) ?? []
      return kind === undefined ? [] : [`${amount(tokens)} ${kind} tokens ${way!.toLowerCase()}`]
    })
    .join(", ")
