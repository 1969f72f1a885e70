/** `distilabel-ts run --shards`: plans a run that many processes work on. */
import * as Effect from "effect/Effect"
import { placeToPlan } from "../cluster/openPlace.ts"
import { planIn } from "../cluster/planShards.ts"
import { knownShards } from "../cluster/RunPlan.ts"
import { version } from "../runtime/version.ts"
import { counted } from "../words/figures.ts"
import { type DocumentOptions, loadPipeline } from "./loadPipeline.ts"
import { refuseIncomplete } from "./missingText.ts"
import { readInput } from "./readInput.ts"
import { inWordsOfOptions, type ParameterOptions, readParameters } from "./readParameters.ts"
import { UsageError } from "./UsageError.ts"

interface PlanOptions extends DocumentOptions, ParameterOptions {
  readonly input: ReadonlyArray<string>
  readonly output: string | undefined
  readonly maxErrorRate: number | undefined
  readonly json: boolean
}

/** Options of `run` that a plan does not take, as they are written, each with whether it was given. */
export type Untaken = Readonly<Record<string, boolean>>

/** Runs the command; gives the exit code. */
export const planCommand = async (
  source: string,
  shards: number,
  options: PlanOptions,
  untaken: Untaken
): Promise<number> => {
  const { allow, bind, input, json, maxErrorRate, output } = options
  for (const [flag, given] of Object.entries(untaken))
    if (given)
      throw new UsageError(
        "run",
        `${flag} is for a run in one process: with --shards the run is only planned, and each worker counts by itself`
      )
  if (output === undefined)
    throw new UsageError(
      "run",
      "--shards needs --output DIR, a folder that all workers see, or an address of an object store"
    )
  const pipeline = await loadPipeline(source, options)
  refuseIncomplete(pipeline)
  const dataset = await readInput("run", input, pipeline.graph)
  const parameters = readParameters("run", options, pipeline.graph)
  const place = await placeToPlan(output)
  const planned = await Effect.runPromise(
    planIn(place, pipeline, {
      shards,
      program: { source, allow, ...(bind === undefined ? {} : { bind }), input, parameters },
      dataset,
      version,
      maxErrorRate
    })
  ).catch((thrown: unknown) => {
    throw inWordsOfOptions("run", thrown, pipeline.graph)
  })
  await place.publish()
  for (const notice of planned.notices) console.error(notice)
  const { plan, wasThere } = planned
  const workers = Math.min(4, knownShards(plan))
  const told = { pipeline: plan.pipeline, folder: output, rows: plan.rows, wasThere }
  console.log(
    json
      ? JSON.stringify({ ...told, shards: knownShards(plan) }, undefined, 2)
      : [
          `${plan.pipeline}: ${counted(plan.rows, "source row")} in ${counted(knownShards(plan), "shard")}, ${wasThere ? "planned before" : "planned"} in ${output}`,
          ...planned.plan.parts.flatMap(({ steps, whole }) =>
            whole === undefined ? [] : [`${steps.join(", ")} is worked on in one piece: ${whole}`]
          ),
          "",
          `Work on them, on any machines that see the folder (here ${counted(workers, "worker")}; this is the first):`,
          `  distilabel-ts shard ${output} --index 0 --of ${workers}`,
          "Scripts for that:",
          `  distilabel-ts cluster slurm ${output}`,
          `  distilabel-ts cluster k8s ${output}`,
          "Then make the dataset:",
          `  distilabel-ts merge ${output}`
        ].join("\n")
  )
  return 0
}
