/**
 * Call threads: the functions of a module are called in a thread of their own, which ends with a
 * call that takes too long. The next call gets a new thread.
 */
import { fileURLToPath } from "node:url"
import { Worker } from "node:worker_threads"
import type { Call, CallAnswer, CallMessage, CallResult, Loaded } from "./callThreadEntry.ts"

interface Started {
  readonly worker: Worker
  readonly names: ReadonlyArray<string>
}

export class CallThread {
  readonly #module: string
  #started: Promise<Started> | undefined
  #calls = 0

  /** `module` is the address of the module. */
  constructor(module: string) {
    this.#module = module
  }

  /** The functions that may be called. Rejects if the module cannot be loaded. */
  async names(): Promise<ReadonlyArray<string>> {
    return (await this.#thread()).names
  }

  /** Calls a function. One that takes longer than so many seconds fails. */
  async call(call: Call, seconds: number): Promise<CallResult> {
    const { worker } = await this.#thread()
    const id = this.#calls++
    return new Promise((resolve) => {
      const done = (result: CallResult, ends: boolean): void => {
        clearTimeout(timer)
        worker.off("message", answered).off("error", threw).off("exit", exited)
        if (ends) {
          this.#started = undefined
          void worker.terminate()
        }
        resolve(result)
      }
      const failed = (text: string): void => done({ ok: false, text }, true)
      const answered = ({ id: answerTo, ok, text }: CallAnswer): void => {
        if (answerTo === id) done({ ok, text }, false)
      }
      const threw = (error: Error): void => failed(error.message)
      const exited = (code: number): void =>
        failed(`the function ended its thread (exit code ${code})`)
      const timer = setTimeout(
        () => failed(`the call took longer than ${seconds} s`),
        seconds * 1000
      )
      worker.on("message", answered).on("error", threw).on("exit", exited)
      const message: CallMessage = { id, ...call }
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage(message)
    })
  }

  async end(): Promise<void> {
    const started = await this.#started?.catch(() => undefined)
    this.#started = undefined
    await started?.worker.terminate()
  }

  #thread(): Promise<Started> {
    if (this.#started !== undefined) return this.#started
    const started = this.#start(() => {
      if (this.#started === started) this.#started = undefined
    })
    this.#started = started
    return started
  }

  #start(onGone: () => void): Promise<Started> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(
        fileURLToPath(
          new URL(
            import.meta.url.endsWith(".ts") ? "./callThreadEntry.ts" : "./callThreadEntry.js",
            import.meta.url
          )
        ),
        { workerData: this.#module }
      )
      const gone = (error: Error): void => {
        onGone()
        reject(error)
      }
      worker.once("message", (first: Loaded) => {
        if ("names" in first) return resolve({ worker, names: first.names })
        gone(new Error(first.problem))
        void worker.terminate()
      })
      // They stay: what a function left running may end the thread between two calls.
      worker.on("error", gone)
      worker.on("exit", (code) => gone(new Error(`it ends its thread (exit code ${code})`)))
    })
  }
}
