/** A run that many processes work on, as it is asked for and as it is on its way. */
import * as Effect from "effect/Effect"
import type { ClusterBudgets } from "../cluster/budgets.ts"
import { asClusterError, type ClusterError } from "../cluster/clusterErrors.ts"
import type { Planned } from "../cluster/planShards.ts"
import type { RunPlace } from "../cluster/RunPlace.ts"
import type { Program } from "../cluster/RunPlan.ts"
import type { ProgressMode } from "../engine/services/Display.ts"
import type { RunSummary } from "../engine/watch/Tally.ts"
import type { GivenPrices } from "../models/asking/prices.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import type { ClusterMeasures } from "./report/ClusterMeasures.ts"

/** A run to be coordinated. */
export interface ClusterRun extends ClusterBudgets {
  readonly pipeline: AnyPipeline
  /** What workers load. */
  readonly program: Program
  /** Rows in place of the source's own, which workers read as the program says. */
  readonly dataset?: unknown
  /** Whether its code is packed for workers that do not have it. */
  readonly packs?: boolean | undefined
  /** A folder that all workers see: its path, or its address in an object store. */
  readonly folder: string
  /** Of a Redis; undefined for one of the run's own. */
  readonly address: string | undefined
  /** Slots of the worker that is started here. */
  readonly workers?: number | undefined
  readonly shards?: number | undefined
  readonly queue?: string | undefined
  readonly prices?: GivenPrices | undefined
  /** Whether shards with error rows are worked on again. */
  readonly retryFailed?: boolean | undefined
  readonly progress?: ProgressMode | undefined
  /** False to write no `report.html`. */
  readonly report?: boolean | undefined
  readonly signals?: boolean | undefined
  readonly onSummary?: ((summary: RunSummary) => void) | undefined
}

/** A run on its way. */
export interface ClusterWork {
  readonly run: ClusterRun
  readonly planned: Planned
  readonly place: RunPlace
  readonly workers: number
  /** Undefined if the run is not measured. */
  readonly measures: ClusterMeasures | undefined
}

/** What a promise gives; what a user can do something about is an error, anything else a defect. */
export const attempted = <A>(attempt: () => Promise<A>): Effect.Effect<A, ClusterError> =>
  Effect.tryPromise({ try: attempt, catch: (thrown) => thrown }).pipe(Effect.catch(asClusterError))
