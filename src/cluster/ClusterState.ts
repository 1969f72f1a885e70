/** A run over Redis as it stands: what its progress, its summary and its report tell of. */
import type { StopReason } from "../engine/watch/RunStopped.ts"
import type { WorkersFigures } from "../report/figures/WorkersFigures.ts"
import type { Sums } from "./figures.ts"
import type { WorkerState } from "./messages.ts"

export interface ClusterState {
  readonly pipeline: string
  readonly seconds: number
  readonly shards: { readonly all: number; readonly done: number; readonly active: number }
  readonly rows: { readonly all: number; readonly done: number; readonly before: number }
  readonly workers: ReadonlyArray<WorkerState>
  readonly sums: Sums
  /** Source rows that are through. */
  readonly through: number
  readonly lanes: () => WorkersFigures
  readonly stopping: StopReason | undefined
  /** Whether Redis answers. */
  readonly hears: boolean
}
