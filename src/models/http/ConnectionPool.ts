// oxlint-disable-next-line typescript/triple-slash-reference -- who follows the import must find the declaration too
/// <reference path="./undiciAgents.d.ts" />
/**
 * Connections to one host. undici's pool looks through all of them for one that is free, twice for
 * each request: with thousands in flight that takes as long as all else that a request costs. Here
 * the free ones are known.
 */
import type { Agent, Dispatcher, Pool } from "undici"
import PlainAgent from "undici/lib/dispatcher/agent.js"
import {
  kAddClient,
  kClients,
  kGetDispatcher,
  kHasDispatcher,
  kNeedDrain,
  kOnClientDrain
} from "undici/lib/dispatcher/pool-base.js"
import PlainPool from "undici/lib/dispatcher/pool.js"

/** A connection, as the pool sees it: whether it is at work, or of no use any more. */
type Connection = Dispatcher & {
  readonly [kNeedDrain]?: boolean
  readonly closed?: boolean
  readonly destroyed?: boolean
}

class ConnectionPool extends PlainPool {
  readonly #most: number
  /** The connections that may be free, those of late last; one is looked at when its turn comes. */
  readonly #free: Array<Connection> = []
  readonly #listed = new Set<Connection>()

  constructor(origin: string, options: Pool.Options & { readonly connections: number }) {
    super(origin, options)
    this.#most = options.connections
  }

  override [kAddClient](connection: Connection): this {
    super[kAddClient](connection)
    this.#list(connection)
    return this
  }

  /** A connection has done all that it had to do. */
  override [kOnClientDrain](connection: Connection): void {
    super[kOnClientDrain](connection)
    this.#list(connection)
  }

  override [kGetDispatcher](): Dispatcher | undefined {
    return this.#next() ?? (this.#mayGrow ? super[kGetDispatcher]() : undefined)
  }

  override [kHasDispatcher](): boolean {
    return this.#mayGrow || this.#next() !== undefined
  }

  get #mayGrow(): boolean {
    return this[kClients].length < this.#most
  }

  #list(connection: Connection): void {
    if (this.#listed.has(connection)) return
    this.#listed.add(connection)
    this.#free.push(connection)
  }

  /**
   * The one that was free last, which is the likeliest to be open still; it stays listed until it
   * is at work.
   */
  #next(): Connection | undefined {
    for (let last = this.#free.at(-1); last !== undefined; last = this.#free.at(-1)) {
      if (!last[kNeedDrain] && !last.closed && !last.destroyed) return last
      this.#free.pop()
      this.#listed.delete(last)
    }
    return undefined
  }
}

/** An agent with at most so many connections to each host. */
export const makeAgent = (options: Agent.Options & { readonly connections: number }): Dispatcher =>
  new PlainAgent({
    ...options,
    factory: (origin, own) => new ConnectionPool(String(origin), own as typeof options)
  })
