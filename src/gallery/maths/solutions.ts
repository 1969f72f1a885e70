/** Solutions step by step: how a prompt asks for them, and how they are read from an answer. */
import * as Schema from "effect/Schema"
import { jsonIn } from "../../models/chat/jsonIn.ts"
import { inThisForm } from "../../tasks/form.ts"

/** The paper that the tasks of this wing follow. */
export const mathShepherd = `@misc{wang2024mathshepherd,
  title = {Math-Shepherd: Verify and Reinforce LLMs Step-by-step without Human Annotations},
  author = {Peiyi Wang and Lei Li and Zhihong Shao and R. X. Xu and Damai Dai and Yifei Li and Deli Chen and Y. Wu and Zhifang Sui},
  year = {2024},
  eprint = {2312.08935},
  archivePrefix = {arXiv}
}`

/** A solution: its steps, and the line with the answer last. */
export type Solution = ReadonlyArray<string>

/** Options of all tasks that ask for solutions. */
export const solutionOptions = {
  /** The role that the model plays. */
  systemPrompt: Schema.optionalKey(Schema.String),
  /** What makes a good step; null for no rules. */
  extraRules: Schema.optionalKey(Schema.NullOr(Schema.String)),
  /** Problems with their solutions, as a text; null for none. Default: two word problems. */
  fewShots: Schema.optionalKey(Schema.NullOr(Schema.String)),
  /** Whether the model must answer in JSON by a schema. Default false. */
  useDefaultStructuredOutput: Schema.optionalKey(Schema.Boolean)
}

export const solutionDefaults = {
  extraRules: [
    "- Every step does one thing, and shows the calculation that it does.",
    "- A step uses only what the problem or an earlier step states.",
    "- The last line holds the answer alone, as a number without its unit."
  ].join("\n"),
  fewShots: [
    `Problem: A baker fills 4 trays with 12 rolls each and sells 30 rolls. How many rolls are left?
Step 1: The trays hold 4 * 12 = 48 rolls.
Step 2: After the sale 48 - 30 = 18 rolls are left.
The answer is: 18`,
    `Problem: A train covers 60 km in its first hour and half as much again in its second. How far does it go in the two hours?
Step 1: Half of 60 km is 60 / 2 = 30 km.
Step 2: In the second hour it covers 60 + 30 = 90 km.
Step 3: In both hours it covers 60 + 90 = 150 km.
The answer is: 150`
  ].join("\n\n"),
  useDefaultStructuredOutput: false
}

/** The system prompt: the role, then the rules and the examples, where there are any. */
export const solverRole = (
  systemPrompt: string,
  { extraRules, fewShots }: { readonly extraRules: string | null; readonly fewShots: string | null }
): string =>
  [
    systemPrompt,
    ...(extraRules === null || extraRules === "" ? [] : [`## Rules\n\n${extraRules}`]),
    ...(fewShots === null || fewShots === "" ? [] : [`## Examples\n\n${fewShots}`])
  ].join("\n\n")

/** The schema of an answer that is held to JSON. */
export const Solutions = Schema.Struct({
  solutions: Schema.Array(Schema.Struct({ solution: Schema.String }))
})

/** Words that ask for solutions in their form, from a step on. */
export const solutionsAsked = (count: number, firstStep: number, json: boolean): string => {
  const solution = [
    `Step ${firstStep}: <what is done first>`,
    `Step ${firstStep + 1}: <what is done next>`,
    "The answer is: <number>"
  ].join("\n")
  const all = Array.from({ length: count }, () => solution)
  return [
    `Take as many steps as it needs, one a line.${count > 1 && !json ? " Put a line of --- between solutions." : ""}`,
    inThisForm(
      json
        ? JSON.stringify({ solutions: all.map((each) => ({ solution: each })) }, null, 2)
        : all.join("\n---\n")
    )
  ].join(" ")
}

/** The solutions in an answer; those without a step are left out. Throws if the JSON is not one. */
export const solutionsIn = (answer: string, json: boolean): ReadonlyArray<Solution> =>
  (json ? textsIn(answer) : answer.split(/^[ \t]*-{3,}[ \t]*$/m))
    .map(stepsIn)
    .filter((steps) => steps.length > 0)

const textsIn = (answer: string): ReadonlyArray<string> => {
  const solutions = jsonIn(answer)
    .map(({ value }) => (value as { readonly solutions?: unknown } | null)?.solutions)
    .find((each) => Array.isArray(each)) as ReadonlyArray<unknown> | undefined
  if (solutions === undefined) throw new Error("the answer has no list 'solutions'")
  return solutions.map((each) => {
    const text = (each as { readonly solution?: unknown } | null)?.solution
    if (typeof text !== "string") throw new Error("one of the 'solutions' has no text 'solution'")
    return text
  })
}

const step = /Step \d+:/
const answerLine = /The answer is:/

/** The steps of a solution from the first on, and what stands from its answer on. */
const stepsIn = (text: string): Solution => {
  const first = text.search(step)
  if (first === -1) return []
  const solution = text.slice(first)
  const end = solution.search(answerLine)
  const [steps, answer] =
    end === -1 ? [solution, ""] : [solution.slice(0, end), solution.slice(end)]
  return [...steps.split(new RegExp(`(?=${step.source})`)), answer]
    .map((part) => part.trim())
    .filter((part) => part !== "")
}
