/** TextClustering: a label for each cluster of texts. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Mapped, Names, Renamed, RenamedOut } from "../../columns/mapping.ts"
import { pythonJson } from "../../columns/pythonJson.ts"
import type { Adds } from "../../columns/Row.ts"
import type { Chat } from "../../models/chat/Chat.ts"
import type { AnyLLM } from "../../models/chat/LLM.ts"
import { LLMError } from "../../models/chat/LLMError.ts"
import type { ParametersOf } from "../../models/chat/Model.ts"
import { checkedOptions } from "../../step/checkedOptions.ts"
import { define, defined } from "../../step/Definition.ts"
import type { StepParameters } from "../../step/makeStep.ts"
import { ModelOption } from "../../step/options.ts"
import { ownStep } from "../../step/ownStep.ts"
import type { Step } from "../../step/Step.ts"
import { detailOf, RowFailed } from "../../step/StepFailed.ts"
import type { StepLLM } from "../../step/StepLLM.ts"
import { type StepTools, textFile } from "../../step/StepTools.ts"
import { warning } from "../../step/warnings.ts"
import { share } from "../draw/drawn.ts"
import { clusterPicture } from "./clusterPicture.ts"
import {
  type Asked,
  classificationDefaults,
  classificationOptions,
  labelsIn,
  question
} from "./TextClassification.ts"

/** A text, the number of its cluster, below 0 for one that is in none, and perhaps its place. */
interface Clustered {
  readonly text: string
  readonly cluster_label: number
  readonly projection?: ReadonlyArray<number>
}

interface Summarized {
  readonly summary_label: string | null
  readonly model_name: string
}

export interface TextClusteringOptions<Name extends string, L extends AnyLLM, InputMap, OutputMap> {
  readonly name: Name
  /** The model that finds the labels. */
  readonly llm: L
  /** How many texts of a cluster the model sees at most. Default 10. */
  readonly samplesPerCluster?: number
  /** Decides which texts those are. Default 42. */
  readonly seed?: number
  /** How many labels a cluster gets. Default 1. */
  readonly n?: number
  /** Labels to choose from, or what each of them means. Default: the model finds its own. */
  readonly availableLabels?: ReadonlyArray<string> | Readonly<Record<string, string>>
  /** The label of texts that are in no cluster. Default `Unclassified`. */
  readonly defaultLabel?: string | ReadonlyArray<string>
  /** What the labels are for, or where the texts come from. */
  readonly context?: string
  /** Texts with their labels, as a model might write them. */
  readonly examples?: ReadonlyArray<string>
  /** What the texts are. Default `Texts`. */
  readonly queryTitle?: string
  /** The role that the model plays. */
  readonly systemPrompt?: string | null
  /** Whether the model must answer in JSON by a schema. Default true. */
  readonly useDefaultStructuredOutput?: boolean
  /**
   * Whether a picture of the clusters is saved with the dataset, where rows have a `projection` of
   * two numbers. Default true.
   */
  readonly savefig?: boolean
  /** False to ask the model on every run, whatever it answered before. Default true. */
  readonly useCache?: boolean
  /** The flow's columns under the step's own names: `{ text: "document" }`. */
  readonly inputMappings?: InputMap
  /** New names for the columns that the step adds. */
  readonly outputMappings?: OutputMap
}

/** Its own options, as schemas. */
export const clusteringOptions = {
  llm: ModelOption,
  ...classificationOptions,
  samplesPerCluster: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  savefig: Schema.optionalKey(Schema.Boolean),
  seed: Schema.optionalKey(Schema.Int)
}

const defaults = {
  ...classificationDefaults,
  context:
    "The texts are samples of one cluster of texts that are alike. Choose the labels that say best what they have in common.",
  queryTitle: "Texts",
  samplesPerCluster: 10,
  savefig: true,
  seed: 42
}

type Values = Asked & {
  readonly samplesPerCluster: number
  readonly savefig: boolean
  readonly seed: number
}

const definition = define({
  type: "TextClustering",
  about: "Lets a model label clusters of texts by samples of each.",
  options: clusteringOptions,
  defaults,
  python: {
    lacks: ["seed"],
    ignores: {
      num_generations: [1],
      group_generations: [false],
      add_raw_input: [true, false],
      add_raw_output: [true, false]
    }
  }
})

/**
 * Lets a model label clusters of texts by samples of each.
 *
 * The clusters come from a step such as `DBSCAN`. The model is asked once for each, with up to
 * `samplesPerCluster` of its texts. Where its answer cannot be read, the texts of the cluster have
 * no label, and the run warns of it.
 *
 * Where the rows still have the `projection` of `UMAP`, a picture of the clusters with their labels
 * is saved with the dataset: artifact `Text clusters`, `figure_clustering.svg`.
 *
 * @example
 *   const labelled = TextClustering({
 *     name: "labelled",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     samplesPerCluster: 20
 *   })
 *
 * @reads text string
 * @reads cluster_label number — the number of the text's cluster, from 0; below 0 for a text in none
 * @reads projection list of numbers, optional — where the text is in the picture
 * @adds summary_label string or null — the cluster's label as JSON, or a JSON list of labels with `n` above 1; null where the model gave none
 * @adds model_name string
 * @fails LLMError when the model does not answer
 * @source https://distilabel.argilla.io/latest/components-gallery/tasks/textclustering/
 */
