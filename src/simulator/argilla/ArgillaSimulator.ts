/**
 * A simulated Argilla: a server on this machine that keeps datasets and checks requests as
 * Argilla's API does, as far as steps of this library ask it.
 */
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { type ArgillaSimulatorDataset, ArgillaState } from "./ArgillaState.ts"

export interface ArgillaSimulatorOptions {
  /** The key that it wants. Default `argilla.apikey`. */
  readonly apiKey?: string
  /** The user's workspaces. Default `argilla`. */
  readonly workspaces?: ReadonlyArray<string>
  /**
   * Answers a request with a failure of this status and detail, in place of what would be answered.
   * Default: none fails.
   */
  readonly refuse?: (
    path: string,
    body: string
  ) => { readonly status: number; readonly detail: string } | undefined
}

export interface ArgillaSimulator extends AsyncDisposable {
  /** Its address: option `apiUrl`, or `ARGILLA_API_URL`. */
  readonly url: string
  readonly apiKey: string
  /** What it keeps. */
  readonly datasets: ReadonlyArray<ArgillaSimulatorDataset>
  /** Requests that came: `GET /api/v1/me/workspaces`. */
  readonly requests: ReadonlyArray<string>
  /** What came with them, where something did. */
  readonly bodies: ReadonlyArray<unknown>
}

/** Starts a simulated Argilla on a free port of this machine. */
export const startArgillaSimulator = async ({
  apiKey = "argilla.apikey",
  refuse,
  workspaces = ["argilla"]
}: ArgillaSimulatorOptions = {}): Promise<ArgillaSimulator> => {
  const state = new ArgillaState(workspaces)
  const requests: Array<string> = []
  const bodies: Array<unknown> = []

  const answer = (request: IncomingMessage, text: string): readonly [number, unknown] => {
    const url = new URL(request.url ?? "/", "http://localhost")
    const method = request.method ?? "GET"
    requests.push(`${method} ${url.pathname}`)
    const body: unknown = text === "" ? undefined : JSON.parse(text)
    if (body !== undefined) bodies.push(body)
    if (request.headers["x-argilla-api-key"] !== apiKey)
      return [401, { detail: "Could not validate credentials" }]
    const refused = refuse?.(url.pathname.replace(/^\/api\/v1/, ""), text)
    return refused === undefined
      ? state.answer(method, url, body)
      : [refused.status, { detail: refused.detail }]
  }

  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const [status, value] = answer(request, Buffer.concat(chunks).toString())
      response.writeHead(status, { "content-type": "application/json" })
      response.end(JSON.stringify(value))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey,
    datasets: state.datasets,
    requests,
    bodies,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      })
  }
}
