/**
 * What Redis knows of the runs of a queue: who coordinates them, who works on them, how far they
 * are.
 */
import type { Broker } from "./Broker.ts"
import { Announcement, goneMs, queueKeys, read, runKeys, timeOf, WorkerState } from "./messages.ts"

/** A run as its coordinator and its workers have reported it. */
export interface RunStatus {
  readonly run: string
  readonly pipeline: string
  readonly folder: string
  readonly coordinator: string
  /** Seconds since the coordinator has said anything. */
  readonly silent: number
  readonly stopping: string | undefined
  readonly shards: number
  /** Shards in the queue, by what they wait for. */
  readonly queue: Readonly<Record<string, number>>
  readonly workers: ReadonlyArray<WorkerState>
}

/** Looks at the runs of a queue; changes nothing. */
export const statusOf = async (
  broker: Broker,
  queue: string
): Promise<ReadonlyArray<RunStatus>> => {
  const { redis } = broker
  const now = timeOf(await redis.time())
  const announced = Object.values(await redis.hgetall(queueKeys(queue).runs))
    .map((text) => read(Announcement, text))
    .filter((each) => each !== undefined)
  return Promise.all(
    announced.map(async ({ at, by, folder, pipeline, run, shards, stopping }) => {
      const jobs = new broker.bull.Queue(run, broker.options(queueKeys(queue).prefix))
      const counts = await jobs.getJobCounts("prioritized", "active", "delayed", "failed")
      await jobs.close()
      const workers = Object.values(await redis.hgetall(runKeys(queue, run).workers))
        .map((text) => read(WorkerState, text))
        .filter((each) => each !== undefined)
        .filter(
          (each) => now - each.at < goneMs && (each.left !== true || each.refused !== undefined)
        )
      return {
        run,
        pipeline,
        folder,
        coordinator: by,
        silent: Math.max(0, (now - at) / 1000),
        stopping,
        shards,
        queue: counts,
        workers
      }
    })
  )
}
