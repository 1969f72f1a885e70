/** The handler of one exchange: gathers an answer's bytes, and judges its status. */
import type { Dispatcher } from "undici"
import { decoded } from "./contentEncoding.ts"
import { connectionFailure, HttpFailure } from "./HttpFailure.ts"

/** Is shown the headers of every response. */
export type Heed = (headers: Readonly<Record<string, string | Array<string> | undefined>>) => void

/** Is called with the whole body of a success, decoded. */
type Answered = (bytes: Buffer, status: number, headers: Readonly<Record<string, string>>) => void

const none = Buffer.alloc(0)

/** Calls `answered` or `failed`, once. An answer that is no success fails with an `HttpFailure`. */
export class AnswerHandler implements Dispatcher.DispatchHandler {
  readonly #heed: Heed
  readonly #answered: Answered
  readonly #failed: (error: unknown) => void
  #chunks: Array<Buffer> = []
  #controller: Dispatcher.DispatchController | undefined
  #aborted: { readonly reason: unknown } | undefined
  #status = 0
  #headers: Readonly<Record<string, string>> = {}

  constructor(heed: Heed, answered: Answered, failed: (error: unknown) => void) {
    this.#heed = heed
    this.#answered = answered
    this.#failed = failed
  }

  /** Ends the exchange, which fails with the reason. */
  abort(reason: unknown): void {
    if (this.#aborted !== undefined) return
    this.#aborted = { reason }
    this.#controller?.abort(reason instanceof Error ? reason : new Error("aborted"))
    this.#failed(reason)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    const aborted = this.#aborted
    if (aborted !== undefined)
      controller.abort(aborted.reason instanceof Error ? aborted.reason : new Error("aborted"))
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | Array<string> | undefined>>
  ): void {
    this.#status = status
    this.#headers = headers as Readonly<Record<string, string>>
    this.#heed(headers)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    const [first = none] = this.#chunks
    const bytes = this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : first
    const plain = decoded(bytes, this.#headers["content-encoding"])
    if (plain === undefined) this.#ended(bytes)
    else
      plain.then(
        (whole) => this.#ended(whole),
        (error: Error) => this.#failed(new HttpFailure(error.message, { kind: "cut" }))
      )
  }

  #ended(bytes: Buffer): void {
    if (this.#status >= 200 && this.#status < 300)
      this.#answered(bytes, this.#status, this.#headers)
    else
      this.#failed(
        new HttpFailure(`status ${this.#status}`, {
          kind: "status",
          status: this.#status,
          headers: this.#headers,
          body: bytes.toString()
        })
      )
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#aborted === undefined) this.#failed(connectionFailure(error, this.#status >= 200))
  }
}
