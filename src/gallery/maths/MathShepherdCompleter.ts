/** MathShepherdCompleter: which steps of solutions lead to the right answer. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { StepLLM } from "../../step/StepLLM.ts"
import { defineMultiCallTask } from "../../tasks/defineMultiCallTask.ts"
import {
  mathShepherd,
  type Solution,
  solutionDefaults,
  solutionOptions,
  Solutions,
  solutionsAsked,
  solutionsIn,
  solverRole
} from "./solutions.ts"

const Steps = Schema.Array(Schema.String)

/**
 * Labels the steps of solutions by whether the problem can still be solved from there.
 *
 * For each step but the last, the model completes the solution from that step on, `N` times. The
 * step is right if one completion reaches the answer of the golden solution. The last step is right
 * if the answer that follows it is the golden one, and is joined with it. Answers are compared as
 * texts. Solutions of fewer than two lines stay as they are.
 *
 * @example
 *   const labelled = MathShepherdCompleter({
 *     name: "labelled",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     N: 4
 *   })
 *
 * @reads instruction string — the problem
 * @reads solutions list of lists of strings — solutions, each its steps and the line with the answer
 * @reads golden_solution list of strings — the right solution, the line with the answer last
 * @adds solutions list of lists of strings — each step with its tag
 * @adds model_name string
 * @adds distilabel_metadata the chats sent, the raw answers and token counts of all calls, under the task's name
 * @fails RowFailed when the model does not answer one of the calls, or the golden solution is empty
 * @source https://arxiv.org/abs/2312.08935
 */
export const MathShepherdCompleter = defineMultiCallTask({
  "~ready": true,
  type: "MathShepherdCompleter",
  about: "Labels the steps of solutions by whether the problem can still be solved from there.",
  cites: mathShepherd,
  reads: { instruction: Schema.String, solutions: Schema.Array(Steps), golden_solution: Steps },
  adds: { solutions: Schema.Array(Steps) },
  options: {
    ...solutionOptions,
    /** How many completions each step gets. Default 1. */
    N: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
    /** The tags of right and of wrong steps. Default `["+", "-"]`. */
    tags: Schema.optionalKey(Schema.Tuple([Schema.NonEmptyString, Schema.NonEmptyString]))
  },
  defaults: {
    ...solutionDefaults,
    systemPrompt:
      "You are a maths teacher who completes solutions that others have begun, step by step, whatever they have done so far.",
    N: 1,
    tags: ["+", "-"]
  },
  python: { keys: { N: "N" }, blanks: { systemPrompt: [null] } },
  work: ({ golden_solution, instruction, solutions }, options, { llm }) => {
    const golden = golden_solution.at(-1)
    if (golden === undefined) throw new Error("'golden_solution' is empty")
    const { tags } = options
    const tagged = (step: string, right: boolean): string => `${step} ${tags[right ? 0 : 1]}`
    const labelled = (solution: Solution): Effect.Effect<Solution, unknown> => {
      const answer = solution.at(-1)
      const last = solution.at(-2)
      if (answer === undefined || last === undefined) return Effect.succeed(solution)
      const others = solution.slice(0, -2)
      return Effect.map(
        Effect.forEach(
          others,
          (step, i) =>
            Effect.map(
              completions(llm, instruction, solution.slice(0, i + 1), options),
              (completed) =>
                tagged(
                  step,
                  completed.some((each) => each.at(-1) === golden)
                )
            ),
          { concurrency: "unbounded" }
        ),
        (steps) => [...steps, tagged(`${last} ${answer}`, answer === golden)]
      )
    }
    return Effect.map(
      Effect.forEach(solutions, labelled, { concurrency: "unbounded" }),
      (labels) => ({ solutions: labels })
    )
  }
})

interface Asking {
  readonly systemPrompt: string
  readonly extraRules: string | null
  readonly fewShots: string | null
  readonly N: number
  readonly useDefaultStructuredOutput: boolean
}

/** Completions of a solution from a step on. One without steps reaches no answer. */
const completions = (
  llm: StepLLM,
  instruction: string,
  begun: Solution,
  { N, systemPrompt, useDefaultStructuredOutput, ...more }: Asking
): Effect.Effect<ReadonlyArray<Solution>, unknown> => {
  const messages = [
    { role: "system" as const, content: solverRole(systemPrompt, more) },
    {
      role: "user" as const,
      content: [
        `Complete the solution of this problem from step ${begun.length + 1} on, to its answer${N === 1 ? "" : `, in ${N} ways that differ`}. Do not repeat the steps so far.`,
        `## Problem\n\n${instruction}`,
        `## Solution so far\n\n${begun.join("\n")}`,
        solutionsAsked(N, begun.length + 1, useDefaultStructuredOutput)
      ].join("\n\n")
    }
  ]
  return Effect.map(
    llm.ask(useDefaultStructuredOutput ? { messages, structuredOutput: Solutions } : messages),
    ({ text }) => solutionsIn(text, useDefaultStructuredOutput)
  )
}
