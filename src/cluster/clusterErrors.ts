/** Why a run that many processes work on ended without a result. */
import * as Effect from "effect/Effect"
import { DataError } from "../data/rows/DataError.ts"
import { PriceUnknown } from "../engine/record/PriceUnknown.ts"
import { RunStopped } from "../engine/watch/RunStopped.ts"
import { InvalidPipeline } from "../pipeline/problems.ts"
import { PackageMissing } from "../runtime/PackageMissing.ts"
import { redactedError } from "../secrets/redact.ts"
import {
  AllRefused,
  AlreadyCoordinated,
  BrokerNeeded,
  BrokerUnreachable,
  ShardsFailed,
  WrongBroker
} from "./brokerProblems.ts"
import type { PlanError } from "./planShards.ts"
import { NotShardable, ShardsMissing, WrongRunFolder } from "./problems.ts"

/** Besides the errors of a run in one process those of planning, of Redis, and of workers. */
export type ClusterError =
  | PlanError
  | RunStopped
  | WrongBroker
  | BrokerNeeded
  | BrokerUnreachable
  | AlreadyCoordinated
  | ShardsFailed
  | AllRefused
  | ShardsMissing
  | PackageMissing

const known = [
  AllRefused,
  AlreadyCoordinated,
  BrokerNeeded,
  BrokerUnreachable,
  DataError,
  InvalidPipeline,
  NotShardable,
  PackageMissing,
  PriceUnknown,
  RunStopped,
  ShardsFailed,
  ShardsMissing,
  WrongBroker,
  WrongRunFolder
]

/** An error that a user can do something about; anything else is a defect and keeps its stack. */
export const asClusterError = (thrown: unknown): Effect.Effect<never, ClusterError> =>
  known.some((each) => thrown instanceof each)
    ? Effect.fail(redactedError(thrown as ClusterError))
    : Effect.die(redactedError(thrown))
