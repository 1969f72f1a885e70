/** A Redis of a test's own: the system's redis-server on loopback. */
import { execFileSync, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"
import { join } from "node:path"
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

/** A certificate of its own for 127.0.0.1; gives the paths of it and of its key. */
const certificate = (): { readonly cert: string; readonly key: string } => {
  const [cert, key] = [join(folder(), "cert.pem"), join(folder(), "key.pem")]
  const subject = ["-days", "1", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
  execFileSync("openssl", ["req", "-keyout", key, "-out", cert, ...kind, ...subject])
  return { cert, key }
}

/** One that is spoken to by TLS alone, and asks for a password. */
export const encryptedRedis = async (password: string) => {
  const { cert, key } = certificate()
  const port = await freePort()
  const own = ["--port", "0", "--tls-port", String(port), "--bind", "127.0.0.1", "--save", ""]
  const tls = ["--tls-cert-file", cert, "--tls-key-file", key, "--tls-auth-clients", "no"]
  const server = spawn("redis-server", own.concat(tls, ["--requirepass", password]), {
    stdio: "ignore"
  })
  return {
    address: `rediss://:${password}@127.0.0.1:${port}`,
    /** The certificate that a client is to trust. */
    cert,
    [Symbol.asyncDispose]: async () => {
      const ended = once(server, "exit")
      server.kill("SIGKILL")
      await ended
    }
  }
}

const freePort = async (): Promise<number> => {
  const free = createServer().listen(0, "127.0.0.1")
  await once(free, "listening")
  const { port } = free.address() as { readonly port: number }
  free.close()
  return port
}

export const redisServer = async (): Promise<RedisServer> => {
  const port = await freePort()
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
