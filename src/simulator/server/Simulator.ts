/**
 * The simulator: an HTTP server on this machine that speaks the wire formats of all providers to
 * their own clients.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { protocols } from "../../models/simulated.ts"
import type { Protocol } from "../../models/simulated/Protocol.ts"
import type { WireObject } from "../../models/simulated/Wire.ts"
import { type BatchControl, BatchDesk } from "../batches/BatchDesk.ts"
import { type JobReply, jobsProtocol, replyTo, sendReply } from "../batches/jobRequests.ts"
import { Attempts } from "../faults/Attempts.ts"
import { RequestRate } from "../faults/RequestRate.ts"
import { TokenRate } from "../faults/TokenRate.ts"
import { decide, type Decision } from "./Decision.ts"
import { deliver } from "./Delivery.ts"
import { PromptCache } from "./PromptCache.ts"
import { type LogEntry, promptForLog, RequestLog } from "./RequestLog.ts"
import { type Route, routeOf } from "./Route.ts"
import { type SimulatorOptions, type SimulatorSettings, settingsOf } from "./SimulatorOptions.ts"
import { Counters, type SimulatorStats } from "./Stats.ts"

type Protocols = (typeof protocols)[number]

/** What the providers' own clients take as address, under the name of each: `openaiBaseUrl`. */
export type SimulatorAddresses = {
  readonly [P in Protocols as P["address"]["name"]]: string
}

/** A running simulator. */
export interface Simulator extends AsyncDisposable, SimulatorAddresses {
  /** `http://host:port`, without a path. */
  readonly url: string
  readonly port: number
  /** What was counted since the start or the last reset. */
  readonly stats: () => SimulatorStats
  /** The last requests in order of arrival, the newest last; without keys. */
  readonly log: () => ReadonlyArray<LogEntry>
  /** Its jobs of many requests. */
  readonly batches: BatchControl
  /** Forgets counts, log and attempts: the next request is treated like the first. */
  readonly reset: () => void
  /** Stops listening and tears down all connections, also those that wait for an answer. */
  readonly close: () => Promise<void>
}

/** Large enough for a few images in base64. */
const maxBodyBytes = 64 * 1024 * 1024

const keyIn = (headers: IncomingMessage["headers"]): string => {
  const bearer = /^Bearer (.*)$/i.exec(headers.authorization ?? "")?.[1]
  const other = headers["x-goog-api-key"] ?? headers["x-api-key"] ?? headers["api-key"]
  return bearer ?? (typeof other === "string" ? other : "")
}

/** The state of one simulator and the way of a request through it. */
class Reception {
  readonly #settings: SimulatorSettings
  readonly #attempts = new Attempts()
  readonly #counters = new Counters()
  readonly #log: RequestLog
  readonly #rate: RequestRate | undefined
  readonly #tokens: TokenRate | undefined
  readonly #promptCache: PromptCache | undefined
  readonly desk: BatchDesk
  #startedMs = performance.now()
  /** Ends each request that is not answered yet. */
  readonly #waiting = new Set<() => void>()

