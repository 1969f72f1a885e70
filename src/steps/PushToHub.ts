/** Pushes all rows to the Hugging Face Hub on their way. */
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Passes, Row } from "../columns/Row.ts"
import {
  checkPush,
  pushDataset,
  type PushToHubOptions as PushOptions
} from "../data/distiset/pushDataset.ts"
import { Rows } from "../data/rows/Rows.ts"
import { define, defined } from "../step/Definition.ts"
import { SecretOption } from "../step/options.ts"
import type { Step } from "../step/Step.ts"
import { detailOf, StepFailed } from "../step/StepFailed.ts"
import { stepOf } from "../step/stepOf.ts"
import { givenToRun } from "./givenToRun.ts"

/** Parameters of `PushToHub`. */
export interface PushParameters {
  /** The dataset: `owner/name`. */
  readonly repoId?: string
  /** The split that the rows become. Default `train`. */
  readonly split?: string
  /** Whether a dataset that is made by this is private. Default false. */
  readonly private?: boolean
  /** A token with write access. Default: `HF_TOKEN`, else the one that `hf auth login` has left. */
  readonly token?: string | Redacted.Redacted
}

/** The same where the dataset was not given yet. */
export interface PushParametersToSet extends PushParameters {
  readonly repoId: string
}

export interface PushToHubOptions<Name extends string, Repo> extends Omit<
  PushParameters,
  "repoId"
> {
  readonly name: Name
  /** The dataset: `owner/name`. Without it, it must be given to `run`. */
  readonly repoId?: Repo & string
  /** The configuration's name. Default `default`. */
  readonly config?: string
}

export const definition = define({
  type: "PushToHub",
  about:
    "Pushes all rows that come to it to a dataset of the Hugging Face Hub, and lets them pass.",
  options: {
    repoId: Schema.optionalKey(Schema.String),
    split: Schema.optionalKey(Schema.String),
    private: Schema.optionalKey(Schema.Boolean),
    token: Schema.optionalKey(SecretOption),
    config: Schema.optionalKey(Schema.String)
  },
  defaults: { split: "train", private: false, config: "default" },
  parameters: ["repoId", "split", "private", "token"],
  needs: ["repoId"],
  takesMappings: false,
  python: { lacks: ["config"], blanks: { repoId: [givenToRun] } }
})

/**
 * Pushes all rows that come to it to a dataset of the Hugging Face Hub, and lets them pass. What
 * other configurations of the dataset hold stays.
 *
 * To push what a run gives, with a card that tells how it was made, use `distiset.pushToHub`; this
 * step is for rows in the middle of a pipeline.
 *
 * @example
 *   const push = PushToHub({ name: "push", repoId: "me/instructions", private: true })
 *
 * @fails StepFailed if there is no token or one that may not write, the Hub cannot be reached, or something in the rows looks like a key
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/pushtohub/
 */
export const PushToHub = defined(
  definition,
  <const Name extends string, const Repo = never>(
    options: PushToHubOptions<Name, Repo>
  ): Step<Name, {}, Passes, [Repo] extends [never] ? PushParametersToSet : PushParameters> => {
    const { config = definition.defaults.config, name } = options
    const { private: isPrivate, split } = definition.defaults
    const filled = { ...options, config }
    return stepOf(definition, filled, {
      kind: "global",
      rowCount: "one-to-many",
      gives: (have) => have,
      check: (values) => {
        const { repoId: repo, token: key } = values as unknown as PushParametersToSet
        return Effect.tryPromise({
          try: () => checkPush(repo, { token: key }),
          catch: (thrown) =>
            new StepFailed({
              step: name,
              phase: "load",
              reason: "NotPushed",
              detail: detailOf(thrown)
            })
        })
      },
      open: (values) =>
        Effect.succeed({
          kind: "batch",
          streams: true,
          process: (rows) =>
            pushed(name, config, rows as RowList, {
              split,
              private: isPrivate,
              ...(values as unknown as PushParametersToSet)
            })
        })
    })
  }
)

type RowList = Iterable<Row> & { readonly length: number }

const rowsAtOnce = 500

const pushed = (
  step: string,
  config: string,
  rows: RowList,
  { repoId, ...options }: PushParametersToSet
): Effect.Effect<Iterable<Row>, StepFailed> => {
  const all = new Rows({
    name: config,
    length: rows.length,
    chunks: async function* () {
      let chunk: Array<Row> = []
      for (const row of rows) {
        if (chunk.push(row) < rowsAtOnce) continue
        yield chunk
        chunk = []
      }
      yield chunk
    }
  })
  const contents = {
    parts: new Map([[config, new Map([["train", all]])]]),
    errors: new Map<string, string>(),
    artifacts: undefined,
    story: undefined
  }
  return Effect.tryPromise({
    try: () => pushDataset(repoId, contents, options satisfies PushOptions),
    catch: (thrown) =>
      new StepFailed({ step, phase: "process", reason: "NotPushed", detail: detailOf(thrown) })
  }).pipe(Effect.as(rows))
}
