/**
 * Random kills of runs over Redis: slots, workers, the coordinator and Redis end with -9 at random
 * moments, and Redis is emptied; what comes out is compared with the dataset of one process.
 * CLUSTER_KILLS says how many kills there are, ten in each run.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { Redis } from "ioredis"
import { childOf, command, model, pipeline } from "./cluster.ts"
import type { Figure } from "./Figure.ts"

const kills = Number(process.env["CLUSTER_KILLS"] ?? 200)
const killsEach = 10
const rows = 400
const concurrency = 12
const latencyMs = 50
/** Nothing asked and nothing ended for so long is a hang. */
const hangMs = 120_000

interface Tried {
  readonly kills: Readonly<Record<string, number>>
  readonly isRight: boolean
  readonly hangs: boolean
  /** Requests beyond those of one process. */
  readonly repeated: number
  readonly seconds: number
}

/** Measures runs that are killed all the time. */
export const clusterKills = async (): Promise<ReadonlyArray<Figure>> => {
  const directory = mkdtempSync(join(tmpdir(), "distilabel-kills-"))
  const all: Array<Tried> = []
  try {
    for (let run = 0; run < kills / killsEach; run++) {
      const tried = await killed(join(directory, String(run)), run % 2 === 1)
      all.push(tried)
      console.error(JSON.stringify(tried))
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
  const count = (of: (tried: Tried) => number): number =>
    all.reduce((sum, tried) => sum + of(tried), 0)
  const done = count((tried) => Object.values(tried.kills).reduce((sum, each) => sum + each, 0))
  return [
    {
      name: `wrong datasets of ${all.length} runs with ${done} kills`,
      value: count(({ isRight }) => (isRight ? 0 : 1)),
      unit: "runs",
      bar: 0,
      atMost: true,
      from: { kills: done }
    },
    {
      name: "runs that hang",
      value: count(({ hangs }) => (hangs ? 1 : 0)),
      unit: "runs",
      bar: 0,
      atMost: true
    },
    {
      // What was in flight of whatever was killed.
      name: "requests that were repeated for each kill",
      value: count(({ repeated }) => repeated) / done,
      unit: "requests",
      bar: 2 * concurrency,
      atMost: true,
      from: { seconds: count(({ seconds }) => seconds) }
    }
  ]
}

const hashOf = (folder: string): string =>
  createHash("sha256")
    .update(readFileSync(join(folder, "default.jsonl")))
    .digest("hex")

/** One run: first as it comes from one process, then with kills. */
const killed = async (directory: string, isSorted: boolean): Promise<Tried> => {
  const server = await model(latencyMs)
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const redisFolder = mkdtempSync(join(tmpdir(), "distilabel-redis-"))
  const startRedis = (): ChildProcess =>
    spawn(
      "redis-server",
      ["--port", String(port), "--dir", redisFolder, "--save", "", "--appendonly", "yes"],
      { stdio: "ignore" }
    )
  let redisServer = startRedis()
  const redis = new Redis(port, "127.0.0.1", { maxRetriesPerRequest: null })
  redis.on("error", () => {})
  await redis.ping()
  const env = {
    BENCH_URL: server.url,
    BENCH_ROWS: String(rows),
    BENCH_CONCURRENCY: String(concurrency),
    DISTILABEL_CACHE_DIR: `${directory}-cache`,
    DISTILABEL_REDIS: `redis://127.0.0.1:${port}`,
    ...(isSorted ? { BENCH_SORTED: "1" } : {})
  }
  const single = command(
    ["run", pipeline, "--output", `${directory}-single`, "--progress", "none"],
    env
  )
  await once(single, "exit")
  const expected = server.asked.length
  const worker = (): ChildProcess => command(["worker", "--slots", "2", "--quiet"], env)
  const coordinator = (): ChildProcess =>
    command(
      ["run", pipeline, "--cluster", "env", "--shards", "14"].concat(
        ["--output", directory],
        ["--progress", "none"]
      ),
      env
    )
  const workers = [worker(), worker()]
  let coordinating = coordinator()
  const did: Record<string, number> = {}
  const ways = {
    slot: () => {
      try {
        process.kill(childOf(workers[Math.floor(Math.random() * 2)]!.pid!), "SIGKILL")
      } catch {
        // A worker that has just begun has none yet.
        workers[0]!.kill("SIGKILL")
        workers[0] = worker()
      }
    },
    worker: () => {
      const which = Math.floor(Math.random() * 2)
      workers[which]!.kill("SIGKILL")
      workers[which] = worker()
    },
    coordinator: () => {
      coordinating.kill("SIGKILL")
      coordinating = coordinator()
    },
    redis: async () => {
      redisServer.kill("SIGKILL")
      await once(redisServer, "exit")
      redisServer = startRedis()
    },
    "emptied redis": () => redis.flushall()
  }
  const began = performance.now()
  const moments = Array.from({ length: killsEach }, () => 0.05 + 0.9 * Math.random()).toSorted()
  let hangs = false
  const waiting = async (until: () => boolean): Promise<void> => {
    let asked = server.asked.length
    let at = performance.now()
    while (!until() && !hangs) {
      await sleep(5)
      if (server.asked.length > asked) {
        asked = server.asked.length
        at = performance.now()
      }
      if (performance.now() - at > hangMs) hangs = true
    }
  }
  const isEnded = (): boolean => coordinating.exitCode !== null || coordinating.signalCode !== null
  for (const moment of moments) {
    await waiting(() => server.asked.length - expected > moment * expected || isEnded())
    if (hangs || isEnded()) break
    const names = Object.keys(ways) as Array<keyof typeof ways>
    const way = names[Math.floor(Math.random() * names.length)]!
    did[way] = (did[way] ?? 0) + 1
    await ways[way]()
  }
  await waiting(isEnded)
  const isRight =
    !hangs && coordinating.exitCode === 0 && hashOf(directory) === hashOf(`${directory}-single`)
  for (const child of [...workers, coordinating, redisServer]) child.kill("SIGKILL")
  redis.disconnect()
  server.close()
  rmSync(redisFolder, { recursive: true, force: true })
  return {
    kills: did,
    isRight,
    hangs,
    repeated: server.asked.length - 2 * expected,
    seconds: Math.round((performance.now() - began) / 1000)
  }
}
