/**
 * Measures of a run: what its report tells in figures, collected while it goes on and kept in its
 * folder, so that a run that goes on tells all of it.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { modelOf } from "../../engine/keep/modelOf.ts"
import { subsetOf } from "../../engine/record/LeafFiles.ts"
import type { Ended, Measured, Measures } from "../../engine/services/Reports.ts"
import { pausesOf } from "../../engine/watch/Pauses.ts"
import { regularly } from "../../engine/watch/regularly.ts"
import type { StepCounts } from "../../engine/watch/StepCounts.ts"
import { rowsThrough, type StepTally } from "../../engine/watch/Tally.ts"
import type { Spent } from "../../journal/LoggedResponse.ts"
import { monotonicMs } from "../../models/asking/monotonic.ts"
import type { LLMEvent } from "../../models/chat/LLMEvents.ts"
import { LateAnswersLog } from "../../report/figures/LateAnswers.ts"
import { countAnswer, noAnswers } from "../../report/figures/modelFigures.ts"
import {
  type ModelFigures,
  readFigures,
  type RowCounts,
  type RunFigures,
  type Session,
  type StepFigures,
  writeFigures
} from "../../report/figures/RunFigures.ts"
import {
  addUntil,
  emptyTimeline,
  type Progress,
  type Timeline
} from "../../report/figures/Timeline.ts"
import type { AnsweredLate } from "../../step/Attempts.ts"
import { addedColumns } from "./addedColumns.ts"
import { written } from "./reported.ts"

/** Often enough for a timeline that shows what happened. */
const everyMs = 100
const savedEveryMs = 1000

const noRows: RowCounts = { received: 0, done: 0, failed: 0, reasons: {} }

export class RunMeasures implements Measures {
  readonly #options: Measured
  readonly #clock: Clock.Clock
  readonly #earlier: RunFigures | undefined
  readonly #models = new Map<string, ModelFigures>()
  readonly #timeline: Timeline
  /** Milliseconds of running before this session. */
  readonly #before: number
  #session: Session | undefined
  #started = 0
  #savedAt = 0
  /** Rows at steps before this session. */
  #base: Readonly<Record<string, RowCounts>> = {}
  #mark: RunFigures["mark"]
  #counts: ReadonlyMap<string, StepCounts> = new Map()
  #told: Progress = { rows: 0, answers: 0, tokens: 0 }
  #answers = 0
  readonly #late: LateAnswersLog

