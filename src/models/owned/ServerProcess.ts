/**
 * The process of a server that a model brings along: started, watched, started again when it dies
 * or hangs, ended with its process group.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { createWriteStream, mkdtempSync, type WriteStream } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort } from "./freePort.ts"

/** What is started, and how it is known to be there. */
export interface ServerCommand {
  /** What messages call it: `vLLM`. */
  readonly name: string
  readonly command: string
  /** The arguments, given a port of this machine. */
  readonly args: (port: number) => ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>> | undefined
  /** The path that gives a success as soon as the server can be asked. */
  readonly readyPath: string
  /** How to come by the command: `pip install vllm`. */
  readonly install: string
}

/** How patient one is with it. */
export interface Watch {
  /** Milliseconds until it has to be there. */
  readonly startMs: number
  /** Milliseconds between looks at it, and for one look. */
  readonly lookMs: number
  readonly lookTimeoutMs: number
  /** So many looks in a row that find nothing mean that it hangs. */
  readonly mostMissed: number
  /** So often it is started again. */
  readonly mostRestarts: number
}

export const usualWatch: Watch = {
  startMs: 30 * 60_000,
  lookMs: 10_000,
  lookTimeoutMs: 30_000,
  mostMissed: 3,
  mostRestarts: 3
}

const keptLines = 20
const endMs = 10_000

export class ServerProcess {
  readonly url: string
  readonly logFile: string
  /** Why it will not be there any more; undefined as long as it is, or comes back. */
  failure: string | undefined
  readonly #what: ServerCommand
  readonly #watch: Watch
  readonly #port: number
  readonly #log: WriteStream
  readonly #lines: Array<string> = []
  #child: ChildProcess | undefined
  #restarts = 0
  #ending = false
  #timer: NodeJS.Timeout | undefined
  #missed = 0
  /** Since when it has been loading, again: until it is there, silence is no hang. */
  #loadingSince: number | undefined

  private constructor(what: ServerCommand, watch: Watch, port: number) {
    this.#what = what
    this.#watch = watch
    this.#port = port
    this.url = `http://127.0.0.1:${port}`
    this.logFile = join(mkdtempSync(join(tmpdir(), "distilabel-server-")), "log.txt")
    this.#log = createWriteStream(this.logFile)
  }

  /** Starts the server and waits until it can be asked. Rejects with what went wrong. */
  static async start(
    what: ServerCommand,
    watch: Watch,
    signal: AbortSignal
  ): Promise<ServerProcess> {
    const server = new ServerProcess(what, watch, await freePort())
    process.on("exit", server.#killGroup)
    server.#spawn()
    try {
      await server.#ready(signal)
    } catch (thrown) {
      await server.end()
      throw thrown
    }
    server.#look()
    return server
  }

  /** Ends the server with all processes that it started. */
  async end(): Promise<void> {
    this.#ending = true
    clearTimeout(this.#timer)
    const child = this.#child
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
      this.#signalGroup("SIGTERM")
      const timer = setTimeout(this.#killGroup, endMs)
      await ended
      clearTimeout(timer)
    }
    // What it left behind in its group goes, too.
    this.#killGroup()
    process.off("exit", this.#killGroup)
    this.#log.end()
  }

  /** The end of what it wrote, on one line. */
  get #tail(): string {
    const said = this.#lines.slice(-3).join(" / ")
    return `${said === "" ? "It wrote nothing." : `It wrote last: ${said}`} Its log: ${this.logFile}`
  }

  #spawn(): void {
    const { args, command, env } = this.#what
    // A group of its own: Ctrl+C ends the run first, which then ends the server.
    const child = spawn(command, [...args(this.#port)], {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env }
    })
    this.#child = child
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => this.#wrote(text))
    child.once("error", (error) => this.#ended(child, error))
    child.once("exit", (code, by) =>
      this.#ended(child, by === null ? `ended with exit code ${code}` : `was ended by ${by}`)
    )
  }

  #wrote(text: string): void {
    this.#log.write(text)
    this.#lines.push(...text.split("\n").filter((line) => line.trim() !== ""))
    this.#lines.splice(0, Math.max(0, this.#lines.length - keptLines))
  }

  #ended(child: ChildProcess, how: string | Error): void {
    if (child !== this.#child || this.#ending || this.failure !== undefined) return
    if (how instanceof Error) {
      const isMissing = "code" in how && how.code === "ENOENT"
      this.failure = isMissing
        ? `the command '${this.#what.command}' is not installed (${this.#what.install})`
        : `${this.#what.name} cannot be started: ${how.message}`
      return
    }
    if (this.#timer === undefined || this.#restarts === this.#watch.mostRestarts) {
      const often = this.#restarts === 0 ? "" : `, after ${this.#restarts} restarts`
      this.failure = `${this.#what.name} ${how}${often}. ${this.#tail}`
      return
    }
    this.#restarts++
    this.#missed = 0
    this.#loadingSince = performance.now()
    this.#log.write(`[${this.#what.name} ${how}: it is started again]\n`)
    this.#spawn()
  }

  async #ready(signal: AbortSignal): Promise<void> {
    const { name, readyPath } = this.#what
    const until = performance.now() + this.#watch.startMs
    while (!(await this.#answers(readyPath))) {
      signal.throwIfAborted()
      if (this.failure !== undefined) throw new Error(this.failure)
      if (performance.now() > until)
        throw new Error(
          `${name} did not answer within ${this.#watch.startMs / 1000} seconds. ${this.#tail}`
        )
      await new Promise((resolve) => setTimeout(resolve, Math.min(200, this.#watch.lookMs)))
    }
  }

  /**
   * Looks from time to time whether it answers: a process that hangs is ended, and so started
   * again.
   */
  #look(): void {
    this.#timer = setTimeout(async () => {
      const isThere = await this.#answers(this.#what.readyPath)
      if (isThere) this.#loadingSince = undefined
      this.#missed = isThere || this.#isLoading ? 0 : this.#missed + 1
      if (this.#missed >= this.#watch.mostMissed) {
        this.#missed = 0
        this.#log.write(`[${this.#what.name} hangs: it is ended]\n`)
        this.#killGroup()
      }
      if (!this.#ending && this.failure === undefined) this.#look()
    }, this.#watch.lookMs)
    this.#timer.unref()
  }

  get #isLoading(): boolean {
    return (
      this.#loadingSince !== undefined &&
      performance.now() - this.#loadingSince < this.#watch.startMs
    )
  }

  async #answers(path: string): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(this.#watch.lookTimeoutMs)
      const { body, ok } = await fetch(`${this.url}${path}`, { signal })
      await body?.cancel()
      return ok
    } catch {
      return false
    }
  }

  readonly #killGroup = (): void => this.#signalGroup("SIGKILL")

  #signalGroup(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid
    if (pid === undefined) return
    try {
      process.kill(-pid, signal)
    } catch {
      // It is gone already.
    }
  }
}
