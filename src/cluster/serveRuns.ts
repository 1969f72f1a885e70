/**
 * A worker: it looks for runs in a queue, takes their shards as many at a time as it has slots, and
 * stays until it is told to go.
 */
import { hostname } from "node:os"
import { setTimeout as sleep } from "node:timers/promises"
import { writerName } from "../journal/writers.ts"
import type { Broker } from "./Broker.ts"
import { JoinedRun, type JoinedEnd, type WorkerOptions } from "./JoinedRun.ts"
import { Announcement, goneMs, queueKeys, read, runKeys, timeOf } from "./messages.ts"

/** How a worker can be stopped. */
export interface StopWorker {
  /** Hands back what is worked on; all that is answered is kept. */
  readonly stop: () => void
  /** Ends at once. */
  readonly stopNow: () => void
}

/** Why a worker is done. */
export type ServedEnd = "stopped" | "refused" | "over"

const lookMs = 500

/** Serves runs until it is stopped; `onReady` is given what stops it. */
export const serveRuns = async (
  options: WorkerOptions,
  onReady: (stop: StopWorker) => void
): Promise<ServedEnd> => {
  const { broker, queue, run: only, say } = options
  const name = writerName()
  const refused = new Set<string>()
  let isStopping = false
  let joined: JoinedRun | undefined
  const ended = new AbortController()
  onReady({
    stop: () => {
      isStopping = true
      ended.abort()
      joined?.stop()
    },
    stopNow: () => {
      isStopping = true
      ended.abort()
      void joined?.stopNow()
    }
  })
  const stopped = new Promise<undefined>((resolve) => {
    ended.signal.addEventListener("abort", () => resolve(undefined))
  })
  let isWaiting = false
  while (!isStopping) {
    // A Redis that is away answers when it is back: who is to stop does not wait for it.
    const found = await Promise.race([nextRun(broker, queue, refused, only), stopped])
    if (isStopping) break
    if (found === undefined) {
      if (only !== undefined && refused.has(only)) return "refused"
      if (only !== undefined && (await isOver(broker, queue, only))) return "over"
      if (!isWaiting) say(`worker on ${hostname()}: waiting for runs at ${broker.shown}`)
      isWaiting = true
      await sleep(lookMs, undefined, { signal: ended.signal }).catch(() => {})
      continue
    }
    isWaiting = false
    joined = new JoinedRun({ ...options, name, found })
    if (isStopping) joined.stop()
    const end: JoinedEnd = await joined.ended
    joined = undefined
    if (end === "refused") refused.add(found.run)
    if (end !== "refused" && only !== undefined && !isStopping) return "over"
  }
  return "stopped"
}

/** The run with the fewest workers, of those that may be taken. */
const nextRun = async (
  { redis }: Broker,
  queue: string,
  refused: ReadonlySet<string>,
  only: string | undefined
): Promise<Announcement | undefined> => {
  const now = timeOf(await redis.time())
  const announced = Object.values(await redis.hgetall(queueKeys(queue).runs))
    .map((text) => read(Announcement, text))
    .filter((each) => each !== undefined)
    .filter(
      ({ at, run, stopping }) =>
        !refused.has(run) &&
        (only === undefined || run === only) &&
        stopping === undefined &&
        now - at < goneMs
    )
  const taken = await Promise.all(
    announced.map(async (each) => ({
      each,
      workers: await redis.hlen(runKeys(queue, each.run).workers)
    }))
  )
  return taken.toSorted((a, b) => a.workers - b.workers)[0]?.each
}

/** Whether a run is not to be worked on any more, as far as its coordinator has said so. */
const isOver = async ({ redis }: Broker, queue: string, run: string): Promise<boolean> =>
  read(Announcement, await redis.hget(queueKeys(queue).runs, run))?.stopping !== undefined
