/** Delivery: puts a decision on the wire, or leaves it half done, as the fault wants it. */
import type { ServerResponse } from "node:http"
import type { Decision } from "./Decision.ts"

/** Sends a response as decided. A decision never to answer sends nothing. */
export const deliver = (
  response: ServerResponse,
  { status, body, contentType, retryAfter, limitHeaders, delivery }: Decision
): void => {
  if (delivery === "never") return
  if (delivery === "reset") {
    response.socket?.resetAndDestroy()
    return
  }
  const headers: Array<string | number> = [
    "content-type",
    contentType,
    "content-length",
    Buffer.byteLength(body)
  ]
  if (retryAfter !== undefined) headers.push("retry-after", retryAfter)
  if (limitHeaders !== undefined) headers.push(...limitHeaders)
  response.writeHead(status, headers as Array<string>)
  if (delivery === "whole") {
    response.end(body)
    return
  }
  // The half has to leave before the connection is torn down, else the client would see none of it.
  response.write(body.slice(0, body.length / 2), () => response.socket?.destroy())
}
