/**
 * Tokens: an estimate of how a model would cut text, for usage counts and token limits. English
 * comes out at roughly 1.3 tokens a word.
 */
import type { Limited } from "../../models/simulated/Protocol.ts"

const space = 0x20

const isLetter = (unit: number): boolean =>
  (unit >= 0x61 && unit <= 0x7a) ||
  (unit >= 0x41 && unit <= 0x5a) ||
  (unit >= 0xc0 && unit < 0x2000)

const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39

/**
 * Where the token that starts at `start` ends: up to seven letters or three digits with the space
 * before them, or one other sign.
 */
const tokenEnd = (text: string, start: number): number => {
  let at = start
  if (text.charCodeAt(at) === space && at + 1 < text.length) at++
  const first = text.charCodeAt(at)
  if (isLetter(first)) {
    const limit = Math.min(at + 7, text.length)
    while (at < limit && isLetter(text.charCodeAt(at))) at++
    return at
  }
  if (isDigit(first)) {
    const limit = Math.min(at + 3, text.length)
    while (at < limit && isDigit(text.charCodeAt(at))) at++
    return at
  }
  // a surrogate pair is one sign; half of it would not survive the way to the client
  return Math.min(first >= 0xd800 && first <= 0xdbff ? at + 2 : at + 1, text.length)
}

/** Counts the tokens of a text. */
export const countTokens = (text: string): number => {
  let tokens = 0
  for (let at = 0; at < text.length; at = tokenEnd(text, at)) tokens++
  return tokens
}

/** Splits a text into its tokens; joined they give the text again. */
export const tokensOf = (text: string): Array<string> => {
  const tokens: Array<string> = []
  for (let at = 0; at < text.length;) {
    const end = tokenEnd(text, at)
    tokens.push(text.slice(at, end))
    at = end
  }
  return tokens
}

/** Cuts a text after `limit` tokens; without a limit it only counts. */
export const limitTokens = (text: string, limit: number | undefined): Limited => {
  let tokens = 0
  let at = 0
  while (at < text.length && (limit === undefined || tokens < limit)) {
    at = tokenEnd(text, at)
    tokens++
  }
  return at < text.length
    ? { text: text.slice(0, at), tokens, truncated: true }
    : { text, tokens, truncated: false }
}
