/**
 * Measures of a run that many processes work on, as its coordinator sees them: what its report
 * tells, kept in the run's folder while it goes on, so that a coordinator that comes back adds to
 * it.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type * as Effect from "effect/Effect"
import type { ClusterState } from "../../cluster/ClusterState.ts"
import { shardsOf } from "../../cluster/partShards.ts"
import { type RunPlan, shardFolder } from "../../cluster/RunPlan.ts"
import { modelOf } from "../../engine/keep/modelOf.ts"
import { subsetOf } from "../../engine/record/LeafFiles.ts"
import type { Ended } from "../../engine/services/Reports.ts"
import { emptyTally } from "../../engine/watch/Tally.ts"
import type { AnyPipeline } from "../../pipeline/Pipeline.ts"
import { lateAnswersName } from "../../report/figures/LateAnswers.ts"
import { noAnswers } from "../../report/figures/modelFigures.ts"
import {
  readFigures,
  type RunFigures,
  type Session,
  type StepFigures,
  writeFigures
} from "../../report/figures/RunFigures.ts"
import { addUntil, emptyTimeline, type Progress } from "../../report/figures/Timeline.ts"
import { addedColumns } from "./addedColumns.ts"
import { written } from "./reported.ts"

const lookMs = 250
const savedEveryMs = 1000

/** What is looked at of a run. */
export type LookedAt = Pick<ClusterState, "sums" | "through" | "lanes">

export interface MeasuredCluster {
  readonly pipeline: AnyPipeline
  readonly plan: RunPlan
  readonly directory: string
}

export class ClusterMeasures {
  readonly #options: MeasuredCluster
  readonly #earlier: RunFigures | undefined
  readonly #timeline
  readonly #before: number
  #session: Session
  readonly #timer: NodeJS.Timeout
  #state: (() => LookedAt) | undefined
  #told: Progress | undefined
  #savedAt = 0

  constructor(options: MeasuredCluster) {
    this.#options = options
    const found = readFigures(options.directory)
    this.#earlier = found?.signature === options.plan.signature ? found : undefined
    this.#timeline = this.#earlier?.timeline ?? emptyTimeline()
    this.#before = this.#timeline.until
    this.#session = { startedAt: Date.now(), resumedAt: 0, seconds: 0, end: "running" }
    this.#timer = setInterval(() => this.#look(), lookMs)
  }

  /** The run has begun: this is what it is like at any time. */
  begin(state: () => LookedAt): void {
    this.#state = state
    const { sums, through } = state()
    this.#session = { ...this.#session, resumedAt: through }
    this.#told = progressIn(sums, through)
  }

  /** Looks no more. */
  close(): void {
    clearInterval(this.#timer)
  }

  /** The run has ended: writes the report. One that cannot be written costs the run nothing. */
  report(ended: Ended): Effect.Effect<void> {
    const { directory, pipeline, plan } = this.#options
    return written(
      { directory, pipeline },
      () => {
        this.#look()
        this.close()
        this.#session.end = ended.end
        if (ended.detail !== undefined) this.#session.detail = ended.detail
        gatherLateAnswers(directory, plan)
        return this.#figures()
      },
      ended.distiset
    )
  }

  #look(): void {
    const state = this.#state?.()
    if (state === undefined || this.#told === undefined) return
    const elapsed = Date.now() - this.#session.startedAt
    this.#session.seconds = elapsed / 1000
    const now = progressIn(state.sums, state.through)
    addUntil(this.#timeline, this.#before + elapsed, {
      rows: Math.max(0, now.rows - this.#told.rows),
      answers: Math.max(0, now.answers - this.#told.answers),
      tokens: Math.max(0, now.tokens - this.#told.tokens)
    })
    this.#told = now
    if (Date.now() - this.#savedAt < savedEveryMs) return
    this.#savedAt = Date.now()
    try {
      const figures = this.#figures()
      if (figures !== undefined) writeFigures(this.#options.directory, figures)
    } catch {
      // Figures are for people: the run itself says when its folder cannot be written.
    }
  }

  #figures(): RunFigures | undefined {
    const { pipeline, plan } = this.#options
    const state = this.#state?.()
    if (state === undefined) return this.#earlier
    return {
      version: 1,
      pipeline: plan.pipeline,
      description: pipeline.description ?? "",
      signature: plan.signature,
      sessions: [...(this.#earlier?.sessions ?? []), this.#session],
      steps: stepsOf(pipeline, state),
      subsets: plan.leaves.map((leaf) => ({ name: subsetOf(plan.leaves, leaf) })),
      timeline: this.#timeline,
      through: state.through,
      total: plan.rows,
      mark: { position: 0, rows: {} },
      workers: state.lanes()
    }
  }
}

const stepsOf = ({ graph }: AnyPipeline, { sums }: LookedAt): ReadonlyArray<StepFigures> =>
  [...graph.nodes.values()].map(({ name, step }) => {
    const tally = sums.steps.get(name) ?? emptyTally(name, step.type)
    const { done, failed, reasons, received } = tally
    const llm = modelOf(step)
    return {
      name,
      kind: step.type,
      adds: addedColumns(graph, name),
      rows: { received, done, failed, reasons: Object.fromEntries(reasons) },
      ...(llm === undefined
        ? {}
        : {
            model: {
              name: llm.model,
              llm: llm.type,
              requests: tally.requests,
              recalled: tally.recalled,
              inputTokens: tally.inputTokens,
              outputTokens: tally.outputTokens,
              cost: tally.cost,
              unpriced: tally.unpriced,
              ...(sums.each.get(name) ?? noAnswers())
            }
          })
    }
  })

const progressIn = (sums: LookedAt["sums"], rows: number): Progress => ({
  rows,
  answers: sums.of(({ answers, recalled }) => {
    let all = -recalled
    for (const count of answers.values()) all += count
    return Math.max(0, all)
  }),
  tokens: sums.of(({ inputTokens, outputTokens }) => inputTokens + outputTokens)
})

/** So many bytes are more late answers than a page shows. */
const mostLateBytes = 20e6

/** Brings together what answers that took several attempts have left with their shards. */
const gatherLateAnswers = (directory: string, plan: RunPlan): void => {
  const path = join(directory, lateAnswersName)
  rmSync(path, { recursive: true, force: true })
  let bytes = 0
  for (const part of plan.parts)
    for (const index of (shardsOf(directory, plan, part) ?? []).keys()) {
      if (bytes > mostLateBytes) return
      try {
        const lines = readFileSync(join(shardFolder(directory, part, index), lateAnswersName))
        writeFileSync(path, lines, { flag: "a" })
        bytes += lines.length
      } catch {
        // Most shards have none.
      }
    }
}
