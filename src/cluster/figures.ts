/**
 * Figures of shards: what their steps have counted, as plain data. They are reported while a shard
 * is worked on, lie with it when it is done, and add up to those of the run.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { emptyTally, rowsThrough, type RunSummary, type StepTally } from "../engine/watch/Tally.ts"
import { type AnswerFigures, bothAnswers, noAnswers } from "../report/figures/modelFigures.ts"

const Counts = Schema.Record(Schema.String, Schema.Number)

const Numbers = Schema.Array(Schema.Number)
const Spread = Schema.Struct({
  counts: Numbers,
  count: Schema.Number,
  sum: Schema.Number,
  min: Schema.Number,
  max: Schema.Number
})

/** What answers say of themselves, as the report shows it. */
const SaidByAnswers = Schema.Struct({
  attempts: Numbers,
  refusals: Counts,
  cut: Schema.optionalKey(Counts),
  cachedTokens: Schema.optionalKey(Schema.Number),
  latency: Spread,
  inputTokensEach: Spread,
  outputTokensEach: Spread
})

const StepFigures = Schema.Struct({
  name: Schema.String,
  kind: Schema.String,
  model: Schema.optionalKey(Schema.String),
  received: Schema.Int,
  done: Schema.Int,
  failed: Schema.Int,
  inFlight: Schema.Int,
  onWire: Schema.Int,
  requests: Schema.Int,
  retries: Schema.Int,
  recalled: Schema.Int,
  inputTokens: Schema.Number,
  outputTokens: Schema.Number,
  cost: Schema.Number,
  unpriced: Schema.Int,
  estimated: Schema.Int,
  reasons: Counts,
  answers: Counts,
  cut: Counts,
  /** Of the process that finished the shard; absent while it is worked on. */
  each: Schema.optionalKey(SaidByAnswers)
})
type StepFigures = typeof StepFigures.Type

export const ShardFigures = Schema.Struct({
  host: Schema.String,
  pid: Schema.Int,
  /** The process of the worker, whose slot it is. */
  worker: Schema.Int,
  /** Source rows of the shard that are through. */
  through: Schema.Int,
  /** When the work began, in milliseconds since 1970 on that host's clock. */
  began: Schema.Number,
  seconds: Schema.Number,
  steps: Schema.Array(StepFigures)
})
export type ShardFigures = typeof ShardFigures.Type

/**
 * What the steps of a part have counted so far, and what answers said of themselves, by step, once
 * it is done.
 */
export const figuresOf = (
  began: number,
  summary: RunSummary,
  own: ReadonlyArray<string>,
  each: ReadonlyMap<string, AnswerFigures> = new Map()
): ShardFigures => ({
  host: hostname(),
  pid: process.pid,
  // Without a worker it is one itself.
  worker: process.send === undefined ? process.pid : process.ppid,
  through: throughIn(summary),
  began,
  seconds: summary.seconds,
  // What stands for steps of other parts is theirs.
  steps: summary.steps
    .filter(({ name }) => own.includes(name))
    .map(({ model, ...tally }) => ({
      name: tally.name,
      kind: tally.kind,
      ...(model === undefined ? {} : { model }),
      received: tally.received,
      // A source counts the rows before the shard as done.
      done: tally.done - tally.resumed,
      failed: tally.failed,
      inFlight: tally.inFlight,
      onWire: tally.onWire,
      requests: tally.requests,
      retries: tally.retries,
      recalled: tally.recalled,
      inputTokens: tally.inputTokens,
      outputTokens: tally.outputTokens,
      cost: tally.cost,
      unpriced: tally.unpriced,
      estimated: tally.estimated,
      reasons: Object.fromEntries(tally.reasons),
      answers: Object.fromEntries(tally.answers),
      cut: Object.fromEntries(tally.cut),
      ...(each.has(tally.name) ? { each: each.get(tally.name)! } : {})
    }))
})

const throughIn = (summary: RunSummary): number => {
  const { resumed, through } = rowsThrough(summary)
  return Math.max(0, through - resumed)
}

/** The file of figures, in the folder of a shard. */
export const figuresFile = "figures.json"

/** Leaves figures with a shard. */
export const writeFigures = (folder: string, figures: ShardFigures): void =>
  writeFileSync(join(folder, figuresFile), JSON.stringify(figures))

/** The figures that lie with a shard; undefined if there are none that can be read. */
export const readFigures = (folder: string): ShardFigures | undefined => {
  try {
    return Schema.decodeUnknownSync(ShardFigures)(
      JSON.parse(readFileSync(join(folder, figuresFile), "utf8"))
    )
  } catch {
    return undefined
  }
}

/** Sums of figures, step by step. */
export class Sums {
  readonly steps = new Map<string, StepTally>()
  /** What answers said of themselves, by step. */
  readonly each = new Map<string, AnswerFigures>()

  add({ steps }: ShardFigures): void {
    for (const step of steps) {
      if (step.each !== undefined)
        this.each.set(
          step.name,
          // Plain data that nobody changes.
          bothAnswers(this.each.get(step.name) ?? noAnswers(), step.each as AnswerFigures)
        )
      const tally =
        this.steps.get(step.name) ??
        emptyTally(step.name, step.kind, ...(step.model === undefined ? [] : [step.model]))
      this.steps.set(step.name, tally)
      addTo(tally, step)
    }
  }

  /** Sums that go on from these. */
  copy(): Sums {
    const copy = new Sums()
    for (const [name, each] of this.each) copy.each.set(name, each)
    for (const [name, tally] of this.steps)
      copy.steps.set(name, {
        ...tally,
        reasons: new Map(tally.reasons),
        answers: new Map(tally.answers),
        cut: new Map(tally.cut)
      })
    return copy
  }

  of(count: (tally: StepTally) => number): number {
    let sum = 0
    for (const tally of this.steps.values()) sum += count(tally)
    return sum
  }
}

const counts = [
  "received",
  "done",
  "failed",
  "inFlight",
  "onWire",
  "requests",
  "retries",
  "recalled",
  "inputTokens",
  "outputTokens",
  "cost",
  "unpriced",
  "estimated"
] as const

const addTo = (tally: StepTally, step: StepFigures): void => {
  for (const name of counts) tally[name] += step[name]
  for (const name of ["reasons", "answers", "cut"] as const)
    for (const [key, count] of Object.entries(step[name]))
      tally[name].set(key, (tally[name].get(key) ?? 0) + count)
}
