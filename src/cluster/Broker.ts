/**
 * The broker: a Redis through which the processes of a run in shards find one another. Its packages
 * are loaded when one is wanted; its password is remembered so that no message shows it.
 */
import type * as BullMQ from "bullmq"
import type { Redis } from "ioredis"
import { optionalPackage } from "../runtime/PackageMissing.ts"
import { secretsInAddress, shownAddress } from "../secrets/addresses.ts"
import { redacted, remember } from "../secrets/redact.ts"
import { BrokerUnreachable, WrongBroker } from "./brokerProblems.ts"

/** The variable of the environment that holds an address, so that no list of processes shows it. */
export const brokerVariable = "DISTILABEL_REDIS"

const connectMs = 5000
/** A Redis that is away is looked for at least so often. */
const longestRetryMs = 1000

const importBull = (): Promise<Bull> =>
  import("bullmq").catch(optionalPackage("bullmq", "A run over Redis"))
const importRedis = async (): Promise<typeof Redis> =>
  (await import("ioredis").catch(optionalPackage("ioredis", "A run over Redis"))).Redis

/** The package BullMQ. */
export type Bull = typeof BullMQ

export class Broker {
  readonly #address: string
  readonly #tidy: Array<() => void> = []
  /** For commands. */
  readonly redis: Redis
  readonly bull: Bull
  readonly #connect: () => Redis

  private constructor(address: string, bull: Bull, connect: () => Redis) {
    this.#address = address
    this.bull = bull
    this.#connect = connect
    this.redis = this.another()
  }

  /** Connects to the Redis at an address; fails with how to get one if none answers. */
  static async open(address: string): Promise<Broker> {
    const url = checkedAddress(address)
    const [bull, Client] = await Promise.all([importBull(), importRedis()])
    const first = new Client(url, {
      lazyConnect: true,
      connectTimeout: connectMs,
      retryStrategy: () => null,
      maxRetriesPerRequest: 0
    })
    let cause: unknown
    // What it says on the way is the reason; `connect` itself only says that it is closed.
    first.on("error", (error: Error) => (cause ??= error))
    try {
      await first.connect()
      await first.ping()
    } catch (thrown) {
      throw new BrokerUnreachable({ address: shownAddress(url), detail: detailOf(cause ?? thrown) })
    } finally {
      first.disconnect()
    }
    const connect = (): Redis =>
      new Client(url, {
        maxRetriesPerRequest: null,
        connectTimeout: connectMs,
        retryStrategy: (times) => Math.min(50 * times, longestRetryMs)
      })
    return new Broker(url, bull, connect)
  }

  /** The address without its secrets. */
  get shown(): string {
    return shownAddress(this.#address)
  }

  /** Another connection, which is closed with the broker. */
  another(): Redis {
    const redis = this.#connect()
    // A connection that is lost is made again; whoever waits for it waits longer.
    redis.on("error", () => {})
    this.#tidy.push(() => redis.disconnect())
    return redis
  }

  /** What queues and workers of BullMQ are made with. */
  options(
    prefix: string
  ): BullMQ.QueueOptions & Pick<BullMQ.WorkerOptions, "connection" | "prefix"> {
    return { connection: this.another(), prefix, skipVersionCheck: true, skipMetasUpdate: false }
  }

  /** Why jobs may be lost in this Redis, in sentences. */
  async warnings(): Promise<ReadonlyArray<string>> {
    const info = await this.redis.info()
    const value = (name: string): string | undefined =>
      new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1]
    const policy = value("maxmemory_policy")
    const version = value("redis_version") ?? "0"
    return [
      ...(policy === undefined || policy === "noeviction" || value("maxmemory") === "0"
        ? []
        : [
            `Redis at ${this.shown} forgets keys when it is full (maxmemory-policy ${policy}): set it to noeviction.`
          ]),
      ...(Number.parseInt(version) < 5
        ? [`Redis at ${this.shown} is version ${version}; queues need 5 at least, 6.2 is better.`]
        : [])
    ]
  }

  close(): void {
    for (const tidy of this.#tidy.splice(0)) tidy()
  }
}

const checkedAddress = (address: string): string => {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url !== undefined) remember(...secretsInAddress(address))
  if (url === undefined || !["redis:", "rediss:"].includes(url.protocol) || url.hostname === "")
    throw new WrongBroker({ address: shownAddress(address) })
  return address
}

const detailOf = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return String(thrown)
  const { code } = thrown as NodeJS.ErrnoException
  return redacted(thrown.message === "" ? (code ?? thrown.name) : thrown.message)
}
