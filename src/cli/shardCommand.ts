/** `distilabel-ts shard`: works on a share of a run's shards. */
import { setTimeout as sleep } from "node:timers/promises"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { openPlace } from "../cluster/openPlace.ts"
import { isReady, shardsOf } from "../cluster/partShards.ts"
import { OtherRows, OtherVersion } from "../cluster/problems.ts"
import type { RunPlace } from "../cluster/RunPlace.ts"
import {
  type PlannedPart,
  type PlannedShard,
  readPlan,
  type RunPlan,
  shardNameIn
} from "../cluster/RunPlan.ts"
import { exitNeverHere } from "../cluster/scripts.ts"
import {
  checked,
  type CheckedRun,
  type ShardedRun,
  workShard,
  type Worked
} from "../cluster/workShard.ts"
import type { RunSettings } from "../engine/local/RunSettings.ts"
import { RunStopped } from "../engine/watch/RunStopped.ts"
import { exitCodes } from "../run/signals.ts"
import { surrounded } from "../run/surrounded.ts"
import { version } from "../runtime/version.ts"
import { redacted } from "../secrets/redact.ts"
import { counted } from "../words/figures.ts"
import { textInFlags } from "./flagWords.ts"
import { loadProgram } from "./loadProgram.ts"
import { UsageError } from "./UsageError.ts"

interface ShardOptions {
  readonly index: number | undefined
  readonly of: number | undefined
  readonly wait: boolean
  readonly durability: RunSettings["durability"]
  readonly progress: RunSettings["progress"]
}

/** Runs the command; gives the exit code. */
export const shardCommand = async (folder: string, options: ShardOptions): Promise<number> => {
  const { index, of } = shareOf(options)
  const place = await openPlace(folder)
  const plan = await Effect.runPromise(readPlan(place.folder))
  try {
    const run = await runIn(place, plan, options)
    return await worked(await Effect.runPromise(checked(run, version)), index, of, options.wait)
  } catch (thrown) {
    if (!(thrown instanceof OtherVersion || thrown instanceof OtherRows)) throw thrown
    console.error(redacted(thrown.message))
    return exitNeverHere
  }
}

const shareOf = ({ index, of }: ShardOptions): { readonly index: number; readonly of: number } => {
  if (index === undefined || of === undefined)
    throw new UsageError("shard", "--index and --of say which shards are this worker's")
  if (!Number.isInteger(index) || index >= of)
    throw new UsageError(
      "shard",
      `--index is a whole number from 0 to ${of - 1}, one less than --of, not ${index}`
    )
  return { index, of }
}

/** The run in a place, with its program loaded. */
const runIn = async (
  place: RunPlace,
  plan: RunPlan,
  { durability, progress = process.stderr.isTTY ? "auto" : "none" }: ShardOptions
): Promise<ShardedRun> => {
  const { dataset, pipeline } = await loadProgram("shard", place.folder, plan)
  const settings = { progress, ...(durability === undefined ? {} : { durability }) }
  return { place, plan, pipeline, dataset, settings }
}

/** Works on every shard of this worker's, those after one that fails too; gives the exit code. */
const worked = async (
  run: CheckedRun,
  index: number,
  of: number,
  waits: boolean
): Promise<number> => {
  const { place, plan } = run
  const { folder } = place
  const comes = async (part: PlannedPart): Promise<boolean> => {
    if (part.inputs.length > 0) await place.bringShards(plan)
    return isReady(folder, plan, part)
  }
  let failures = 0
  for (const [number, part] of plan.parts.entries()) {
    let isThere = await comes(part)
    while (waits && failures === 0 && !isThere) {
      await sleep(waitMs)
      isThere = await comes(part)
    }
    if (!isThere) {
      if (failures > 0) break
      console.error(
        `${part.steps.join(", ")}: waits for shards of other workers. Start this again when they are done.`
      )
      return exitLater
    }
    const shards = shardsOf(folder, plan, part)!
    for (const shard of shards.keys()) {
      if (shard % of !== index) continue
      const exit = await Effect.runPromiseExit(surrounded(workShard(run, number, shard)))
      if (Exit.isSuccess(exit)) {
        console.log(shardText(part, shards[shard]!, shard, exit.value))
        continue
      }
      const error = Cause.squash(exit.cause)
      if (error instanceof OtherRows) throw error
      const message = error instanceof Error ? error.message : String(error)
      console.error(`${shardNameIn(part, shard)} ${textInFlags(redacted(message))}`)
      if (error instanceof RunStopped && error.reason in exitCodes)
        return exitCodes[error.reason as keyof typeof exitCodes]
      failures++
    }
  }
  if (failures > 0)
    console.error(
      `${counted(failures, "shard")} failed; what was answered is kept for the next try.`
    )
  return failures > 0 ? 1 : 0
}

/** What mail servers say for "try again later". */
const exitLater = 75
const waitMs = 2000

const shardText = (
  part: PlannedPart,
  { from, to }: PlannedShard,
  shard: number,
  { end, errorRows, rows }: Worked
): string => {
  const name = shardNameIn(part, shard)
  if (end === "was there") return `${name} was there`
  const failed = errorRows === 0 ? "" : `, ${counted(errorRows, "error row")}`
  const what = part.whole === undefined ? `source rows ${from} to ${to}` : part.steps.join(", ")
  const made = part.leaves.length === 0 ? "" : `, ${counted(rows, "row")}${failed}`
  return `${name} ${end}: ${what}${made}`
}
