/** PairRM: candidates ranked by a model as answers to an input. */
import * as Schema from "effect/Schema"
import type { Mapped, Names, Renamed, RenamedOut } from "../../columns/mapping.ts"
import type { Adds } from "../../columns/Row.ts"
import type { AnyScores } from "../../models/chat/Scores.ts"
import { checkedOptions } from "../../step/checkedOptions.ts"
import { define, defined } from "../../step/Definition.ts"
import { ModelOption } from "../../step/options.ts"
import type { Step } from "../../step/Step.ts"
import { textOf } from "../values/texts.ts"
import { type ScoringOptions, type ScoringParameters, scoringStep } from "./scoring.ts"

const reads = { input: Schema.String, candidates: Schema.Array(Schema.String) }

interface Candidates {
  readonly input: string
  readonly candidates: ReadonlyArray<string>
}

interface Ranked {
  readonly ranks: ReadonlyArray<number>
  readonly ranked_candidates: ReadonlyArray<string>
  readonly model_name: string
}

export interface PairRMOptions<
  Name extends string,
  Model extends AnyScores,
  InputMap,
  OutputMap
> extends ScoringOptions<Name, Model, InputMap, OutputMap> {
  /** What the candidates are judged by, said before each input. Default: nothing. */
  readonly instructions?: string
}

export const definition = define({
  type: "PairRM",
  asks: "scores",
  about: "Ranks candidates as answers to an input with a model that a server serves.",
  cites: `@misc{jiang2023llmblender,
  title = {LLM-Blender: Ensembling Large Language Models with Pairwise Ranking and Generative Fusion},
  author = {Dongfu Jiang and Xiang Ren and Bill Yuchen Lin},
  year = {2023},
  eprint = {2306.02561},
  archivePrefix = {arXiv}
}`,
  options: { llm: ModelOption, instructions: Schema.optionalKey(Schema.String) },
  defaults: {},
  python: { blanks: { instructions: [null] } }
})

/**
 * Ranks candidates as answers to an input with a model that a server serves.
 *
 * The model scores each candidate, and the ranks follow from the scores: 1 is the best, and of
 * equal ones the first. Python's class compares them in pairs with a model in its own process; here
 * a server scores them, such as vLLM with a cross-encoder.
 *
 * @example
 *   const rank = PairRM({
 *     name: "rank",
 *     llm: ServedScores({
 *       model: "BAAI/bge-reranker-v2-m3",
 *       baseUrl: "http://localhost:8000/v1",
 *       route: "score"
 *     }),
 *     inputMappings: { input: "instruction", candidates: "generations" }
 *   })
 *
 * @reads input string
 * @reads candidates list of strings
 * @adds ranks list of numbers — the rank of each candidate, from 1 for the best
 * @adds ranked_candidates list of strings — the best first
 * @adds model_name string
 * @fails RowFailed when there are no candidates, one is no text, or the model does not score them; StepFailed when the model cannot be opened
 * @source https://arxiv.org/abs/2306.02561
 */
export const PairRM = defined(
  definition,
  <
    const Name extends string,
    Model extends AnyScores,
    const InputMap extends Names<Candidates> = {},
    const OutputMap extends Names<Ranked> = {}
  >(
    options: PairRMOptions<Name, Model, Mapped<InputMap, Candidates>, Mapped<OutputMap, Ranked>>
  ): Step<
    Name,
    Renamed<Candidates, InputMap>,
    Adds<RenamedOut<Ranked, InputMap, OutputMap>>,
    ScoringParameters<Model>
  > => {
    const { instructions = "" } = checkedOptions("PairRM", definition.options, {}, options) as {
      readonly instructions?: string
    }
    return scoringStep(definition, options, {
      reads,
      adds: {
        ranks: Schema.Array(Schema.Number),
        ranked_candidates: Schema.Array(Schema.String),
        model_name: Schema.String
      },
      asks: ({ candidates, input }) => {
        const query = textOf(input, "input")
        const texts = (candidates as ReadonlyArray<unknown>).map((text) =>
          textOf(text, "candidates")
        )
        if (texts.length === 0) throw new Error("'candidates' is empty")
        return { query: instructions === "" ? query : `${instructions}\n${query}`, texts }
      },
      columnsOf: (scores, { candidates }) => {
        const order = scores
          .map((score, at) => ({ score, at }))
          .toSorted((a, b) => b.score - a.score || a.at - b.at)
          .map(({ at }) => at)
        return {
          ranks: scores.map((_, at) => order.indexOf(at) + 1),
          ranked_candidates: order.map((at) => (candidates as ReadonlyArray<string>)[at])
        }
      }
    })
  }
)
