/**
 * The worker of a coordinator's own machine, in a process of its own; one that dies is started
 * again.
 */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { brokerVariable } from "./Broker.ts"
import { commandEntry } from "./commandEntry.ts"
import type { LocalWorkers } from "./Coordinator.ts"
import { exitNeverHere } from "./scripts.ts"

interface ForkedWorkerOptions {
  /** The broker's, with its password: it goes by the environment. */
  readonly address: string
  readonly queue: string
  readonly run: string
  readonly slots: number
  /** The address of a collector for spans. */
  readonly otlp: string | undefined
  readonly say: (line: string) => void
}

const respawnMs = 500

export class ForkedWorker implements LocalWorkers {
  readonly #options: ForkedWorkerOptions
  #child: ChildProcess | undefined
  #isStopping = false
  #refused = false

  constructor(options: ForkedWorkerOptions) {
    this.#options = options
    this.#start()
  }

  readonly refused = (): boolean => this.#refused

  async stop(): Promise<void> {
    this.#isStopping = true
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    await once(child, "exit")
  }

  stopNow(): void {
    this.#isStopping = true
    this.#child?.kill("SIGKILL")
  }

  #start(): void {
    const { address, otlp, queue, run, say, slots } = this.#options
    const child = fork(
      commandEntry,
      ["worker", "--queue", queue, "--slots", String(slots), "--run", run, "--quiet"].concat(
        otlp === undefined ? [] : ["--otlp", otlp]
      ),
      {
        env: { ...process.env, [brokerVariable]: address },
        stdio: ["ignore", "inherit", "inherit", "ipc"]
      }
    )
    this.#child = child
    child.on("exit", (code, signal) => {
      if (code === exitNeverHere) this.#refused = true
      if (this.#isStopping || this.#refused || code === 0) return
      say(
        `The worker of this machine ended (${signal ?? `exit code ${code}`}): it is started again.`
      )
      setTimeout(() => {
        if (!this.#isStopping) this.#start()
      }, respawnMs)
    })
  }
}
