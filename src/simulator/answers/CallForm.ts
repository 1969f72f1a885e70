/**
 * Calls in a form: a model takes the names of arguments from what it reads of the function, and so
 * does a simulated one. Values are made up.
 */
import { jsonIn } from "../../models/chat/jsonIn.ts"
import type { Dice } from "./Dice.ts"
import { valueFor } from "./SchemaAnswer.ts"
import type { Topic } from "./Topic.ts"

type Arguments = Readonly<Record<string, unknown>>

/** A call whose arguments are to be filled in. */
const call = /"name": "([^"<>\n]+)", "arguments": \{ "<[^<>\n]+>": "<[^<>\n]+>" \}/g

/** The form with arguments that the function has, as far as the prompt tells of them. */
export const withCalls = (dice: Dice, form: string, prompt: string, topic: Topic): string =>
  form.replaceAll(call, (written, name: string) => {
    const args =
      described(dice, prompt, name, topic) ?? exemplified(dice, prompt, name) ?? named(dice, prompt)
    return args === undefined
      ? written
      : `"name": ${JSON.stringify(name)}, "arguments": ${JSON.stringify(args)}`
  })

/** Whether a form shows calls to fill in. */
export const hasCalls = (form: string): boolean => form.search(call) >= 0

/** Arguments by the function's own schema, which stands under `Tools`. */
const described = (
  dice: Dice,
  prompt: string,
  name: string,
  topic: Topic
): Arguments | undefined => {
  // JSON has no blank lines: what comes after one is no description any more.
  const [, tools = ""] = /\n## Tools\s+([^]*?)(?:\n\n|$)/.exec(prompt) ?? []
  const schemas = recordsInText(tools)
  const parameters = schemas.find((schema) => schema["name"] === name)?.["parameters"]
  if (!isRecord(parameters)) return undefined
  // Descriptions may be a schema, or its properties alone.
  const schema = isRecord(parameters["properties"])
    ? parameters
    : { type: "object", properties: parameters, required: Object.keys(parameters) }
  const value = valueFor(dice, schema, topic)
  return isRecord(value) ? value : undefined
}

/** Arguments as an example has them, with other values. */
const exemplified = (dice: Dice, prompt: string, name: string): Arguments | undefined => {
  const lines = prompt.split("\n").filter((line) => line.includes('"arguments"'))
  const calls = lines
    .flatMap(recordsInText)
    .flatMap(({ arguments: args, name: called }) =>
      called === name && isRecord(args) && !Object.keys(args).some((key) => key.startsWith("<"))
        ? [args]
        : []
    )
  return calls.length === 0
    ? undefined
    : Object.fromEntries(
        Object.entries(dice.pick(calls)).map(([key, value]) => [key, varied(dice, value)])
      )
}

/** Arguments that a description names between backticks: numbers, as most functions want. */
const named = (dice: Dice, prompt: string): Arguments | undefined => {
  const text = /\n## The function\n([^]*?)(?:\n## |$)/.exec(prompt)?.[1] ?? ""
  const names = [...text.matchAll(/`([A-Za-z_]\w*)`/g)].map(([, argument]) => argument!)
  return names.length === 0
    ? undefined
    : Object.fromEntries(names.map((argument) => [argument, dice.between(1, 100)]))
}

const varied = (dice: Dice, value: unknown): unknown =>
  typeof value === "number"
    ? Number.isInteger(value)
      ? dice.between(1, Math.max(10, 2 * Math.abs(value)))
      : Number((value * (0.5 + dice.next())).toFixed(2))
    : value

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** All records in the JSON of a text. */
const recordsInText = (text: string): ReadonlyArray<Readonly<Record<string, unknown>>> => {
  try {
    return jsonIn(text).flatMap(({ value }) => recordsIn(value))
  } catch {
    // There is none.
    return []
  }
}

/** All records in a value, however deep. */
const recordsIn = (value: unknown): ReadonlyArray<Readonly<Record<string, unknown>>> =>
  Array.isArray(value)
    ? value.flatMap(recordsIn)
    : isRecord(value)
      ? [value, ...Object.values(value).flatMap(recordsIn)]
      : []
