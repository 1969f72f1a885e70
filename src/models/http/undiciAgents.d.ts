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
