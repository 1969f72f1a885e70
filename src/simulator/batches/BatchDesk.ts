/**
 * The desk for jobs: it keeps files and jobs of all providers, works on jobs when their time has
 * come, and forgets what it is told to.
 */
import type {
  BatchAsk,
  BatchProtocol,
  BatchReply,
  JobAnswer,
  JobRequest,
  SimulatedFile,
  SimulatedJob
} from "../../models/simulated/BatchProtocol.ts"
import type { Protocol } from "../../models/simulated/Protocol.ts"

/** When jobs are done: so many milliseconds after they were made, or when they are told to. */
export interface BatchSimulation {
  /** Milliseconds from the making of a job to its end; "on command" for `batches.advance()`. Default 0. */
  readonly after?: number | "on command" | undefined
  /** The share of each job's requests that gets no answer, as when a job expires. Default 0. */
  readonly expired?: number | undefined
  /**
   * Is told of each request to the batch API, before and after it is worked on. "lost" before it
   * leaves it undone and unanswered, after it unanswered.
   */
  readonly onAsk?: ((ask: BatchAsk["kind"], when: "before" | "after") => "lost" | void) | undefined
}

/** A job as whoever runs the simulator sees it. */
export interface JobSeen {
  readonly id: string
  readonly state: SimulatedJob["state"]
  readonly requests: ReadonlyArray<string>
}

/** The jobs of a simulator. */
export interface BatchControl {
  /** All jobs that were made, also those that were removed since. */
  readonly jobs: () => ReadonlyArray<JobSeen>
  /** What is kept and was not removed: names of files, and ended jobs that hold their results. */
  readonly left: () => ReadonlyArray<string>
  /** Jobs that are under way end; tells how many did. */
  readonly advance: () => number
}

/** Answers one request of a job. */
export type AnswerRequest = (
  protocol: Protocol,
  request: JobRequest,
  model: string
) => Pick<JobAnswer, "answer" | "status">

interface Desk {
  readonly protocol: Protocol
  readonly api: BatchProtocol
}

interface KeptJob extends SimulatedJob {
  readonly desk: Desk
  readonly madeMs: number
}

export class BatchDesk implements BatchControl {
  readonly #settings: BatchSimulation
  readonly #answer: AnswerRequest
  readonly #files = new Map<string, SimulatedFile>()
  readonly #jobs = new Map<string, KeptJob>()
  readonly #removed = new Set<string>()
  #count = 0

  constructor(settings: BatchSimulation, answer: AnswerRequest) {
    this.#settings = settings
    this.#answer = answer
  }

