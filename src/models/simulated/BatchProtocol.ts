/** Batch APIs, as a simulator speaks them: how jobs are asked for, and how they are written. */
import type { Arrived } from "./Arrived.ts"
import type { WireObject } from "./Wire.ts"

/** A request of a job. */
export interface JobRequest {
  readonly id: string
  readonly body: WireObject
}

/** A file that the provider keeps. */
export interface SimulatedFile {
  readonly id: string
  readonly name: string
  readonly purpose: string
  readonly text: string
  /** Seconds since 1970. */
  readonly created: number
}

/** What a request of a job got. */
export interface JobAnswer {
  readonly id: string
  readonly body: WireObject
  /** Undefined if it expired, or was cancelled before its turn. */
  readonly status: number | undefined
  readonly answer: WireObject
}

/** A job that the provider works on. */
export interface SimulatedJob {
  readonly id: string
  readonly model: string
  readonly created: number
  readonly requests: ReadonlyArray<JobRequest>
  /** What whoever made it says of it, as sent. */
  readonly notes: WireObject
  readonly input: string | undefined
  readonly state: "under way" | "ended" | "cancelled" | "failed"
  readonly failure: string | undefined
  /** Files of results, where the protocol has such. */
  readonly output: string | undefined
  readonly errors: string | undefined
  readonly answers: ReadonlyArray<JobAnswer>
}

/** A request to a batch API, whole. */
export interface BatchArrived extends Arrived {
  readonly query: URLSearchParams
  /** Its body as it came, as JSON, or the parts of its form. */
  readonly text: string
  readonly body: WireObject
  readonly form: ReadonlyMap<string, { readonly name: string; readonly text: string }>
}

/** What is asked of files and jobs. */
export type BatchAsk =
  | {
      readonly kind: "upload"
      readonly name: string
      readonly purpose: string
      readonly text: string
    }
  | { readonly kind: "files"; readonly under?: string }
  | { readonly kind: "content" | "remove file"; readonly file: string }
  | {
      readonly kind: "create"
      readonly model: string
      readonly input?: string
      readonly requests?: ReadonlyArray<JobRequest>
      readonly notes: WireObject
    }
  | { readonly kind: "jobs" }
  | { readonly kind: "look" | "cancel" | "results" | "remove job"; readonly job: string }

/** What a batch API answers. */
export interface BatchReply {
  readonly file?: SimulatedFile
  readonly files?: ReadonlyArray<SimulatedFile>
  readonly job?: SimulatedJob
  readonly jobs?: ReadonlyArray<SimulatedJob>
}

/** One provider's batch API. */
export interface BatchProtocol {
  /** What a request asks; undefined if it is none of this API. */
  readonly read: (arrived: BatchArrived) => BatchAsk | undefined
  /** Whether a request may be one to this API: others are not read for it. */
  readonly has: (arrived: Arrived) => boolean
  /** The requests in a file. */
  readonly requestsIn: (text: string) => ReadonlyArray<JobRequest>
  /**
   * The line of an answer among results, "" for none; those of failures go to a file of their own,
   * or not.
   */
  readonly line: (answer: JobAnswer) => string
  readonly separatesErrors: boolean
  readonly keepsResultsInFiles: boolean
  /** What the file of a job's results is called where files are known by their names, not by ids. */
  readonly resultsName?: (job: SimulatedJob) => string
  /** What is sent back: JSON, or a text as it is. */
  readonly write: (ask: BatchAsk, reply: BatchReply) => WireObject | string
}
