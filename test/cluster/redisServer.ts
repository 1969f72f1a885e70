/** A Redis of a test's own: the system's redis-server on loopback. */
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"
import { Redis } from "ioredis"
import { folder } from "../cli/command.ts"

/** Whether this machine has one. */
export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0

export interface RedisServer extends AsyncDisposable {
  readonly address: string
  readonly client: Redis
  /** Ends it with -9, and starts it again with what it has written. */
  readonly restart: () => Promise<void>
}

export const redisServer = async (): Promise<RedisServer> => {
  const free = createServer().listen(0, "127.0.0.1")
  await once(free, "listening")
  const { port } = free.address() as { readonly port: number }
  free.close()
  const options = ["--port", String(port), "--dir", folder(), "--save", "", "--appendonly", "yes"]
  const start = () => spawn("redis-server", options, { stdio: "ignore" })
  let server = start()
  const client = new Redis(port, "127.0.0.1", { maxRetriesPerRequest: null })
  client.on("error", () => {})
  await client.ping()
  const kill = async (): Promise<void> => {
    const ended = once(server, "exit")
    server.kill("SIGKILL")
    await ended
  }
  return {
    address: `redis://127.0.0.1:${port}`,
    client,
    restart: async () => {
      await kill()
      server = start()
      await client.ping()
    },
    [Symbol.asyncDispose]: async () => {
      client.disconnect()
      await kill()
    }
  }
}
