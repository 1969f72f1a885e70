/** Files of undici that its own declarations leave out. */

declare module "undici/lib/dispatcher/agent.js" {
  import type { Agent } from "undici"
  const PlainAgent: typeof Agent
  export default PlainAgent
}

declare module "undici/lib/dispatcher/env-http-proxy-agent.js" {
  import type { EnvHttpProxyAgent } from "undici"
  const ProxyAgent: typeof EnvHttpProxyAgent
  export default ProxyAgent
}

declare module "undici/lib/dispatcher/pool-base.js" {
  export const kNeedDrain: unique symbol
  export const kClients: unique symbol
  export const kAddClient: unique symbol
  export const kOnClientDrain: unique symbol
  export const kGetDispatcher: unique symbol
  export const kHasDispatcher: unique symbol
}

declare module "undici/lib/dispatcher/pool.js" {
  import type { Dispatcher, Pool } from "undici"
  import type {
    kAddClient,
    kClients,
    kGetDispatcher,
    kHasDispatcher,
    kOnClientDrain
  } from "undici/lib/dispatcher/pool-base.js"
  /** A pool with what it does about its connections. */
  interface ConnectedPool extends Pool {
    readonly [kClients]: ReadonlyArray<Dispatcher>
    [kAddClient](connection: Dispatcher): this
    [kOnClientDrain](connection: Dispatcher): void
    [kGetDispatcher](): Dispatcher | undefined
    [kHasDispatcher](): boolean
  }
  const PlainPool: new (...args: ConstructorParameters<typeof Pool>) => ConnectedPool
  export default PlainPool
}
