/** MathShepherdGenerator: solutions of problems, step by step. */
import * as Schema from "effect/Schema"
import type { Columns } from "../../columns/Columns.ts"
import type { Names, Renamed, RenamedOut } from "../../columns/mapping.ts"
import { jsonSchemaOf } from "../../models/chat/jsonSchema.ts"
import type { AnyLLM } from "../../models/chat/LLM.ts"
import { checkedOptions } from "../../step/checkedOptions.ts"
import { defined } from "../../step/Definition.ts"
import type { NoAnswer } from "../../tasks/Answer.ts"
import { given } from "../../tasks/given.ts"
import { makeTask } from "../../tasks/makeTask.ts"
import { taskDefinition } from "../../tasks/taskOptions.ts"
import type { Answered, TaskOptions, TaskStep } from "../../tasks/TaskStep.ts"
import {
  mathShepherd,
  solutionDefaults,
  solutionOptions,
  Solutions,
  solutionsAsked,
  solutionsIn,
  solverRole
} from "./solutions.ts"

interface Instruction {
  readonly instruction: string
}

/** One solution that counts as right, or several to be judged. */
export type Solved<M> = [M] extends [number]
  ? { readonly solutions: ReadonlyArray<ReadonlyArray<string>> }
  : { readonly golden_solution: ReadonlyArray<string> }

export interface MathShepherdGeneratorOptions<
  Name extends string,
  L extends AnyLLM,
  M extends number | undefined,
  Grouped extends boolean,
  InputMap,
  OutputMap,
  Reasoned extends boolean,
  Nulls extends NoAnswer
> extends TaskOptions<Name, L, Grouped, InputMap, OutputMap, Reasoned, Nulls> {
  /** How many solutions to write. Default: one, as `golden_solution`. */
  readonly M?: M
  /** The role that the model plays. */
  readonly systemPrompt?: string
  /** What makes a good step; null for no rules. */
  readonly extraRules?: string | null
  /** Problems with their solutions, as a text; null for none. Default: two word problems. */
  readonly fewShots?: string | null
  /** Whether the model must answer in JSON by a schema. Default false. */
  readonly useDefaultStructuredOutput?: boolean
}

/** Its own options, as schemas. */
export const generatorOptions = {
  ...solutionOptions,
  M: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0)))
}

const defaults = {
  ...solutionDefaults,
  systemPrompt:
    "You are a maths tutor who solves problems step by step, so that a student can check every step."
}

const definition = taskDefinition({
  type: "MathShepherdGenerator",
  about: "Solves problems step by step, once for a golden solution or several times.",
  cites: mathShepherd,
  options: generatorOptions,
  defaults,
  python: { keys: { M: "M" }, blanks: { M: [null], systemPrompt: [null] } }
})

/**
 * Solves problems step by step, once for a golden solution or several times.
 *
 * The golden solution is best written by a strong model, the `M` solutions by the model whose
 * steps are to be judged. `MathShepherdCompleter` labels their steps.
 *
 * @example
 *   const golden = MathShepherdGenerator({
 *     name: "golden",
 *     llm: OpenAILLM({ model: "gpt-4o" })
 *   })
 *   const solutions = MathShepherdGenerator({
 *     name: "solutions",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     M: 5
 *   })
 *
 * @reads instruction string — the problem
 * @adds golden_solution list of strings — the steps, then the line with the answer; without `M` only
 * @adds solutions list of lists of strings — the same of each solution; with `M` only
 * @adds reasoning string or null — what the model thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer, or its answer has no steps
 * @source https://arxiv.org/abs/2312.08935
 */
export const MathShepherdGenerator = defined(
  definition,
  <
    const Name extends string,
    L extends AnyLLM,
    const M extends number | undefined = undefined,
    const Grouped extends boolean = false,
    const InputMap extends Names<Instruction> = {},
    const Reasoned extends boolean = false,
    const Nulls extends NoAnswer = "error",
    const OutputMap extends Names<Answered<Solved<M>, Grouped, Reasoned, Nulls>> = {}
  >(
    options: MathShepherdGeneratorOptions<Name, L, M, Grouped, InputMap, OutputMap, Reasoned, Nulls>
  ): TaskStep<
    "MathShepherdGenerator",
    Name,
    Renamed<Instruction, InputMap>,
    RenamedOut<Answered<Solved<M>, Grouped, Reasoned, Nulls>, InputMap, OutputMap>,
    L
  > => {
    const own = checkedOptions(
      "MathShepherdGenerator",
      generatorOptions,
      defaults,
      options
    ) as unknown as typeof defaults & { readonly M?: number }
    const { M, systemPrompt, useDefaultStructuredOutput } = own
    const steps = Schema.Array(Schema.String)
    const outputs: Columns =
      M === undefined ? { golden_solution: steps } : { solutions: Schema.Array(steps) }
    return makeTask({
      definition,
      options: { ...options, ...own },
      reads: { instruction: Schema.String },
      outputs,
      structuredOutput: useDefaultStructuredOutput
        ? jsonSchemaOf(Solutions, "MathShepherdGenerator")
        : undefined,
      format: ({ instruction }) => [
        { role: "system", content: solverRole(systemPrompt, own) },
        {
          role: "user",
          content: [
            `Solve this problem${(M ?? 1) === 1 ? "" : ` in ${M} ways that differ`}.`,
            `## Problem\n\n${String(instruction)}`,
            solutionsAsked(M ?? 1, 1, useDefaultStructuredOutput)
          ].join("\n\n")
        }
      ],
      parse: (answer) => {
        const solutions = solutionsIn(given(answer), useDefaultStructuredOutput)
        const [golden] = solutions
        if (golden === undefined) throw new Error("the answer has no step such as 'Step 1: …'")
        return M === undefined ? { golden_solution: golden } : { solutions }
      }
    })
  }
)
