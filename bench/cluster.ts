/**
 * Runs over Redis: how much faster more workers are, what a shard costs, how soon what was killed
 * is worked on again, and what Redis has to do. Needs the system's redis-server.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { Redis } from "ioredis"
import type { Figure } from "./Figure.ts"

const latencyMs = 200
/** Requests in flight for each slot. */
const each = 16
const workerCounts = [1, 2, 4]
const seconds = 15

export const pipeline = fileURLToPath(new URL("clusterPipeline.ts", import.meta.url))
const entry = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url))

/** Starts the command as users have it: a process of the sources takes a second longer to begin. */
export const command = (
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>
): ChildProcess => {
  if (!existsSync(entry)) throw new Error("The package is not built: npm run build.")
  return spawn(process.execPath, [entry, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "inherit"]
  })
}

const ended = async (child: ChildProcess): Promise<void> => {
  const [code] = (await once(child, "exit")) as [number | null]
  if (code !== 0) throw new Error(`a run ended with code ${code}`)
}

/** A model that answers after so long, and knows when it was asked. */
export const model = async (answersAfterMs = latencyMs) => {
  const asked: Array<number> = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      response.setHeader("content-type", "application/json")
      if (request.method === "GET") return response.end('{"id":"m"}')
      asked.push(performance.now())
      const message = { role: "assistant", content: `about ${body.length}` }
      const choices = [{ index: 0, message, finish_reason: "stop" }]
      const usage = { prompt_tokens: 8, completion_tokens: 8 }
      setTimeout(() => response.end(JSON.stringify({ id: "c", choices, usage })), answersAfterMs)
      return undefined
    })
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      server.closeAllConnections()
      server.close()
    }
  }
}

/** Requests a second in the middle of a run: starting and ending are another matter. */
const steadyRate = (times: ReadonlyArray<number>): number => {
  const [from, to] = [Math.floor(times.length * 0.25), Math.floor(times.length * 0.75)]
  return (to - from) / ((times[to]! - times[from]!) / 1000)
}

type Part = (setting: Setting) => Promise<ReadonlyArray<Figure>>

/** Measures runs over Redis. */
export const cluster = (): Promise<ReadonlyArray<Figure>> =>
  measured(scaling, lastShard, overhead, recovery)

/** The part that takes longest, and needs no model. */
export const clusterOverhead = (): Promise<ReadonlyArray<Figure>> => measured(overhead)

const measured = async (...parts: ReadonlyArray<Part>): Promise<ReadonlyArray<Figure>> => {
  const directory = mkdtempSync(join(tmpdir(), "distilabel-cluster-"))
  const port = 20_000 + (process.pid % 20_000)
  const options = ["--port", String(port), "--dir", directory, "--save", "", "--appendonly", "yes"]
  const redisServer = spawn("redis-server", options, { stdio: "ignore" })
  const redis = new Redis(port, "127.0.0.1", { maxRetriesPerRequest: null })
  redis.on("error", () => {})
  await redis.ping()
  const address = `redis://127.0.0.1:${port}`
  try {
    const setting = { directory, address, redis }
    const figures: Array<Figure> = []
    for (const part of parts) figures.push(...(await part(setting)))
    return figures
  } finally {
    redis.disconnect()
    redisServer.kill("SIGKILL")
    rmSync(directory, { recursive: true, force: true })
  }
}

interface Setting {
  readonly directory: string
  readonly address: string
  readonly redis: Redis
}

const commandsOf = async (redis: Redis): Promise<number> =>
  Number(/total_commands_processed:(\d+)/.exec(await redis.info("stats"))![1])

const run = (
  { address, directory }: Setting,
  name: string,
  workers: number,
  shards: number
): ReadonlyArray<string> =>
  ["run", pipeline, "--cluster", address].concat(
    workers === 0 ? [] : ["--workers", String(workers)],
    ["--shards", String(shards), "--output", join(directory, name)],
    ["--progress", "none"]
  )

/** The rate of one, two and four slots against what the model allows. */
const scaling = async (setting: Setting): Promise<ReadonlyArray<Figure>> => {
  const figures: Array<Figure> = []
  const one = await rateOfOne(setting)
  for (const workers of workerCounts) {
    const server = await model()
    const ideal = (workers * each) / (latencyMs / 1000)
    const rows = Math.round(ideal * seconds)
    const env = {
      BENCH_URL: server.url,
      BENCH_ROWS: String(rows),
      BENCH_CONCURRENCY: String(workers * each)
    }
    const before = await commandsOf(setting.redis)
    const began = performance.now()
    await ended(command(run(setting, `scaling-${workers}`, workers, workers * 5), env))
    const took = (performance.now() - began) / 1000
    const commands = ((await commandsOf(setting.redis)) - before) / took
    server.close()
    const rate = steadyRate(server.asked)
    figures.push(
      {
        name: `rows a second against the ideal, ${workers} slots`,
        value: rate / ideal,
        unit: "of the ideal",
        bar: 0.9,
        from: { rate, ideal, rows, seconds: took, asked: server.asked.length }
      },
      {
        // On a machine with other work nobody reaches the ideal.
        name: `rows a second against as many processes as slots, ${workers} slots`,
        value: rate / (one * workers),
        unit: "of so many",
        bar: 0.9,
        from: { rate, one }
      },
      { name: `Redis' commands a second, ${workers} slots`, value: commands, unit: "a second" }
    )
  }
  return figures
}

