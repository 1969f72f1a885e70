/** How many tokens texts take, where the package that counts them is installed. */

/** Of a long text its beginning counts. */
const mostCharacters = 2000
/** The package reads its two hundred thousand tokens first, which fewer texts are not worth. */
const fewestTexts = 100

/**
 * Tokens for each character of texts, by OpenAI's newest encoding; undefined without the package
 * `gpt-tokenizer`, or with few texts.
 */
export const tokenShare = async (texts: ReadonlyArray<string>): Promise<number | undefined> => {
  if (texts.length < fewestTexts) return undefined
  const tokenizer = await import("gpt-tokenizer/encoding/o200k_base").catch(() => undefined)
  if (tokenizer === undefined) return undefined
  let tokens = 0
  let characters = 0
  for (const text of texts) {
    const beginning = text.slice(0, mostCharacters)
    characters += beginning.length
    // What looks like a special token is text like any other.
    tokens += tokenizer.countTokens(beginning, { disallowedSpecial: new Set() })
  }
  return tokens / characters
}
