/** `distilabel-ts shard`: works on a share of a run's shards. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { OtherRows, OtherVersion } from "../cluster/problems.ts"
import { readPlan, type RunPlan, shardName } from "../cluster/RunPlan.ts"
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
import { redacted } from "../secrets/redact.ts"
import { counted } from "../words/figures.ts"
import { textInFlags } from "./flagWords.ts"
import { loadProgram } from "./loadProgram.ts"
import { UsageError } from "./UsageError.ts"
import { version } from "./version.ts"

interface ShardOptions {
  readonly index: number | undefined
  readonly of: number | undefined
  readonly durability: RunSettings["durability"]
  readonly progress: RunSettings["progress"]
}

/** Runs the command; gives the exit code. */
export const shardCommand = async (folder: string, options: ShardOptions): Promise<number> => {
  const { index, of } = shareOf(options)
  const plan = await Effect.runPromise(readPlan(folder))
  try {
    const run = await runIn(folder, plan, options)
    return await worked(await Effect.runPromise(checked(run, version)), index, of)
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

/** The run of a folder, with its program loaded. */
const runIn = async (
  folder: string,
  plan: RunPlan,
  { durability, progress = process.stderr.isTTY ? "auto" : "none" }: ShardOptions
): Promise<ShardedRun> => {
  const { dataset, pipeline } = await loadProgram("shard", plan)
  const settings = { progress, ...(durability === undefined ? {} : { durability }) }
  return { folder, plan, pipeline, dataset, settings }
}

/** Works on every shard of this worker's, those after one that fails too; gives the exit code. */
const worked = async (run: CheckedRun, index: number, of: number): Promise<number> => {
  const { shards } = run.plan
  const own = shards.keys().filter((shard) => shard % of === index)
  let failures = 0
  for (const shard of own) {
    const exit = await Effect.runPromiseExit(workShard(run, shard))
    if (Exit.isSuccess(exit)) {
      console.log(shardText(run.plan, shard, exit.value))
      continue
    }
    const error = Cause.squash(exit.cause)
    if (error instanceof OtherRows) throw error
    const message = error instanceof Error ? error.message : String(error)
    console.error(`${shardName(shard)} ${textInFlags(redacted(message))}`)
    if (error instanceof RunStopped && error.reason in exitCodes)
      return exitCodes[error.reason as keyof typeof exitCodes]
    failures++
  }
  if (failures > 0)
    console.error(
      `${counted(failures, "shard")} failed; what was answered is kept for the next try.`
    )
  return failures > 0 ? 1 : 0
}

const shardText = (
  { shards }: RunPlan,
  shard: number,
  { end, errorRows, rows }: Worked
): string => {
  const name = shardName(shard)
  if (end === "was there") return `${name} was there`
  const { from, to } = shards[shard]!
  const failed = errorRows === 0 ? "" : `, ${counted(errorRows, "error row")}`
  return `${name} ${end}: source rows ${from} to ${to}, ${counted(rows, "row")}${failed}`
}
