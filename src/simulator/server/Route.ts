/** Routes: which question of which protocol a request's method, path and client make it. */
import { protocols } from "../../models/simulated.ts"
import type { Arrived } from "../../models/simulated/Arrived.ts"
import type { Destination, Protocol } from "../../models/simulated/Protocol.ts"

/** Where a request goes, and the protocol that answers it. */
export interface Route extends Destination {
  readonly protocol: Protocol
}

/** Finds the route of a request. */
export const routeOf = (method: string, url: string, headers: Arrived["headers"]): Route => {
  const query = url.indexOf("?")
  const arrived = { method, path: query === -1 ? url : url.slice(0, query), headers }
  for (const protocol of protocols) {
    const destination = protocol.route(arrived)
    if (destination !== undefined) return { ...destination, protocol }
  }
  return { kind: "unknown", name: "unknown", model: "", protocol: protocols.at(-1)! }
}