/** The rate of one process without a cluster, with as many requests in flight as a slot. */
const rateOfOne = async ({ directory }: Setting): Promise<number> => {
  const server = await model()
  const env = {
    BENCH_URL: server.url,
    BENCH_ROWS: String(Math.round((each / (latencyMs / 1000)) * seconds)),
    BENCH_CONCURRENCY: String(each),
    DISTILABEL_CACHE_DIR: join(directory, "one-cache")
  }
  const output = join(directory, "one")
  await ended(command(["run", pipeline, "--output", output, "--progress", "none"], env))
  server.close()
  return steadyRate(server.asked)
}

const slots = 4
/** What a slot asks at once by itself. */
const usualConcurrency = 64

/** What one shard that is left gets of what all slots could ask. */
const lastShard = async (setting: Setting): Promise<ReadonlyArray<Figure>> => {
  const server = await model(1000)
  const ideal = slots * usualConcurrency
  const env = { BENCH_URL: server.url, BENCH_ROWS: String(ideal * 10), BENCH_CONCURRENCY: "" }
  await ended(command(run(setting, "last", slots, 1), env))
  server.close()
  return [
    {
      name: `rows a second of one shard that is left, against what ${slots} slots could ask`,
      value: steadyRate(server.asked) / ideal,
      unit: "of it",
      bar: 0.9,
      from: { ideal, asked: server.asked.length }
    }
  ]
}

const manyRows = 1_000_000
const manyShards = 1000
const cores = 2

/**
 * A million rows without a model, in a thousand shards and in one process: paragraphs whose
 * language is detected, sentences whose language is, and rows on which next to nothing is done,
 * which show what shards cost.
 */
const overhead = async (setting: Setting): Promise<ReadonlyArray<Figure>> => {
  const took = async (name: string, env: Readonly<Record<string, string>>) => {
    const timed = async (args: ReadonlyArray<string>): Promise<number> => {
      const began = performance.now()
      await ended(command(args, { BENCH_ROWS: String(manyRows), ...env }))
      return (performance.now() - began) / 1000
    }
    const output = join(setting.directory, `single-${name}`)
    return {
      single: await timed(["run", pipeline, "--output", output, "--progress", "none"]),
      sharded: await timed(run(setting, `many-${name}`, cores, manyShards))
    }
  }
  const env = { DISTILABEL_CACHE_DIR: join(setting.directory, "c") }
  const paragraphs = await took("paragraphs", { ...env, BENCH_WORK: "paragraphs" })
  const sentences = await took("sentences", { ...env, BENCH_WORK: "sentences" })
  const idle = await took("idle", env)
  const ofOne = ({ sharded, single }: typeof idle): number => single / (sharded * cores)
  return [
    {
      name: "1 M paragraphs in 1,000 shards, languages detected: rate for each core against one process",
      value: ofOne(paragraphs),
      unit: "of one process",
      bar: 0.7,
      from: paragraphs
    },
    {
      name: "the same with sentences of six words",
      value: ofOne(sentences),
      unit: "of one process",
      from: sentences
    },
    {
      name: "1 M rows in 1,000 shards, next to no work: rate for each core against one process",
      value: ofOne(idle),
      unit: "of one process",
      from: idle
    },
    {
      name: "what a shard costs",
      value: ((idle.sharded * cores - idle.single) / manyShards) * 1000,
      unit: "ms",
      bar: 300,
      atMost: true
    }
  ]
}

/** From a kill to the next request of whoever goes on. */
const recovery = async (setting: Setting): Promise<ReadonlyArray<Figure>> => {
  const server = await model()
  const env = { BENCH_URL: server.url, BENCH_ROWS: "6000", BENCH_CONCURRENCY: "8" }
  const worker = () => command(["worker", setting.address, "--slots", "1", "--quiet"], env)
  const coordinator = () => command(run(setting, "recovery", 0, 8), env)
  const silence = async (kill: () => void): Promise<number> => {
    const so = server.asked.length
    while (server.asked.length < so + 40) await sleep(5)
    kill()
    const at = performance.now()
    // What was sent before it was killed has come by then.
    await sleep(100)
    const came = server.asked.length
    while (server.asked.length === came) await sleep(5)
    return performance.now() - at
  }
  const only = worker()
  let coordinating = coordinator()
  const slotMs = await silence(() => process.kill(childOf(only.pid!), "SIGKILL"))
  // Another worker waits; the first one's shard is its own again when the lease has run out.
  const other = worker()
  const workerMs = await silence(() => only.kill("SIGKILL"))
  const coordinatorMs = await silence(() => {
    coordinating.kill("SIGKILL")
    coordinating = coordinator()
  })
  other.kill("SIGKILL")
  coordinating.kill("SIGKILL")
  server.close()
  return [
    { name: "a killed slot works again after", value: slotMs, unit: "ms", bar: 2000, atMost: true },
    {
      name: "after a killed worker another asks after",
      value: workerMs,
      unit: "ms",
      bar: 40_000,
      atMost: true
    },
    {
      name: "a killed coordinator interrupts for",
      value: coordinatorMs,
      unit: "ms",
      bar: 2000,
      atMost: true
    }
  ]
}

/** The first process that a process has started. */
export const childOf = (pid: number): number =>
  Number(
    execFileSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" }).split("\n")[0]
  )
