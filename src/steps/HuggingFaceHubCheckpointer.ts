/** Sends rows to the Hugging Face Hub while a run goes on. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Columns } from "../columns/Columns.ts"
import type { Passes } from "../columns/Row.ts"
import { HubCheckpoints } from "../data/distiset/HubCheckpoints.ts"
import { makeStep, type StepParameters } from "../step/makeStep.ts"
import type { Step } from "../step/Step.ts"
import { detailOf, StepFailed } from "../step/StepFailed.ts"
import { Token } from "./token.ts"

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

const parameters: Columns = {
  repoId: Schema.String,
  private: Schema.optionalKey(Schema.Boolean),
  token: Schema.optionalKey(Token)
}

const rowsInFile = 1000

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
export const HuggingFaceHubCheckpointer = <const Name extends string, const Repo = never>({
  inputBatchSize = rowsInFile,
  name,
  repoId,
  token,
  ...others
}: HuggingFaceHubCheckpointerOptions<Name, Repo>): Step<
  Name,
  {},
  Passes,
  [Repo] extends [never] ? CheckpointerParametersToSet : CheckpointerParameters
> => {
  const given = {
    repoId,
    private: others.private,
    token: typeof token === "string" ? Redacted.make(token) : token
  }
  return makeStep({
    name,
    type: "HuggingFaceHubCheckpointer",
    kind: "step",
    gives: (have) => have,
    batchSize: inputBatchSize,
    parameters,
    values: given,
    options: { ...given, inputBatchSize },
    keepsOutputs: true,
    open: (values) => {
      const {
        repoId: repo,
        private: isPrivate = true,
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
  })
}
