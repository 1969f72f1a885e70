/**
 * Preparing a run: the pipeline's graph with its dataset and parameters, and what was decided of
 * it.
 */
import * as Effect from "effect/Effect"
import { cacheDirectory } from "../../data/rows/cacheDirectory.ts"
import type { Graph } from "../../pipeline/Graph.ts"
import { type GivenParameters, withParameters } from "../../pipeline/parameters.ts"
import type { AnyPipeline } from "../../pipeline/Pipeline.ts"
import { InvalidPipeline } from "../../pipeline/problems.ts"
import { type LoadGroups, stagesOf } from "../../pipeline/stages.ts"
import { type GraphIdentity, identify } from "../identity/identify.ts"
import { withDataset } from "./dataset.ts"
import { optionProblems } from "./runRanges.ts"
import type { AnyRunOptions, Trial } from "./RunSettings.ts"

/** A run that can begin. */
export interface Prepared {
  readonly graph: Graph
  readonly identity: GraphIdentity
  /** The steps of each load stage; undefined to load all at once. */
  readonly stages: ReadonlyArray<ReadonlyArray<string>> | undefined
  readonly cacheDir: string
  /** Whether what earlier runs made is used. */
  readonly useCache: boolean
  readonly retryFailed: boolean
  /** Whether it works on the dataset of an earlier run in its folder. */
  readonly continues: boolean
  /** Whether the rows of that run may count. */
  readonly resumes: boolean
}

/** Fails with all that is wrong before anything is loaded. */
export const prepared = Effect.fnUntraced(function* (
  pipeline: AnyPipeline,
  options: AnyRunOptions,
  trial: Trial | undefined
): Effect.fn.Return<Prepared, InvalidPipeline> {
  const fed =
    options.dataset === undefined
      ? { graph: pipeline.graph, problems: [] }
      : withDataset(pipeline.graph, options.dataset)
  const set = withParameters(fed.graph, (options.parameters ?? {}) as GivenParameters)
  const graph = trial?.graphOf?.(set.graph) ?? set.graph
  const groups = staged(graph, options.loadGroups)
  const problems = [
    ...optionProblems(trial?.options ?? options),
    ...fed.problems,
    ...set.problems,
    ...groups.problems
  ]
  if (problems.length > 0) return yield* new InvalidPipeline({ pipeline: pipeline.name, problems })
  const { retryFailed = false, useCache = true } = options
  const identity = yield* Effect.promise(() => identify(graph))
  const continues = trial === undefined && useCache
  return {
    graph,
    identity,
    stages: groups.stages,
    cacheDir: cacheDirectory(options.cacheDir),
    useCache,
    retryFailed,
    continues,
    resumes: continues && identity.trust.stopped
  }
})

const staged = (
  graph: Graph,
  groups: LoadGroups | undefined
): Pick<Prepared, "stages"> & Pick<ReturnType<typeof stagesOf>, "problems"> =>
  groups === undefined ? { problems: [], stages: undefined } : stagesOf(graph, groups)
