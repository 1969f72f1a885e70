/** Objects in answers: the JSON object that an answer is, or holds. */
import type { Row } from "../columns/Row.ts"
import { jsonIn } from "../models/chat/jsonIn.ts"
import { given } from "./given.ts"

const isObject = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/**
 * The object in an answer that has the most of the keys, the first of several. Throws where there
 * is none.
 */
export const jsonObject = (answer: string | null, keys: ReadonlyArray<string>): Row => {
  const objects = jsonIn(given(answer))
    .map(({ value }) => value)
    .filter(isObject)
    .toReversed()
  const count = (object: Row): number => keys.filter((key) => Object.hasOwn(object, key)).length
  const best = objects.reduce<Row | undefined>(
    (found, each) => (found === undefined || count(each) > count(found) ? each : found),
    undefined
  )
  if (best === undefined) throw new Error("the answer is JSON, but no object")
  return best
}

/** The same with its texts alone. Throws where one of the keys has none. */
export const jsonTexts = <const Key extends string>(
  answer: string | null,
  keys: ReadonlyArray<Key>
): { readonly [K in Key]: string } => {
  const object = jsonObject(answer, keys)
  const texts = keys.map((key) => {
    const text = object[key]
    if (typeof text === "string" && text.trim() !== "") return [key, text]
    throw new Error(
      text === undefined ? `the answer has no '${key}'` : `'${key}' of the answer is no text`
    )
  })
  return Object.fromEntries(texts) as { readonly [K in Key]: string }
}
