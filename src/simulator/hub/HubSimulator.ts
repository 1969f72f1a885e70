/**
 * The simulated Hub: an HTTP server on this machine that the Hub's own clients can create, fill and
 * read datasets at.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { hashText } from "../answers/Dice.ts"
import { drawFault } from "../faults/Faults.ts"
import { contentReply } from "./contentRoutes.ts"
import { readFolders } from "./folders.ts"
import { type HubFault, type HubSimulatorOptions, hubSettingsOf } from "./HubSimulatorOptions.ts"
import { HubState } from "./HubState.ts"
import { type HubRequest, json, nothing, Refusal, refused, type Reply } from "./Reply.ts"
import { repoReply } from "./repoRoutes.ts"
import { viewerReply } from "./viewerRoutes.ts"

/** A request that came, without its token. */
export interface HubLogEntry {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly range: string | undefined
  /** Null where the connection was torn down. */
  readonly status: number | null
  readonly fault: string | null
}

/** A running simulated Hub. */
export interface HubSimulator extends AsyncDisposable {
  /** What clients take as `hubUrl`, and `HF_ENDPOINT` as its value. */
  readonly url: string
  readonly port: number
  /** Writes files into a dataset, which is created if there is none; gives the commit. */
  readonly put: (
    repo: string,
    files: Readonly<Record<string, string | Uint8Array>>,
    options?: PutOptions
  ) => string
  /** The names of a dataset's files. */
  readonly files: (repo: string, revision?: string) => ReadonlyArray<string>
  /** The content of a file; undefined if there is none. */
  readonly read: (repo: string, path: string, revision?: string) => Buffer | undefined
  /** The last requests, the newest last. */
  readonly log: () => ReadonlyArray<HubLogEntry>
  /** Forgets the log and all attempts: the next request is treated like the first. */
  readonly reset: () => void
  /** Stops listening and tears down all connections. */
  readonly close: () => Promise<void>
}

export interface PutOptions {
  /** The branch; "main" if not given. */
  readonly revision?: string
  /** Whether a new dataset is hidden from those without a token. */
  readonly private?: boolean
  /** Whether the files of a new dataset are open only to those who were let in. */
  readonly gated?: boolean
}

/** The way of a request through a simulated Hub. */
class Desk {
  readonly state: HubState
  readonly entries: Array<HubLogEntry> = []
  readonly attempts = new Map<string, number>()
  origin = ""

  constructor(state: HubState) {
    this.state = state
  }

  readonly receive = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const request = await this.#read(incoming)
      const fault = this.#fault(request)
      const reply =
        fault === undefined || fault.kind === "cut-body"
          ? await this.#reply(request)
          : faulty(fault)
      this.#note(request, fault, reply)
      deliver(response, request, reply, fault)
    } catch {
      // The client has gone.
      response.destroy()
    }
  }

  async #read(incoming: IncomingMessage): Promise<HubRequest> {
    const chunks: Array<Buffer> = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const url = new URL(incoming.url ?? "/", this.origin)
    return {
      method: incoming.method ?? "GET",
      url,
      parts: url.pathname
        .split("/")
        .filter((part) => part !== "")
        .map(decoded),
      headers: incoming.headers,
      body: Buffer.concat(chunks),
      // As the client knows it: it may have come by another name.
      origin: incoming.headers.host === undefined ? this.origin : `http://${incoming.headers.host}`
    }
  }

  async #reply(request: HubRequest): Promise<Reply> {
    try {
      return (
        repoReply(this.state, request) ??
        contentReply(this.state, request) ??
        (await viewerReply(this.state, request)) ??
        json({ error: `The simulated Hub has nothing at ${request.url.pathname}` }, { status: 404 })
      )
    } catch (thrown) {
      return refused(
        thrown instanceof Refusal ? thrown : new Refusal(500, (thrown as Error).message)
      )
    }
  }

  /** Faults strike by what is asked, not by when: the same run meets the same ones. */
  #fault({ headers, method, url }: HubRequest): HubFault | undefined {
    const { faults, seed } = this.state.settings
    if (faults.length === 0) return undefined
    const asked = `${method} ${url.pathname}${url.search} ${headers["range"] ?? ""}`
    const attempt = (this.attempts.get(asked) ?? 0) + 1
    this.attempts.set(asked, attempt)
    return drawFault(faults, hashText(asked, seed), attempt) as HubFault | undefined
  }

  #note(
    { headers, method, url }: HubRequest,
    fault: HubFault | undefined,
    { status }: Reply
  ): void {
    const torn = fault?.kind === "reset" || fault?.kind === "cut-body"
    this.entries.push({
      method,
      path: url.pathname + url.search,
      range: headers["range"] as string | undefined,
      status: torn ? null : status,
      fault: fault?.kind ?? null
    })
    if (this.entries.length > this.state.settings.logSize) this.entries.shift()
  }
}

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

