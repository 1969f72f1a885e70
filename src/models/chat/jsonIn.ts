/** JSON in answers: models put fences, prose or thoughts around it, and leave commas behind. */
import { createRequire } from "node:module"
import type { jsonrepair } from "jsonrepair"
import { parseExactly } from "../../columns/exactJson.ts"

/** A JSON value in an answer, and how long its text is. */
export interface Found {
  readonly value: unknown
  readonly length: number
}

/**
 * The JSON values in an answer, the likeliest first: the answer as a whole, else what stands last
 * in it, mended only where it cannot be read as it is. Which of them is meant is up to a schema.
 * Throws where there is none, or where one ends before it is complete: what is missing cannot be
 * mended.
 */
export const jsonIn = (answer: string): ReadonlyArray<Found> => {
  const text = answer.replace(/^\ufeff/, "").trim()
  const problem = problemOf(text)
  if (problem === undefined) return [{ value: parseExactly(text), length: text.length }]
  const texts = [...fenced(text), ...bracketed(text)].toReversed()
  const asTheyAre = texts
    .filter((each) => problemOf(each) === undefined)
    .map((each) => ({ value: parseExactly(each), length: each.length }))
  const found = [
    ...asTheyAre,
    ...texts.filter((each) => problemOf(each) !== undefined).flatMap(mended)
  ]
  if (found.length === 0) throw new Error(`the answer is no JSON: ${problem}`)
  return found
}

/** What is wrong with a text as JSON; undefined if nothing is. */
const problemOf = (text: string): string | undefined => {
  try {
    JSON.parse(text)
    return undefined
  } catch (thrown) {
    return (thrown as Error).message
  }
}

const require = createRequire(import.meta.url)

/** The package is loaded when an answer needs it, within a call that waits for nothing. */
const repaired = (text: string): string =>
  (require("jsonrepair") as { readonly jsonrepair: typeof jsonrepair }).jsonrepair(text)

const mended = (text: string): ReadonlyArray<Found> => {
  try {
    return [{ value: parseExactly(repaired(text)), length: text.length }]
  } catch {
    return []
  }
}

/** Numbers and texts in fences; objects and lists are found by their brackets. */
const fenced = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/```\w*\n(.*?)```/gs)]
    .map(([, inside = ""]) => inside.trim())
    .filter(
      (inside) => /^["\d-]|^(true|false|null)$/.test(inside) && problemOf(inside) === undefined
    )

/** The objects and lists in a text, without those within them. */
const bracketed = (text: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  for (let from = nextBracket(text, 0); from >= 0;) {
    const end = endOf(text, from)
    if (end !== undefined) found.push(text.slice(from, end))
    else if (looksLikeJson.test(text.slice(from)))
      throw new Error("the JSON in the answer is cut: it ends before it is complete")
    from = nextBracket(text, end ?? from + 1)
  }
  return found
}

const nextBracket = (text: string, from: number): number => {
  const next = text.slice(from).search(/[{[]/)
  return next < 0 ? -1 : from + next
}

const looksLikeJson = /^(\{\s*["']|\[\s*["{[])/

/** Where the bracket at a place is closed, brackets in texts aside. */
const endOf = (text: string, from: number): number | undefined => {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const character = text[at]
    if (character === '"') {
      at = endOfText(text, at)
    } else if (character === "{" || character === "[") depth++
    else if ((character === "}" || character === "]") && --depth === 0) return at + 1
  }
  return undefined
}

/** Where a text in quotation marks ends. */
const endOfText = (text: string, from: number): number => {
  let at = from + 1
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1
  return at
}
