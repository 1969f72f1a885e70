/** FormatPRM: solutions with labelled steps, as trainers of process reward models read them. */
import * as Schema from "effect/Schema"
import type { Mapped, Names, Renamed, RenamedOut } from "../../columns/mapping.ts"
import { checkedOptions } from "../../step/checkedOptions.ts"
import type { DefinedStep, DefinedStepOptions } from "../../step/defineStep.ts"
import { define, defined } from "../../step/Definition.ts"
import { ownStep } from "../../step/ownStep.ts"

const reads = { instruction: Schema.String, solutions: Schema.Array(Schema.String) }

interface LabelledSolution {
  readonly instruction: string
  readonly solutions: ReadonlyArray<string>
}

/** The columns of each format. */
const columns = {
  "math-shepherd": { input: Schema.String, label: Schema.String },
  trl: {
    prompt: Schema.String,
    completions: Schema.Array(Schema.String),
    labels: Schema.Array(Schema.Boolean)
  }
} as const

type Format = keyof typeof columns

/** The columns that a format adds, with their types. */
export type PRMColumns<F extends Format> = {
  readonly [C in keyof (typeof columns)[F]]: (typeof columns)[F][C] extends {
    readonly Type: infer Value
  }
    ? Value
    : never
}

export interface FormatPRMOptions<
  Name extends string,
  F extends Format,
  InputMap,
  OutputMap
> extends DefinedStepOptions<Name, InputMap, OutputMap> {
  /** Whose trainer reads the rows: that of Math-Shepherd or that of TRL. Default `math-shepherd`. */
  readonly format?: F
  /** What stands in `input` in place of each tag. Default `ки`, the token of Math-Shepherd. */
  readonly stepToken?: string
  /** The tags of right and of wrong steps. Default `["+", "-"]`. */
  readonly tags?: readonly [right: string, wrong: string]
}

export const definition = define({
  type: "FormatPRM",
  about: "Formats solutions with labelled steps for training a process reward model.",
  options: {
    format: Schema.optionalKey(Schema.Literals(["math-shepherd", "trl"])),
    stepToken: Schema.optionalKey(Schema.String),
    tags: Schema.optionalKey(Schema.Tuple([Schema.NonEmptyString, Schema.NonEmptyString]))
  },
  defaults: { format: "math-shepherd", stepToken: "ки", tags: ["+", "-"] },
  python: {}
})

/**
 * Formats solutions with labelled steps for training a process reward model.
 *
 * A row holds one solution: put `ExpandColumns` between `MathShepherdCompleter`, whose rows hold
 * several, and this step. Each step ends with one of the tags.
 *
 * @example
 *   const format = FormatPRM({ name: "format", format: "trl" })
 *
 * @reads instruction string — the problem
 * @reads solutions list of strings — the steps of one solution, each with its tag
 * @adds input string — the problem and the steps, with `stepToken` in place of the tags; with `format: "math-shepherd"` only
 * @adds label string — the same with the tags; with `format: "math-shepherd"` only
 * @adds prompt string — the problem; with `format: "trl"` only
 * @adds completions list of strings — the steps without their tags; with `format: "trl"` only
 * @adds labels list of booleans — whether each step is right; with `format: "trl"` only
 * @fails RowFailed when a step ends with neither of the tags
 * @source https://arxiv.org/abs/2312.08935
 */
export const FormatPRM = defined(
  definition,
  <
    const Name extends string,
    const F extends Format = "math-shepherd",
    const InputMap extends Names<LabelledSolution> = {},
    const OutputMap extends Names<PRMColumns<F>> = {}
  >(
    options: FormatPRMOptions<
      Name,
      F,
      Mapped<InputMap, LabelledSolution>,
      Mapped<OutputMap, PRMColumns<F>>
    >
  ): DefinedStep<
    "FormatPRM",
    Name,
    Renamed<LabelledSolution, InputMap>,
    RenamedOut<PRMColumns<F>, InputMap, OutputMap>
  > => {
    const { format, stepToken, tags } = checkedOptions(
      "FormatPRM",
      definition.options,
      { ...definition.defaults },
      options
    ) as {
      readonly format: Format
      readonly stepToken: string
      readonly tags: readonly [string, string]
    }
    return ownStep(
      "step",
      definition,
      {
        ...options,
        inputs: reads,
        outputs: columns[format],
        version: "1",
        process: (rows: ReadonlyArray<LabelledSolution>) =>
          rows.map((row) => {
            const { instruction } = row
            const steps = row.solutions.map((step, i) => labelled(step, i, tags))
            return {
              ...row,
              ...(format === "trl"
                ? {
                    prompt: instruction,
                    completions: steps.map(({ text }) => text.trim()),
                    labels: steps.map(({ right }) => right)
                  }
                : {
                    input: `${instruction} ${steps.map(({ text }) => text + stepToken).join("\n")}`,
                    label: `${instruction} ${row.solutions.join("\n")}`
                  })
            }
          })
      },
      "one-to-one"
    )
  }
)

/** A step without its tag, and whether it is right. */
const labelled = (
  step: string,
  index: number,
  [right, wrong]: readonly [string, string]
): { readonly text: string; readonly right: boolean } => {
  // The longer first: one tag may end with the other.
  const tag = [right, wrong]
    .toSorted((a, b) => b.length - a.length)
    .find((each) => step.endsWith(each))
  if (tag === undefined)
    throw new Error(
      `step ${index + 1} of 'solutions' ends with neither '${right}' nor '${wrong}': ${JSON.stringify(step)}`
    )
  return { text: step.slice(0, -tag.length), right: tag === right }
}
