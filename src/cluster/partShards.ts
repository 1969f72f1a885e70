/** The shards of a part of a run, as far as the parts before it have said how many rows there are. */
import { existsSync } from "node:fs"
import { type StreamFile, streamLengths } from "./RowStream.ts"
import { type PlannedPart, type PlannedShard, type RunPlan, shardFolder } from "./RunPlan.ts"
import { rangesOf } from "./shardable.ts"

const inOnePiece: ReadonlyArray<PlannedShard> = [{ from: 0, to: 0, hash: "" }]

/** Undefined as long as nobody knows. */
export const shardsOf = (
  folder: string,
  plan: RunPlan,
  part: PlannedPart
): ReadonlyArray<PlannedShard> | undefined => {
  if (part.whole !== undefined) return inOnePiece
  if (part.source !== undefined) return part.shards
  const files = inputFiles(folder, plan, part, part.inputs[0]!.stream)
  if (files === undefined) return undefined
  const rows = files.reduce((sum, { length }) => sum + length, 0)
  return rangesOf(part.grain, rows, plan.shards).map((range) => ({ ...range, hash: "" }))
}

/** The files of a stream that comes into a part; undefined as long as not all of them are there. */
export const inputFiles = (
  folder: string,
  plan: RunPlan,
  part: PlannedPart,
  stream: string
): ReadonlyArray<StreamFile> | undefined => {
  const input = part.inputs.find((each) => each.stream === stream)!
  const from = plan.parts[input.part]!
  const shards = shardsOf(folder, plan, from)
  if (shards === undefined) return undefined
  const files: Array<StreamFile> = []
  for (const index of shards.keys()) {
    const shard = shardFolder(folder, from, index)
    const length = streamLengths(shard)?.[stream]
    if (length === undefined) return undefined
    files.push({ folder: shard, number: input.number, length })
  }
  return files
}

/** Whether all that comes into a part is there. */
export const isReady = (folder: string, plan: RunPlan, part: PlannedPart): boolean =>
  part.inputs.every((input) => {
    const from = plan.parts[input.part]!
    const shards = shardsOf(folder, plan, from)
    // Looked at from the end: the last ones come last.
    return (
      shards !== undefined &&
      shards.every((_, i) => existsSync(shardFolder(folder, from, shards.length - 1 - i)))
    )
  })