  readonly jobs = (): ReadonlyArray<JobSeen> =>
    [...this.#jobs.values()].map(({ id, requests, state }) => ({
      id,
      state,
      requests: requests.map((request) => request.id)
    }))

  readonly left = (): ReadonlyArray<string> => [
    ...[...this.#files.values()].map(({ name }) => name),
    ...[...this.#jobs.values()]
      .filter(({ desk, id }) => !desk.api.keepsResultsInFiles && !this.#removed.has(id))
      .map(({ id }) => id)
  ]

  readonly advance = (): number => {
    const open = [...this.#jobs.values()].filter(({ state }) => state === "under way")
    for (const job of open) this.#end(job, "ended")
    return open.length
  }

  /** What a request gets: nothing if it is lost; undefined if what it asks for is not there. */
  reply(protocol: Protocol, api: BatchProtocol, ask: BatchAsk): BatchReply | "lost" | undefined {
    const { onAsk } = this.#settings
    if (onAsk?.(ask.kind, "before") === "lost") return "lost"
    const reply = this.#reply(protocol, api, ask)
    return onAsk?.(ask.kind, "after") === "lost" ? "lost" : reply
  }

  #reply(protocol: Protocol, api: BatchProtocol, ask: BatchAsk): BatchReply | undefined {
    this.#work()
    switch (ask.kind) {
      case "upload":
        return { file: this.#file(api, ask.name, ask.purpose, ask.text) }
      case "files": {
        const { under = "" } = ask
        return { files: [...this.#files.values()].filter(({ name }) => name.startsWith(under)) }
      }
      case "content":
      case "remove file": {
        const file = this.#files.get(ask.file)
        if (ask.kind === "remove file") this.#files.delete(ask.file)
        return file === undefined ? undefined : { file }
      }
      case "create":
        return this.#create({ protocol, api }, ask)
      case "jobs":
        return {
          jobs: [...this.#jobs.values()].filter(({ id }) => !this.#removed.has(id)).toReversed()
        }
      default: {
        const job = this.#removed.has(ask.job) ? undefined : this.#jobs.get(ask.job)
        if (job === undefined) return undefined
        if (ask.kind === "remove job") this.#removed.add(job.id)
        if (ask.kind === "cancel" && job.state === "under way") this.#end(job, "cancelled")
        return { job: this.#jobs.get(ask.job)! }
      }
    }
  }

  #create(desk: Desk, ask: Extract<BatchAsk, { kind: "create" }>): BatchReply | undefined {
    const file = ask.input === undefined ? undefined : this.#files.get(ask.input)
    if (ask.input !== undefined && file === undefined) return undefined
    const requests = ask.requests ?? desk.api.requestsIn(file!.text)
    const wrong = wrongRequests(requests)
    const job: KeptJob = {
      id: `job-${++this.#count}`,
      model: ask.model,
      created: Math.floor(Date.now() / 1000),
      requests,
      notes: ask.notes,
      input: ask.input,
      state: wrong === undefined ? "under way" : "failed",
      failure: wrong,
      output: undefined,
      errors: undefined,
      answers: [],
      desk,
      madeMs: performance.now()
    }
    this.#jobs.set(job.id, job)
    return { job }
  }

  #file(api: BatchProtocol, name: string, purpose: string, text: string): SimulatedFile {
    const file = {
      id: api.resultsName === undefined ? `file-${++this.#count}` : name,
      name,
      purpose,
      text,
      created: Math.floor(Date.now() / 1000)
    }
    this.#files.set(file.id, file)
    return file
  }

  /** Ends the jobs whose time has come. */
  #work(): void {
    const { after = 0 } = this.#settings
    if (after === "on command") return
    for (const job of this.#jobs.values())
      if (job.state === "under way" && performance.now() - job.madeMs >= after)
        this.#end(job, "ended")
  }

  /** A job that is cancelled has answered its first half. */
  #end(job: KeptJob, state: "ended" | "cancelled"): void {
    const { api, protocol } = job.desk
    const { expired = 0 } = this.#settings
    const answers = job.requests.map((request, i): JobAnswer => {
      const left =
        state === "cancelled"
          ? i >= job.requests.length / 2
          : i >= job.requests.length * (1 - expired)
      return left
        ? { ...request, status: undefined, answer: {} }
        : { ...request, ...this.#answer(protocol, request, job.model) }
    })
    const text = (some: ReadonlyArray<JobAnswer>): string | undefined =>
      some.length === 0 || !api.keepsResultsInFiles
        ? undefined
        : this.#file(
            api,
            api.resultsName?.(job) ?? `${job.id}.jsonl`,
            "results",
            some
              .map(api.line)
              .filter((line) => line !== "")
              .map((line) => `${line}\n`)
              .join("")
          ).id
    const good = answers.filter(({ status }) => status === 200)
    const bad = answers.filter(({ status }) => status !== 200)
    this.#jobs.set(job.id, {
      ...job,
      state,
      answers,
      output: text(api.separatesErrors ? good : answers),
      errors: api.separatesErrors ? text(bad) : undefined
    })
  }
}

const wrongRequests = (requests: ReadonlyArray<JobRequest>): string | undefined => {
  if (requests.length === 0) return "The file holds no requests."
  const ids = new Set(requests.map(({ id }) => id))
  return ids.size === requests.length ? undefined : "A name of a request is there twice."
}
