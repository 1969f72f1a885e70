/**
 * Batch jobs that hold their requests, for one model, and their results once they have ended.
 *
 * https://openrouter.ai/docs/guides/features/batch-api
 */
import * as Effect from "effect/Effect"
import type { BatchApi, JobResult, JobState } from "../asking/BatchApi.ts"
import { diagnosed, ofStatus, unlessGone } from "../asking/Diagnosis.ts"
import { mayBeLost } from "../asking/jobLines.ts"
import type { GenerateOutput, GenerateRequest } from "../chat/LLM.ts"
import { countIn, list, record, textIn } from "../http/wireValues.ts"
import { chatResultIn, jobsAt, type JobsClient, type Wire } from "./batches.ts"
import type { InlineJobs } from "./JobWays.ts"

/**
 * Jobs at a server. `body` is the request as it would be sent at once, `read` takes a body that is
 * an answer.
 */
export const inlineBatches = (
  client: JobsClient,
  model: string,
  body: (request: GenerateRequest) => unknown,
  read: (body: string) => GenerateOutput,
  { mostBytes, mostRequests }: InlineJobs
): BatchApi<GenerateRequest, GenerateOutput> => {
  const jobAt = (job: string, signal: AbortSignal): Promise<Wire> =>
    client.get(`/batches/${job}`, { signal }).then(record)
  return {
    most: { requests: mostRequests, bytes: mostBytes },
    line: (id, request) => JSON.stringify({ custom_id: id, body: body(request) }),
    create: ({ lines }) =>
      diagnosed(async (signal) => {
        // The server reads the body as it comes: what is said of the requests stands before them.
        const job = {
          endpoint: "/v1/chat/completions",
          model,
          requests: lines.map((line) => JSON.parse(line) as unknown)
        }
        return String(record(await client.post("/batches", { body: job, signal }))["id"])
      }),
    find: ({ lines, others, since }) =>
      diagnosed(async (signal) => {
        // Jobs carry no notes: one of this model and size that nobody else knows of is it.
        for await (const job of jobsAt(client, signal)) {
          if (!mayBeLost((countIn(job["created_at"]) ?? 0) * 1000, since)) return undefined
          const id = String(job["id"])
          const { total } = record(job["request_counts"])
          if (job["model"] === model && total === lines.length && !others.has(id)) return id
        }
        return undefined
      }),
    look: (job) => diagnosed(async (signal) => stateOf(await jobAt(job, signal))),
    results: (job) =>
      diagnosed(async (signal) =>
        list((await jobAt(job, signal))["results"])
          .map((result) => JSON.stringify(result))
          .join("\n")
      ),
    read: (line) => resultIn(line, read),
    remove: (job) =>
      unlessGone(Effect.asVoid(diagnosed((signal) => client.delete(`/batches/${job}`, { signal }))))
  }
}

const stateOf = ({ error, request_counts, status }: Wire): JobState => {
  switch (status) {
    case "completed":
    case "expired":
    case "cancelled":
      return { kind: "ended" }
    case "failed": {
      const said = textIn(record(error)["message"]) ?? "no explanation given"
      return {
        kind: "failed",
        diagnosis: { reason: "InvalidRequest", detail: `the job was refused: ${said}` }
      }
    }
    default:
      return { kind: "under way", answered: countIn(record(request_counts)["completed"]) }
  }
}

/** What is no fault of the request, and may pass. */
const passing: Readonly<Record<string, number>> = {
  rate_limit_exceeded: 429,
  provider_overloaded: 503,
  provider_unavailable: 503,
  server: 500,
  timeout: 504,
  unmapped: 500
}

const faults: Readonly<Record<string, number>> = {
  authentication: 401,
  payment_required: 402,
  permission_denied: 403,
  not_found: 404
}

/** A line of results; errors of a canonical type are those of a status. */
const resultIn = (
  line: string,
  read: (body: string) => GenerateOutput
): JobResult<GenerateOutput> => {
  const { custom_id, error } = record(JSON.parse(line))
  const type = textIn(record(error)["error_type"])
  if (type === undefined) return chatResultIn(line, read)
  const status = passing[type] ?? faults[type] ?? 400
  return { id: String(custom_id), answer: ofStatus(status, JSON.stringify({ error }), {}, 0) }
}