const faulty = ({ kind, retryAfterSeconds = 1, status = 503 }: HubFault): Reply =>
  kind === "rate-limit"
    ? json(
        { error: "Too many requests" },
        { status: 429, headers: { "retry-after": String(retryAfterSeconds) } }
      )
    : kind === "server-error"
      ? json({ error: "Internal error" }, { status })
      : nothing()

const deliver = (
  response: ServerResponse,
  { method }: HubRequest,
  { body, headers, status }: Reply,
  fault: HubFault | undefined
): void => {
  if (fault?.kind === "reset") {
    response.destroy()
    return
  }
  response.writeHead(status, {
    ...headers,
    "content-length": String(body.length),
    "x-request-id": "simulated"
  })
  if (fault?.kind === "cut-body") {
    // Half of a body can be told from a whole one only if there is one.
    response.write(body.subarray(0, body.length >> 1), () => response.destroy())
    return
  }
  response.end(method === "HEAD" ? undefined : body)
}

/**
 * Starts a simulated Hub and resolves once it listens.
 *
 * @example
 *   await using hub = await startHubSimulator()
 *   hub.put("me/questions", { "data/train-00000-of-00001.jsonl": '{"prompt":"Why?"}\n' })
 *   process.env["HF_ENDPOINT"] = hub.url
 *
 * @fails SimulatorOptionError for an option that it cannot work with; Node's own error where the port is taken
 */
export const startHubSimulator = async (
  options: HubSimulatorOptions = {}
): Promise<HubSimulator> => {
  const settings = hubSettingsOf(options)
  const state = new HubState(settings)
  if (settings.directory !== undefined) readFolders(settings.directory, state.repos)
  const desk = new Desk(state)
  const server = createServer((request, response) => void desk.receive(request, response))
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen({ port: settings.port, host: settings.host, backlog: 1024 }, () => {
      server.off("error", reject)
      resolve()
    })
  })
  const { port } = server.address() as AddressInfo
  desk.origin = `http://${settings.host.includes(":") ? `[${settings.host}]` : settings.host}:${port}`
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
    return closed
  }
  const commitOf = (id: string, revision: string) => {
    const repo = state.repos.find(id)
    return repo === undefined ? undefined : state.repos.at(repo, revision)
  }
  return {
    url: desk.origin,
    port,
    put: (id, files, put = {}) => {
      const repo = state.repos.find(id) ?? state.repos.create(id, put)
      return state.repos.change(
        repo,
        put.revision ?? "main",
        new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)])),
        "put"
      ).oid
    },
    files: (id, revision = "main") => [...(commitOf(id, revision)?.files.keys() ?? [])].sort(),
    read: (id, path, revision = "main") => commitOf(id, revision)?.files.get(path)?.content,
    log: () => [...desk.entries],
    reset: () => {
      desk.entries.length = 0
      desk.attempts.clear()
    },
    close,
    [Symbol.asyncDispose]: close
  }
}
