/** Which pipelines can be cut into shards, and what is in the way of the others. */
import { modelOf } from "../engine/keep/modelOf.ts"
import { planOf } from "../engine/plan/planning.ts"
import { type SourceRange, type Tie, tieOf } from "../engine/plan/positionwise.ts"
import type { Graph } from "../pipeline/Graph.ts"
import type { StepData } from "../step/Step.ts"

/** Why the rows of a graph cannot be worked on in shards; undefined if they can. */
export const hindranceOf = (graph: Graph): string | undefined => {
  const plan = planOf(graph)
  const tie = tieOf(plan)
  if (tie !== undefined) return `step '${tie.node.name}' ${tied[tie.by]}`
  const file = plan.nodes.find(({ kind }) => kind === "file")
  if (file !== undefined) return `step '${file.name}' writes one file of all rows`
  for (const { name, step } of graph.nodes.values()) {
    const why = step.kind === "generator" ? sourceHindrance(step) : stepHindrance(step)
    if (why !== undefined) return `step '${name}' ${why}`
  }
  return undefined
}

const tied: Readonly<Record<Tie["by"], string>> = {
  global: "needs all rows at once",
  reduce: "makes one row of several",
  zip: "pairs rows of its branches by their numbers",
  concat: "numbers the rows of its branches one after the other",
  gate: "is routed by batch after a step that changes how many rows there are",
  generator: "is no source of rows",
  "second source": "is a second source, and shards are counted along one"
}

export const sourceHindrance = (step: StepData): string | undefined => {
  if (modelOf(step) !== undefined) return "asks a model for its rows, one after the other"
  return step.goesOn ? "keeps a state from one row to the next" : undefined
}

const stepHindrance = ({ options, values }: StepData): string | undefined =>
  (values["delivery"] ?? options["delivery"]) === "batch"
    ? "asks by jobs of a batch API, which one process collects"
    : undefined

/** What part of the rows at the end comes in smaller shards, and how often these are halved. */
const tapers = [
  { least: 64, part: 1 / 8, halvings: 4 },
  { least: 16, part: 1 / 4, halvings: 2 },
  { least: 0, part: 0, halvings: 0 }
]

/**
 * At most so many ranges, which together are all rows. No routed batch lies across two. Of many the
 * last ones are smaller and smaller, so that all who work on them are done at about the same time.
 */
export const rangesOf = (
  grain: number,
  rows: number,
  shards: number
): ReadonlyArray<SourceRange> => {
  const { halvings, part } = tapers.find(({ least }) => shards >= least)!
  // What is tapered comes in five times as many shards, or three times, and each change of size
  // may take one more.
  const usual = halvings === 0 ? Math.ceil(rows / shards) : (1.5 * rows) / (shards - 1 - halvings)
  const ranges: Array<SourceRange> = []
  for (let from = 0; from < rows || ranges.length === 0;) {
    const left = rows === 0 ? 1 : (rows - from) / rows
    const halved = left > part ? 0 : Math.min(halvings, 1 + Math.floor(Math.log2(part / left)))
    const to = Math.min(rows, from + Math.max(1, Math.ceil(usual / 2 ** halved / grain)) * grain)
    ranges.push({ from, to })
    from = to
  }
  return ranges
}
