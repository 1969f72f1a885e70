/**
 * Bodies of answers: their JSON, whatever stands around it, and the events of those that arrive as
 * a stream.
 */
import { Unusable } from "../asking/Diagnosis.ts"
import { record } from "../http/wireValues.ts"
import { accumulated } from "./accumulated.ts"

/**
 * What a body holds: one value, or the values of a stream in their order, and whether the stream
 * says that it is at its end.
 */
export type Body =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "stream"; readonly values: ReadonlyArray<unknown>; readonly ended: boolean }

/** Reads a body. Throws `Unusable` for what is no JSON. */
export const readBody = (text: string): Body => {
  // Most are one object: no lines with a value each are JSON together.
  if (text.startsWith("{")) {
    const value = plainJson(text)
    if (value !== undefined) return { kind: "value", value }
  }
  const body = text.replace(/^\ufeff/, "")
  if (!/^\s*(data|event|id|retry)?:/.test(body))
    return linesOf(body) ?? { kind: "value", value: jsonOf(body) }
  const data = dataOf(body)
  const values = data.filter((each) => each !== endMark)
  return { kind: "stream", values: values.map(jsonOf), ended: values.length < data.length }
}

/**
 * The object in a body: of a stream, what its values make together, each read as the part that it
 * adds. Throws `Unusable` for what is no JSON.
 */
export const readWhole = (
  text: string,
  partOf: (value: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>> = (
    value
  ) => value
): Readonly<Record<string, unknown>> => {
  const body = readBody(text)
  return body.kind === "value"
    ? record(body.value)
    : accumulated(body.values.map((value) => partOf(record(value))))
}

/** A stream of lines, each with a value; undefined for a body that is one value. */
const linesOf = (body: string): Body | undefined => {
  const lines = body.split("\n").filter((line) => line.trim() !== "")
  if (lines.length < 2 || !lines.every((line) => /^\s*\{.*\}\s*$/.test(line))) return undefined
  return { kind: "stream", values: lines.map(jsonOf), ended: false }
}

const endMark = "[DONE]"

/** The data of server-sent events. Comments and names of events say nothing that is needed. */
const dataOf = (text: string): ReadonlyArray<string> =>
  text.split(/(?:\r\n|\r|\n){2,}/).flatMap((event) => {
    const lines = event
      .split(/\r\n|\r|\n/)
      .filter((line) => line.startsWith("data:"))
      .map((line) => line.slice("data:".length).replace(/^ /, ""))
    const data = lines.join("\n").trim()
    return data === "" ? [] : [data]
  })

const jsonOf = (text: string): unknown => {
  const value = plainJson(text) ?? plainJson(withoutOddNumbers(text))
  if (value !== undefined) return value
  throw new Unusable({
    reason: "InvalidAnswer",
    detail: `no JSON: ${text.replace(/\s+/g, " ").slice(0, 100) || "an empty body"}`
  })
}

/** What a text says in JSON; undefined if it is none. */
const plainJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Python's JSON has numbers that JSON has not. Out of texts, NaN becomes null and an infinity a
 * number that is too large to be finite.
 */
const withoutOddNumbers = (text: string): string =>
  text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/gs, (found) =>
    found.startsWith('"') ? found : found === "NaN" ? "null" : found.replace("Infinity", "1e999")
  )
