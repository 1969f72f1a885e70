/**
 * Batch APIs: how a provider answers many requests as one job, by and by, for less. Here is what a
 * provider brings; everything else about jobs is the same for all.
 */
import type * as Effect from "effect/Effect"
import type { ModelRequest } from "../chat/Model.ts"
import type { Diagnosis } from "./Diagnosis.ts"

/** A job before it is there. */
export interface NewJob {
  /** A name that no other job has. */
  readonly name: string
  /** Its requests, a line each. */
  readonly lines: ReadonlyArray<string>
  /** The file that holds them at the provider, where jobs take files. */
  readonly file: string | undefined
}

/** Where to look for a job that may have been made, by a process that was killed as it made it. */
export interface LostJob extends NewJob {
  /** When that process began to make it, in milliseconds since 1970. */
  readonly since: number
  /** Jobs that are known to be others. */
  readonly others: ReadonlySet<string>
}

/** How far a job is. One that ended has its answers, though perhaps not all of them. */
export type JobState =
  | { readonly kind: "under way"; readonly answered: number | undefined }
  | { readonly kind: "ended" }
  /** It was refused as a whole. */
  | { readonly kind: "failed"; readonly diagnosis: Diagnosis }

/** A line of a job's results: the answer to the request of that name, or what went wrong with it. */
export interface JobResult<Response> {
  readonly id: string
  readonly answer: Response | Diagnosis
}

/** What an answer of a job costs, as a share of its price: half, at every provider that has jobs. */
export const batchPriceShare = 0.5

export const isDiagnosis = (answer: unknown): answer is Diagnosis =>
  typeof answer === "object" && answer !== null && "reason" in answer && "detail" in answer

/** What a provider brings to deliver requests as jobs. */
export interface BatchApi<Request extends ModelRequest, Response> {
  /** What is missing before jobs can be made, and how to give it, as a sentence. */
  readonly lacks?: string | undefined
  /** How many requests a job takes, and how many bytes of their lines. */
  readonly most: { readonly requests: number; readonly bytes: number }
  /** A request as a line of a job, under a name that its result carries. */
  readonly line: (id: string, request: Request) => string
  /** Files of requests, where jobs take files. */
  readonly files?: {
    /** Brings a file to the provider; gives its id. */
    readonly upload: (name: string, text: string) => Effect.Effect<string, Diagnosis>
    /** The id of a file of that name, if it is there. */
    readonly find: (name: string) => Effect.Effect<string | undefined, Diagnosis>
  }
  /** Makes a job; gives its id. */
  readonly create: (job: NewJob) => Effect.Effect<string, Diagnosis>
  /** The id of a job, if it was made after all. */
  readonly find: (job: LostJob) => Effect.Effect<string | undefined, Diagnosis>
  readonly look: (job: string) => Effect.Effect<JobState, Diagnosis>
  /** The results of a job that has ended, as lines. */
  readonly results: (job: string) => Effect.Effect<string, Diagnosis>
  /** A line of them. Throws where it cannot be read. */
  readonly read: (line: string) => JobResult<Response>
  /** Absent where a job that was made runs to its end. */
  readonly cancel?: (job: string) => Effect.Effect<void, Diagnosis>
  /** Removes what the provider keeps of an ended job: files of requests and of results. */
  readonly remove: (job: string, file: string | undefined) => Effect.Effect<void, Diagnosis>
}
