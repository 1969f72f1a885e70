/**
 * A Redis of a run's own on this machine: the system's redis-server as a child, with what it keeps
 * in the run's folder. One that dies is started again with what it had.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { mkdirSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { join, resolve } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { Broker } from "./Broker.ts"
import { within } from "./within.ts"

export interface LocalRedis {
  readonly address: string
  /** Its process at this time. */
  readonly pid: () => number | undefined
  /** Ends it; `forgets` removes what it has kept. */
  readonly stop: (forgets: boolean) => Promise<void>
}

const startMs = 10_000

/** Starts one for a run in a folder; undefined if there is no redis-server on this machine. */
export const startLocalRedis = async (folder: string): Promise<LocalRedis | undefined> => {
  const directory = resolve(join(folder, "redis"))
  const port = await freePort()
  const password = randomBytes(18).toString("base64url")
  const address = `redis://:${password}@127.0.0.1:${port}`
  mkdirSync(directory, { recursive: true })
  let isStopping = false
  let child: ChildProcess | undefined
  const start = async (): Promise<boolean> => {
    // Its configuration comes by standard input: a list of processes shows no password.
    const started = spawn("redis-server", ["-"], { stdio: ["pipe", "ignore", "ignore"] })
    child = started
    started.stdin.on("error", () => {})
    started.stdin.end(configuration(directory, port, password))
    started.on("exit", () => {
      if (!isStopping && child === started) setTimeout(() => void start(), 200)
    })
    return new Promise((done) => {
      started.on("error", () => done(false))
      started.on("spawn", () => done(true))
    })
  }
  const stop = async (forgets: boolean): Promise<void> => {
    isStopping = true
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit")
      child.kill("SIGTERM")
      await within(ended, 5000, undefined)
      child.kill("SIGKILL")
    }
    if (forgets) rmSync(directory, { recursive: true, force: true })
  }
  if (!(await start())) {
    isStopping = true
    rmSync(directory, { recursive: true, force: true })
    return undefined
  }
  try {
    await answers(address)
  } catch (thrown) {
    await stop(true)
    throw thrown
  }
  return { address, pid: () => child?.pid, stop }
}

const configuration = (directory: string, port: number, password: string): string =>
  [
    `port ${port}`,
    "bind 127.0.0.1",
    `requirepass ${password}`,
    `dir ${JSON.stringify(directory)}`,
    'save ""',
    "appendonly yes",
    "appendfsync everysec",
    "maxmemory-policy noeviction",
    "daemonize no",
    ""
  ].join("\n")

/** Waits until it can be used. */
const answers = async (address: string): Promise<void> => {
  const until = performance.now() + startMs
  for (;;) {
    try {
      ;(await Broker.open(address)).close()
      return
    } catch (thrown) {
      if (performance.now() > until || (thrown as { _tag?: string })._tag === "PackageMissing")
        throw thrown
      await sleep(50)
    }
  }
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as { readonly port: number }
  server.close()
  await once(server, "close")
  return port
}
