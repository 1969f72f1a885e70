/** Work on a run on one machine that has no Redis: processes share its shards among themselves. */
import { fork } from "node:child_process"
import { once } from "node:events"
import { RunStopped, type StopReason } from "../engine/watch/RunStopped.ts"
import { commandEntry } from "./commandEntry.ts"
import type { RunPlace } from "./RunPlace.ts"
import { knownShards, type RunPlan } from "./RunPlan.ts"

/** What a process that a signal has stopped ends with. */
const stoppedBy: Readonly<Record<number, StopReason>> = {
  129: "SIGHUP",
  130: "SIGINT",
  143: "SIGTERM"
}

/**
 * Has so many processes work on all shards; gives how long it took. Shards that failed are missing
 * then: the processes have said why.
 */
export const workWithoutBroker = async (
  { name }: RunPlace,
  plan: RunPlan,
  workers: number
): Promise<number> => {
  const began = performance.now()
  const of = Math.min(workers, knownShards(plan))
  const codes = await Promise.all(
    Array.from({ length: of }, async (_, index) => {
      const args = ["shard", name, "--index", String(index), "--of", String(of), "--wait"]
      const child = fork(commandEntry, [...args, "--progress", "none"], {
        stdio: ["ignore", 2, "inherit", "ipc"]
      })
      const [code] = (await once(child, "exit")) as [number | null]
      return stoppedBy[code ?? 0]
    })
  )
  const reason = codes.find((each) => each !== undefined)
  if (reason !== undefined)
    throw new RunStopped({
      pipeline: plan.pipeline,
      reason,
      directory: name,
      rows: 0,
      left: 0
    })
  return (performance.now() - began) / 1000
}
