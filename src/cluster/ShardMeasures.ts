/** What the report of a run wants to know of a shard's answers, besides what every run counts. */
import * as Effect from "effect/Effect"
import { modelOf } from "../engine/keep/modelOf.ts"
import type { Measures } from "../engine/services/Reports.ts"
import type { LLMEvent } from "../models/chat/LLMEvents.ts"
import type { Graph } from "../pipeline/Graph.ts"
import { LateAnswersLog } from "../report/figures/LateAnswers.ts"
import { type AnswerFigures, countAnswer, noAnswers } from "../report/figures/modelFigures.ts"
import type { AnsweredLate } from "../step/Attempts.ts"

export class ShardMeasures implements Measures {
  /** By step; empty where no step asks a model. */
  readonly each: ReadonlyMap<string, AnswerFigures>
  readonly spentBefore = []
  readonly #late: LateAnswersLog

  constructor(graph: Graph, steps: ReadonlyArray<string>, directory: string) {
    this.each = new Map(
      steps
        .filter((name) => modelOf(graph.nodes.get(name)!.step) !== undefined)
        .map((name) => [name, noAnswers()])
    )
    this.#late = new LateAnswersLog(directory)
  }

  readonly begin = (): void => {}
  readonly onCounts = (): void => {}
  readonly markAt = (): void => {}

  readonly onEvent = (event: LLMEvent): void => {
    const figures = this.each.get(event.step ?? "")
    if (figures !== undefined) countAnswer(figures, event)
  }

  readonly onLate = (step: string, answered: AnsweredLate): void => this.#late.add(step, answered)

  /** The run's report is written by who merges its shards. */
  readonly report = (): Effect.Effect<void> => Effect.sync(() => this.#late.flush())
}