export const TextClustering = defined(
  definition,
  <
    const Name extends string,
    L extends AnyLLM,
    const InputMap extends Names<Clustered> = {},
    const OutputMap extends Names<Summarized> = {}
  >(
    options: TextClusteringOptions<
      Name,
      L,
      Mapped<InputMap, Clustered>,
      Mapped<OutputMap, Summarized>
    >
  ): Step<
    Name,
    Renamed<Clustered, InputMap>,
    Adds<RenamedOut<Summarized, InputMap, OutputMap>>,
    StepParameters & { readonly llm?: ParametersOf<L> }
  > => {
    const own = checkedOptions(
      "TextClustering",
      clusteringOptions,
      defaults,
      options
    ) as unknown as Values
    return ownStep(
      "global",
      definition,
      {
        ...options,
        inputs: {
          text: Schema.String,
          cluster_label: Schema.Number,
          projection: Schema.optionalKey(Schema.Array(Schema.Number))
        },
        outputs: { summary_label: Schema.NullOr(Schema.String), model_name: Schema.String },
        version: "1",
        process: (
          rows: ReadonlyArray<Clustered>,
          _parameters: object,
          { llm, saveArtifact }: StepTools & { readonly llm: StepLLM }
        ) =>
          Effect.gen(function* () {
            const summaryOf = yield* summaries(rows, own, options.name, llm)
            const picture = own.savefig ? pictureOf(rows, summaryOf) : undefined
            if (picture !== undefined)
              yield* Effect.tryPromise({
                try: () =>
                  saveArtifact("Text clusters", textFile("figure_clustering.svg", picture), {
                    type: "image"
                  }),
                catch: (thrown) => thrown
              })
            return rows.map((row) => ({
              ...row,
              summary_label: summaryOf(row.cluster_label),
              model_name: options.llm.model
            }))
          })
      },
      "one-to-one"
    )
  }
)

/** The clusters with their labels; undefined where rows have no place in the plane. */
const pictureOf = (
  rows: ReadonlyArray<Clustered>,
  summaryOf: (cluster: number) => string | null
): string | undefined => {
  const placed = rows.flatMap(({ cluster_label: cluster, projection }) => {
    const [x, y] = projection ?? []
    if (x === undefined || y === undefined) return []
    const label = cluster < 0 ? "no cluster" : labelText(summaryOf(cluster), cluster)
    return [{ x, y, cluster, label }]
  })
  return placed.length === 0 ? undefined : clusterPicture(placed)
}

/** A label without JSON's signs. */
const labelText = (summary: string | null, cluster: number): string => {
  if (summary === null) return `cluster ${cluster}`
  const labels = JSON.parse(summary) as Labels
  return typeof labels === "string" ? labels : labels.join(", ")
}

type Labels = string | ReadonlyArray<string>

/** The label of each cluster, as JSON. */
const summaries = (
  rows: ReadonlyArray<Clustered>,
  own: Values,
  step: string,
  llm: StepLLM
): Effect.Effect<(cluster: number) => string | null, unknown> => {
  const textsOf = Map.groupBy(rows, (row) => row.cluster_label)
  const clusters = [...textsOf.keys()].filter((each) => each >= 0).toSorted((a, b) => a - b)
  const labelled = (cluster: number): Effect.Effect<Labels | null, unknown> =>
    Effect.catch(asked(llm, samples(textsOf.get(cluster)!, own), own), (failure) =>
      endsStep(failure)
        ? Effect.fail(failure)
        : Effect.as(
            warning(
              `Step '${step}' has no label for cluster ${cluster}: ${reasonOf(failure)}. Its texts have null in 'summary_label'.`
            ),
            null
          )
    )
  return Effect.map(Effect.forEach(clusters, labelled, { concurrency: "unbounded" }), (labels) => {
    const known = new Map(clusters.map((cluster, i) => [cluster, labels[i]!]))
    return (cluster) => {
      const found = cluster < 0 ? own.defaultLabel : known.get(cluster)!
      return found === null ? null : pythonJson(found)
    }
  })
}

const reasonOf = (failure: unknown): string =>
  (failure instanceof RowFailed ? failure.detail : detailOf(failure)).replace(/\.$/, "")

/** Whether no cluster can be labelled: what the model refuses or answers badly is about one. */
const endsStep = (failure: unknown): boolean =>
  failure instanceof LLMError && failure.reason !== "Refused" && failure.reason !== "InvalidRequest"

/** Some of the texts, each once, always the same of the same texts. */
const samples = (
  rows: ReadonlyArray<Clustered>,
  { samplesPerCluster, seed }: Values
): ReadonlyArray<string> =>
  [...new Set(rows.map(({ text }) => text))]
    .map((text) => ({ text, at: share([seed, text]) }))
    .toSorted((a, b) => a.at - b.at)
    .slice(0, samplesPerCluster)
    .map(({ text }) => text)

/** Asks for the labels that fit the texts. */
const asked = (
  llm: StepLLM,
  texts: ReadonlyArray<string>,
  own: Values
): Effect.Effect<Labels, unknown> => {
  const { n, systemPrompt, useDefaultStructuredOutput } = own
  const listed = texts.map((text, i) => `${i + 1}. ${text}`).join("\n")
  const messages: Chat = [
    ...(systemPrompt === null || systemPrompt === ""
      ? []
      : [{ role: "system" as const, content: systemPrompt }]),
    { role: "user", content: question(listed, own) }
  ]
  return Effect.flatMap(
    llm.ask(
      useDefaultStructuredOutput
        ? { messages, structuredOutput: n === 1 ? OneLabel : SeveralLabels }
        : messages
    ),
    ({ text }) => Effect.try({ try: () => labelsIn(text, n), catch: (thrown) => thrown })
  )
}

const OneLabel = Schema.Struct({ labels: Schema.String })
const SeveralLabels = Schema.Struct({ labels: Schema.Array(Schema.String) })
