/** APIGenGenerator: a query, and the calls of functions that answer it. */
import * as Schema from "effect/Schema"
import { pythonJson } from "../../columns/pythonJson.ts"
import { jsonIn } from "../../models/chat/jsonIn.ts"
import { jsonSchemaOf } from "../../models/chat/jsonSchema.ts"
import { defineTask } from "../../tasks/defineTask.ts"
import { inThisForm } from "../../tasks/form.ts"
import { given } from "../../tasks/given.ts"
import { drawn, share } from "../draw/drawn.ts"
import { apigen } from "./apigen.ts"

const labeller = `You write data for models that learn to call functions: queries of users, each with the calls that answer it.

A query
- is what a user of the function might really ask, in words of its own;
- says everything that the calls need, or leaves out only what has a default;
- can be answered with the functions that are given.

The calls
- name functions exactly as given, with arguments of the right names and types;
- take their values from the query, and invent none;
- are as few as the query needs.`

const Pairs = Schema.Struct({
  pairs: Schema.Array(
    Schema.Struct({
      query: Schema.String,
      answers: Schema.Array(
        Schema.Struct({
          name: Schema.String,
          arguments: Schema.Record(Schema.String, Schema.Unknown)
        })
      )
    })
  )
})

const Count = Schema.Int.check(Schema.isGreaterThan(0))

type Numbers = number | ReadonlyArray<number> | Readonly<Record<string, number>>

/** One of the numbers, each as likely as its weight says. */
const drawnNumber = (numbers: Numbers, by: ReadonlyArray<string | number>): number => {
  if (typeof numbers === "number") return numbers
  if (isList(numbers)) return drawn(undefined, numbers, ...by)
  const weights = Object.entries(numbers)
  let left = share(by) * weights.reduce((sum, [, weight]) => sum + weight, 0)
  const found = weights.find(([, weight]) => (left -= weight) < 0)
  return Number((found ?? weights.at(-1)!)[0])
}

const isList = (numbers: Numbers): numbers is ReadonlyArray<number> => Array.isArray(numbers)

const form = (pair: string, json: boolean): string =>
  json ? `{ "pairs": [${pair}] }` : `[${pair}]`

/**
 * Writes a query about a function, and the calls that answer it.
 *
 * @example
 *   const write = APIGenGenerator({ name: "write", llm: OpenAILLM({ model: "gpt-4o-mini" }) })
 *
 * @reads examples string — pairs of queries and calls, as `PrepareExamples` writes them
 * @reads func_name string
 * @reads func_desc string
 * @reads tools string or a list of descriptions, optional — with option `useTools: true` only
 * @adds query string
 * @adds answers string — the calls as a JSON list of `{ name, arguments }`
 * @adds reasoning string or null — what the model thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer, or its answer has no query with calls
 * @source https://arxiv.org/abs/2406.18518
 */
export const APIGenGenerator = defineTask({
  "~ready": true,
  type: "APIGenGenerator",
  about: "Writes a query about a function, and the calls that answer it.",
  cites: apigen,
  reads: {
    examples: Schema.String,
    func_name: Schema.String,
    func_desc: Schema.String,
    tools: Schema.optionalKey(Schema.Unknown)
  },
  adds: { query: Schema.String, answers: Schema.String },
  options: {
    /** What the model is told of its role. */
    systemPrompt: Schema.optionalKey(Schema.String),
    /**
     * How many pairs are asked for, of which the first is kept: a number, several of which one is
     * drawn for each row, or numbers with their weights. Default 1.
     */
    number: Schema.optionalKey(
      Schema.Union([Count, Schema.Array(Count), Schema.Record(Schema.String, Schema.Number)])
    ),
    /** Decides what is drawn. Default 42. */
    seed: Schema.optionalKey(Schema.Int),
    /** Whether the model sees the descriptions in `tools`. Default true. */
    useTools: Schema.optionalKey(Schema.Boolean),
    /** Whether the model is held to JSON by a schema. Default false. */
    useDefaultStructuredOutput: Schema.optionalKey(Schema.Boolean)
  },
  defaults: {
    systemPrompt: labeller,
    number: 1,
    seed: 42,
    useTools: true,
    useDefaultStructuredOutput: false
  },
  check: ({ number }) =>
    typeof number === "object" && Object.keys(number).length === 0
      ? "number has nothing to draw from. Give at least one."
      : undefined,
  python: { lacks: ["seed"] },
  answerFormat: ({ useDefaultStructuredOutput }) =>
    useDefaultStructuredOutput ? jsonSchemaOf(Pairs, "APIGenGenerator") : undefined,
  prompt: (
    { examples, func_desc, func_name, tools },
    { number: numbers, seed, systemPrompt, useDefaultStructuredOutput, useTools }
  ) => {
    const number = drawnNumber(numbers, [seed, func_name, examples])
    const shown = useTools && tools !== undefined && tools !== null
    const pair = `{ "query": "<a query>", "answers": [{ "name": "${func_name}", "arguments": { "<argument>": "<value>" } }] }`
    return [
      ...(systemPrompt === "" ? [] : [{ role: "system" as const, content: systemPrompt }]),
      {
        role: "user",
        content: [
          `Write ${number === 1 ? "one query that calls" : `${number} different queries that call`} the function \`${func_name}\`, with the calls.`,
          ...(number > 1 ? ["Some of the queries may take several calls at once."] : []),
          `## What others look like\n\n${examples}`,
          `## The function\n\n${func_desc}`,
          ...(shown
            ? [`## Tools\n\n${typeof tools === "string" ? tools : JSON.stringify(tools, null, 2)}`]
            : []),
          inThisForm(form(pair, useDefaultStructuredOutput))
        ].join("\n\n")
      }
    ]
  },
  parse: (answer, _, { useDefaultStructuredOutput }) => {
    const value = jsonIn(given(answer))[0]?.value
    const listed = useDefaultStructuredOutput
      ? (value as { readonly pairs?: unknown } | null)?.pairs
      : value
    const first: unknown = Array.isArray(listed) ? listed[0] : undefined
    if (!isPair(first))
      throw new Error("the answer is no list of pairs, each with a query and its answers")
    return { query: first.query, answers: pythonJson(first.answers) }
  }
})

const isPair = (value: unknown): value is { readonly query: string; readonly answers: unknown } =>
  typeof value === "object" &&
  value !== null &&
  typeof (value as { readonly query?: unknown }).query === "string" &&
  (value as { readonly answers?: unknown }).answers !== undefined
