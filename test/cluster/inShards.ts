/** A pipeline worked on in shards within this process: planned, part by part, and merged. */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { mergeShards } from "../../src/cluster/mergeShards.ts"
import { shardsOf } from "../../src/cluster/partShards.ts"
import { planShards } from "../../src/cluster/planShards.ts"
import { placeOnDisk } from "../../src/cluster/RunPlace.ts"
import type { RunPlan } from "../../src/cluster/RunPlan.ts"
import { checked, workShard } from "../../src/cluster/workShard.ts"
import type { AnyPipeline } from "../../src/pipeline/Pipeline.ts"
import { surrounded } from "../../src/run/surrounded.ts"
import { folder } from "../cli/command.ts"

const version = "test"

/** Works through a pipeline, the shards of each part in the order of `order`; gives plan and folder. */
export const inShards = async (
  pipeline: AnyPipeline,
  shards: number,
  order: (indices: ReadonlyArray<number>) => ReadonlyArray<number> = (indices) => indices
): Promise<{ readonly plan: RunPlan; readonly directory: string }> => {
  const directory = join(folder(), "run")
  const program = { source: "pipeline.ts", allow: [], input: [], parameters: {} }
  const { plan } = await Effect.runPromise(
    planShards(pipeline, { folder: directory, shards, program, version })
  )
  const settings = { progress: "none", maxErrorRate: 1, signals: false } as const
  const run = await Effect.runPromise(
    checked({ place: placeOnDisk(directory), plan, pipeline, settings }, version)
  )
  for (const [number, part] of plan.parts.entries()) {
    const indices = [...shardsOf(directory, plan, part)!.keys()]
    for (const index of order(indices))
      await Effect.runPromise(surrounded(workShard(run, number, index)))
  }
  await Effect.runPromise(mergeShards(directory, plan))
  return { plan, directory }
}
