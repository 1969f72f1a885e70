import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, it, onTestFinished, vi } from "vitest"
import { hubAccess } from "../../../src/data/hub/HubAccess.ts"

it("a moment to come back at is told by the Hub's clock, whatever this machine's says", async () => {
  let asked = 0
  const server = createServer((_, response) => {
    asked += 1
    if (asked > 1) return response.end("here")
    const now = Date.parse("2031-05-05T10:00:00Z")
    response.writeHead(429, {
      date: new Date(now).toUTCString(),
      "retry-after": new Date(now + 1000).toUTCString()
    })
    return response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2020-01-01") })
  onTestFinished(() => {
    vi.useRealTimers()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  // By this machine's clock the moment is eleven years away, and the wait would be the longest.
  const response = await hubAccess().fetch(`http://127.0.0.1:${port}/`)
  expect(await response.text()).toBe("here")
  expect(asked).toBe(2)
})
