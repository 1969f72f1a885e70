/**
 * The page's side of the service of tables: requests go to a worker made of the page's own script,
 * or, where none may be made, are answered here.
 */
import type { Row } from "../../columns/Row.ts"
import type { Query } from "../tables/Query.ts"
import {
  type TableProgress,
  type TableRequest,
  TableService,
  type TableSource
} from "../tables/TableService.ts"

/** What goes to the worker, and what comes back. */
export type ToService =
  | { readonly id: number; readonly request: TableRequest }
  | { readonly id: number; readonly stop: true }
export type FromService = { readonly id: number } & (
  | { readonly progress: TableProgress }
  | { readonly result: unknown }
  | { readonly error: string }
)

interface Waiting {
  readonly told: (progress: TableProgress) => void
  readonly done: (result: unknown) => void
  readonly failed: (error: Error) => void
}

/** A way to the service. */
type Send = (message: ToService) => void

export class TableClient {
  readonly #send: Send
  readonly #waiting = new Map<number, Waiting>()
  #next = 0

  constructor(script: string) {
    this.#send = wayTo(script, (message) => this.#receive(message))
  }

  /** Opens a table under a name; gives how many rows it has, if that is known. */
  open(table: string, source: TableSource): Promise<number | undefined> {
    return this.#ask({ what: "open", table, source }) as Promise<number | undefined>
  }

  rows(table: string, numbers: ReadonlyArray<number>): Promise<ReadonlyArray<Row>> {
    return this.#ask({ what: "rows", table, numbers }) as Promise<ReadonlyArray<Row>>
  }

  count(
    table: string,
    told: (progress: TableProgress) => void,
    signal: AbortSignal
  ): Promise<number> {
    return this.#ask({ what: "count", table }, told, signal) as Promise<number>
  }

  search(
    table: string,
    query: Query,
    told: (progress: TableProgress) => void,
    signal: AbortSignal
  ): Promise<number> {
    return this.#ask({ what: "search", table, query }, told, signal) as Promise<number>
  }

  #ask(
    request: TableRequest,
    told: (progress: TableProgress) => void = () => {},
    signal?: AbortSignal
  ): Promise<unknown> {
    const id = this.#next++
    signal?.addEventListener("abort", () => this.#send({ id, stop: true }), { once: true })
    return new Promise((done, failed) => {
      this.#waiting.set(id, { told, done, failed })
      this.#send({ id, request })
    })
  }

  #receive(message: FromService): void {
    const waiting = this.#waiting.get(message.id)
    if ("progress" in message) {
      waiting?.told(message.progress)
      return
    }
    this.#waiting.delete(message.id)
    if ("error" in message) waiting?.failed(new Error(message.error))
    else waiting?.done(message.result)
  }
}

/** Answers what comes in through a port. */
export const serveTables = (
  send: (message: FromService) => void
): ((message: ToService) => void) => {
  const service = new TableService()
  const atWork = new Map<number, AbortController>()
  return (message) => {
    const { id } = message
    if ("stop" in message) {
      atWork.get(id)?.abort()
      return
    }
    const stop = new AbortController()
    atWork.set(id, stop)
    service
      .answer(message.request, (progress) => send({ id, progress }), stop.signal)
      .then(
        (result) => send({ id, result }),
        (error: unknown) =>
          send({ id, error: error instanceof Error ? error.message : String(error) })
      )
      .finally(() => atWork.delete(id))
  }
}

const wayTo = (script: string, receive: (message: FromService) => void): Send => {
  try {
    const worker = new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })))
    worker.addEventListener("message", ({ data }: MessageEvent<FromService>) => receive(data))
    return (message) => worker.postMessage(message, [])
  } catch {
    return serveTables(receive)
  }
}
