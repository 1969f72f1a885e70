/** Sends rows to the Hugging Face Hub while a run goes on. */
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Passes } from "../columns/Row.ts"
import { HubCheckpoints } from "../data/distiset/HubCheckpoints.ts"
import { define, defined } from "../step/Definition.ts"
import type { StepParameters } from "../step/makeStep.ts"
import { SecretOption } from "../step/options.ts"
import type { Step } from "../step/Step.ts"
import { detailOf, StepFailed } from "../step/StepFailed.ts"
import { stepOf } from "../step/stepOf.ts"

/** Parameters of `HuggingFaceHubCheckpointer`. */
export interface CheckpointerParameters extends StepParameters {
  /** The dataset: `owner/name`. */
  readonly repoId?: string
  /** Whether a dataset that is made by this is private. Default true. */
  readonly private?: boolean
  /** A token with write access. Default: `HF_TOKEN`, else the one that `hf auth login` has left. */
  readonly token?: string | Redacted.Redacted
}

/** The same where the dataset was not given yet. */
export interface CheckpointerParametersToSet extends CheckpointerParameters {
  readonly repoId: string
}

export interface HuggingFaceHubCheckpointerOptions<Name extends string, Repo> extends Omit<
  CheckpointerParameters,
  "repoId"
> {
  readonly name: Name
  /** The dataset: `owner/name`. Without it, it must be given to `run`. */
  readonly repoId?: Repo & string
  /**
   * Rows in one file, and one commit. Fewer make for many commits, more for more that is lost with
   * the machine. Default 1,000.
   */
  readonly inputBatchSize?: number
}

const rowsInFile = 1000

export const definition = define({
  type: "HuggingFaceHubCheckpointer",
  about:
    "Sends rows to a dataset of the Hugging Face Hub while the run goes on, as JSON Lines files in a folder named after the step, and lets them pass: so they survive this machine.",
  options: {
    repoId: Schema.optionalKey(Schema.String),
    private: Schema.optionalKey(Schema.Boolean),
    token: Schema.optionalKey(SecretOption)
  },
  defaults: { private: true },
  parameters: ["repoId", "private", "token"],
  needs: ["repoId"],
  takesMappings: false
})

/**
 * Sends rows to a dataset of the Hugging Face Hub while the run goes on, as JSON Lines files in a
 * folder named after the step, and lets them pass: so they survive this machine. Rows are sent
 * once; where a run was killed between sending and noting it, a file may be sent again under
 * another name.
 *
 * @example
 *   const keep = HuggingFaceHubCheckpointer({ name: "checkpoint", repoId: "me/checkpoints", inputBatchSize: 500 })
 *
 * @fails StepFailed if there is no token or one that may not write, rows cannot be sent, or something in them looks like a key
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/huggingfacehubcheckpointer/
 */
export const HuggingFaceHubCheckpointer = defined(
  definition,
  <const Name extends string, const Repo = never>(
    options: HuggingFaceHubCheckpointerOptions<Name, Repo>
  ): Step<
    Name,
    {},
    Passes,
    [Repo] extends [never] ? CheckpointerParametersToSet : CheckpointerParameters
  > => {
    const { inputBatchSize = rowsInFile, name } = options
    return stepOf(
      definition,
      { ...options, inputBatchSize },
      {
        kind: "step",
        gives: (have) => have,
        keepsOutputs: true,
        open: (values) => {
          const {
            repoId: repo,
            private: isPrivate = definition.defaults.private,
            token: key
          } = values as unknown as CheckpointerParametersToSet
          return Effect.map(
            Effect.tryPromise({
              try: () => HubCheckpoints.open(repo, name, { private: isPrivate, token: key }),
              catch: (thrown) =>
                new StepFailed({
                  step: name,
                  phase: "load",
                  reason: "NotPushed",
                  detail: detailOf(thrown)
                })
            }),
            (checkpoints) => ({
              kind: "batch",
              process: (rows) =>
                Effect.as(
                  Effect.tryPromise({
                    try: () => checkpoints.add(rows),
                    catch: (thrown) =>
                      new StepFailed({
                        step: name,
                        phase: "process",
                        reason: "NotPushed",
                        detail: detailOf(thrown)
                      })
                  }),
                  rows
                )
            })
          )
        }
      }
    )
  }
)