  constructor(options: Measured, clock: Clock.Clock) {
    this.#clock = clock
    this.#options = options
    this.#late = new LateAnswersLog(options.directory)
    const found = options.resumes ? readFigures(options.directory) : undefined
    this.#earlier = found?.signature === options.signature ? found : undefined
    this.#timeline = this.#earlier?.timeline ?? emptyTimeline()
    this.#before = this.#timeline.until
    this.#mark = { position: 0, rows: {} }
    for (const { name, step } of options.pipeline.graph.nodes.values()) {
      if (modelOf(step) !== undefined)
        this.#models.set(
          name,
          this.#earlier?.steps.find((each) => each.name === name)?.model ?? emptyModel()
        )
    }
  }

  /** The run begins, after the source rows before a position. */
  readonly begin = (position: number): void => {
    const mark = this.#earlier?.mark
    // Rows after the mark are processed again, and counted then.
    if (position > 0 && mark !== undefined) this.#base = mark.rows
    if (this.#earlier === undefined) this.#late.clear()
    this.#mark = { position, rows: this.#base }
    this.#told = { rows: 0, answers: 0, tokens: this.#tokens }
    this.#started = monotonicMs(this.#clock)
    this.#session = {
      startedAt: this.#clock.currentTimeMillisUnsafe(),
      resumedAt: position,
      seconds: 0,
      end: "running"
    }
  }

  /** Takes what counts the rows of each step. */
  readonly onCounts = (counts: ReadonlyMap<string, StepCounts>): void => {
    this.#counts = counts
  }

  readonly onLate = (step: string, answered: AnsweredLate): void => this.#late.add(step, answered)

  /** All rows before a position are through. */
  readonly markAt = (position: number): void => {
    this.#written(() => this.#late.flush())
    const rows = { ...this.#mark.rows }
    for (const [name, counts] of this.#counts)
      rows[name] = summed([rows[name] ?? noRows, ...counts.takeBefore(position)])
    this.#mark = { position, rows }
  }

  readonly onEvent = (event: LLMEvent): void => {
    const model = this.#models.get(event.step ?? "")
    if (model === undefined) return
    if (event.kind === "recalled") model.recalled++
    else if (event.kind === "request") model.requests++
    if (countAnswer(model, event)) this.#answers++
  }

  readonly report = (ended: Ended): Effect.Effect<void> =>
    written(this.#options, () => this.#end(ended) ?? this.#earlier, ended.distiset)

  /** What is to be told; undefined if there was nothing to do. */
  #end({ detail, end }: Ended): RunFigures | undefined {
    if (this.#session === undefined) return undefined
    this.#late.flush()
    this.#look()
    this.#session.end = end
    if (detail !== undefined) this.#session.detail = detail
    return this.#figures()
  }

  /** Looks at what happened since the last time, while the run goes on. */
  look(): void {
    if (this.#session === undefined || this.#session.end !== "running") return
    this.#look()
    if (monotonicMs(this.#clock) - this.#savedAt < savedEveryMs) return
    this.#savedAt = monotonicMs(this.#clock)
    this.#written(() => {
      this.#late.flush()
      writeFigures(this.#options.directory, this.#figures())
    })
  }

  /** Figures are for people: the run itself says when its folder cannot be written. */
  #written(write: () => void): void {
    try {
      write()
    } catch {
      // Said by the run.
    }
  }

  /** What happened since the last look. */
  #look(): void {
    const { resumed, through } = rowsThrough(this.#options.summary())
    const now: Progress = {
      rows: Math.max(0, through - resumed),
      answers: this.#answers,
      tokens: this.#tokens
    }
    const elapsed = monotonicMs(this.#clock) - this.#started
    this.#session!.seconds = elapsed / 1000
    addUntil(this.#timeline, this.#before + elapsed, {
      rows: Math.max(0, now.rows - this.#told.rows),
      answers: now.answers - this.#told.answers,
      tokens: now.tokens - this.#told.tokens
    })
    this.#told = now
  }

  #figures(): RunFigures {
    const { pipeline, signature } = this.#options
    const { description = "", graph } = pipeline
    const summary = this.#options.summary()
    const { through, total } = rowsThrough(summary)
    const rows = this.#rows()
    const steps = [...graph.nodes.values()].map(({ name, step }): StepFigures => {
      const llm = modelOf(step)
      return {
        name,
        kind: step.type,
        adds: addedColumns(graph, name),
        rows: rows[name] ?? noRows,
        ...(llm === undefined
          ? {}
          : {
              model: {
                name: llm.model,
                llm: llm.type,
                ...this.#models.get(name)!,
                ...this.#spent(name),
                paused: this.#pauses(name)
              }
            })
      }
    })
    const sessions = [
      ...(this.#earlier?.sessions ?? []),
      ...(this.#session === undefined ? [] : [this.#session])
    ]
    return {
      version: 1,
      pipeline: summary.pipeline,
      description,
      signature,
      sessions,
      steps,
      subsets: graph.leaves.map((leaf) => ({ name: subsetOf(graph.leaves, leaf) })),
      timeline: this.#timeline,
      through,
      total,
      mark: this.#mark
    }
  }

  get #tokens(): number {
    return sum(this.#options.tallies, ({ inputTokens, outputTokens }) => inputTokens + outputTokens)
  }

  /** What answers without a server have cost in earlier sessions: they are not in the journal. */
  get spentBefore(): ReadonlyArray<Spent> {
    return [...this.#options.pipeline.graph.nodes.values()].flatMap(({ name, step }) => {
      const model = this.#earlier?.steps.find((each) => each.name === name)?.model
      if (model === undefined || modelOf(step)?.address() !== undefined) return []
      return [
        {
          run: "",
          step: name,
          requests: model.requests,
          input: model.inputTokens,
          output: model.outputTokens,
          cost: model.cost,
          unpriced: model.unpriced
        }
      ]
    })
  }

  /**
   * What the watch has counted, over all sessions of the run, so that all who tell it tell the
   * same.
   */
  #spent(step: string): Pick<ModelFigures, "inputTokens" | "outputTokens" | "cost" | "unpriced"> {
    const { cost, inputTokens, outputTokens, unpriced } = this.#options.tallies.get(step)!
    return { inputTokens, outputTokens, cost, unpriced }
  }

  /** Pauses of a step's model, in earlier sessions and in this one. */
  #pauses(step: string): Readonly<Record<string, number>> {
    const all: Record<string, number> = { ...this.#models.get(step)?.paused }
    const tally = this.#options.tallies.get(step)
    for (const [why, ms] of tally === undefined
      ? []
      : pausesOf(tally, this.#options.summary().seconds * 1000))
      all[why] = (all[why] ?? 0) + ms
    return all
  }

  #rows(): Readonly<Record<string, RowCounts>> {
    return Object.fromEntries(
      [...this.#options.tallies.values()].map((tally) => [
        tally.name,
        both(this.#base[tally.name] ?? noRows, tally)
      ])
    )
  }
}

/** Measures of a run that are taken as long as the scope lives. */
export const measured = Effect.fnUntraced(function* (run: Measured) {
  const measures = new RunMeasures(run, yield* Clock.Clock)
  yield* regularly(everyMs, () => measures.look())
  return measures
})

/**
 * Rows of earlier sessions and of this one; a source counts those that earlier ones have seen
 * through itself.
 */
const both = (
  before: RowCounts,
  { done, failed, reasons, received, resumed }: StepTally
): RowCounts =>
  summed([
    before,
    {
      received,
      done: done - Math.min(resumed, before.done),
      failed,
      reasons: Object.fromEntries(reasons)
    }
  ])

const summed = (counts: ReadonlyArray<RowCounts>): RowCounts => {
  const reasons: Record<string, number> = {}
  for (const each of counts)
    for (const [reason, count] of Object.entries(each.reasons))
      reasons[reason] = (reasons[reason] ?? 0) + count
  const sumOf = (of: (each: RowCounts) => number): number =>
    counts.reduce((all, each) => all + of(each), 0)
  return {
    received: sumOf(({ received }) => received),
    done: sumOf(({ done }) => done),
    failed: sumOf(({ failed }) => failed),
    reasons
  }
}

const emptyModel = (): ModelFigures => ({
  requests: 0,
  recalled: 0,
  inputTokens: 0,
  outputTokens: 0,
  cost: 0,
  unpriced: 0,
  ...noAnswers()
})

const sum = (tallies: ReadonlyMap<string, StepTally>, of: (tally: StepTally) => number): number => {
  let all = 0
  for (const tally of tallies.values()) all += of(tally)
  return all
}