  constructor(settings: SimulatorSettings) {
    this.#settings = settings
    this.#log = new RequestLog(settings.logSize)
    this.desk = new BatchDesk(settings.batches, (protocol, { body }, model) => {
      const route: Route = { kind: "answer", name: "batch", model, protocol }
      const whole = model === "" ? body : { ...body, model }
      const { decision, sent } = this.#decide(
        route,
        settings.apiKey ?? "",
        JSON.stringify(whole),
        true
      )
      sent()
      return decision.delivery === "whole"
        ? { status: decision.status, answer: JSON.parse(String(decision.body)) as WireObject }
        : { status: 500, answer: {} }
    })
    this.#promptCache =
      settings.promptCache === undefined ? undefined : new PromptCache(settings.promptCache)
    this.#rate =
      settings.requestsPerSecond === undefined
        ? undefined
        : new RequestRate(settings.requestsPerSecond)
    this.#tokens =
      settings.tokensPerMinute === undefined ? undefined : new TokenRate(settings.tokensPerMinute)
  }

  readonly stats = (): SimulatorStats => this.#counters.stats()
  readonly log = (): ReadonlyArray<LogEntry> => this.#log.entries()

  readonly reset = (): void => {
    this.#attempts.clear()
    this.#counters.clear()
    this.#log.clear()
    this.#rate?.clear()
    this.#tokens?.clear()
    this.#promptCache?.clear()
    this.#startedMs = performance.now()
  }

  /**
   * Ends all requests that wait: their timers would keep the process alive, and no client has given
   * them up.
   */
  close(): void {
    for (const end of this.#waiting) end()
  }

  readonly receive = (request: IncomingMessage, response: ServerResponse): void => {
    const route = routeOf(request.method ?? "", request.url ?? "", request.headers)
    const asks = ["answer", "completion", "embeddings", "images", "scores"].includes(route.kind)
    if (asks) this.#counters.arrived()
    else if (route.kind !== "unknown") this.#counters.lookedUp()

    let timer: NodeJS.Timeout | undefined
    const end = (): void => {
      this.#waiting.delete(end)
      clearTimeout(timer)
      if (asks) this.#counters.left()
    }
    this.#waiting.add(end)
    response.on("close", () => {
      if (!this.#waiting.has(end)) return
      end()
      if (asks) this.#counters.aborted()
    })

    const chunks: Array<Buffer> = []
    let size = 0
    request.on("data", (chunk: Buffer) => {
      size += chunk.length
      if (size <= maxBodyBytes) chunks.push(chunk)
      else request.destroy()
    })
    request.on("end", () => {
      if (!this.#waiting.has(end)) return
      const protocol = jobsProtocol(request)
      if (protocol !== undefined) {
        void this.#jobs(protocol, request, Buffer.concat(chunks)).then((reply) => {
          end()
          sendReply(response, reply)
        })
        return
      }
      const body = chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString()
      const { decision, sent } = this.#decide(route, keyIn(request.headers), body, asks)
      const send = (): void => {
        if (decision.delivery !== "never") end()
        sent()
        deliver(response, decision)
      }
      if (decision.latencyMs === 0) send()
      else timer = setTimeout(send, decision.latencyMs)
    })
  }

  async #jobs(
    protocol: Protocol,
    request: IncomingMessage,
    body: Buffer
  ): Promise<JobReply | "lost"> {
    const { apiKey } = this.#settings
    return apiKey === undefined || keyIn(request.headers) === apiKey
      ? replyTo(this.desk, protocol, request, body)
      : {
          status: 401,
          body: protocol.failure({
            status: 401,
            reason: "unauthorized",
            message: "Incorrect API key provided."
          })
        }
  }

  /** Decides a request and notes it; `sent` notes what became of it. */
  #decide(
    route: Route,
    key: string,
    body: string,
    asks: boolean
  ): { readonly decision: Decision; readonly sent: () => void } {
    const time = Date.now()
    const situation = {
      settings: this.#settings,
      attempts: this.#attempts,
      rate: this.#rate,
      tokens: this.#tokens,
      promptCache: this.#promptCache,
      startedMs: this.#startedMs,
      nowMs: performance.now(),
      time
    }
    const decision = decide(route, key, body, situation)
    const { model, fault, attempt, latencyMs, usage, delivery, status } = decision
    if (asks && model !== "") this.#counters.asked(model)
    const entry = {
      time,
      route: route.name,
      model,
      status: null as number | null,
      fault: fault?.kind ?? null,
      attempt,
      latencyMs,
      prompt: promptForLog(decision.prompt)
    }
    this.#log.add(entry)
    const sent = (): void => {
      if (fault !== undefined) this.#counters.struck(fault.kind)
      if (usage !== undefined) this.#counters.answered(usage)
      if (delivery === "never" || delivery === "reset") return
      entry.status = status
      this.#counters.responded(status)
    }
    return { decision, sent }
  }
}

const addressesAt = (url: string): SimulatorAddresses =>
  Object.fromEntries(
    protocols.map(({ address }) => [address.name, url + address.path])
  ) as unknown as SimulatorAddresses

/**
 * Starts a simulator and resolves once it listens.
 *
 * @example
 *   await using simulator = await startSimulator({ latency: { kind: "constant", ms: 20 } })
 *   const client = new OpenAI({ baseURL: simulator.openaiBaseUrl, apiKey: "any" })
 *
 * @fails SimulatorOptionError for an option that it cannot work with; Node's own error where the port is taken
 */
export const startSimulator = async (options: SimulatorOptions = {}): Promise<Simulator> => {
  const settings = settingsOf(options)
  const reception = new Reception(settings)
  const server = createServer(reception.receive)
  // Clients hold connections for as long as they like: closing an idle one just as it is used again would look like a fault.
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    // a benchmark may open thousands of connections at once
    server.listen({ port: settings.port, host: settings.host, backlog: 4096 }, () => {
      server.off("error", reject)
      resolve()
    })
  })

  const { port } = server.address() as AddressInfo
  const url = `http://${settings.host.includes(":") ? `[${settings.host}]` : settings.host}:${port}`
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= new Promise((resolve) => {
      reception.close()
      server.close(() => resolve())
      server.closeAllConnections()
    })
    return closed
  }
  return {
    url,
    port,
    ...addressesAt(url),
    stats: reception.stats,
    log: reception.log,
    batches: reception.desk,
    reset: reception.reset,
    close,
    [Symbol.asyncDispose]: close
  }
}
