/** Batch jobs that hold their requests and results, for a simulator. */
import type {
  BatchAsk,
  BatchProtocol,
  JobAnswer,
  SimulatedJob
} from "../simulated/BatchProtocol.ts"
import { isObject, objectAt, type WireObject } from "../simulated/Wire.ts"

const jobs = /^\/api\/v1\/batches(?:\/([^/]+))?$/

const words: Readonly<Record<SimulatedJob["state"], string>> = {
  "under way": "in_progress",
  ended: "completed",
  cancelled: "cancelled",
  failed: "failed"
}

const types: Readonly<Record<number, string>> = {
  400: "invalid_request",
  401: "authentication",
  403: "permission_denied",
  404: "not_found",
  429: "rate_limit_exceeded",
  503: "provider_overloaded"
}

const errorOf = ({ answer, status }: JobAnswer): WireObject =>
  status === undefined
    ? { type: "server_error", message: "The request was not executed in time.", param: null }
    : { param: null, ...objectAt(answer, "error"), error_type: types[status] ?? "server" }

const result = (answered: JobAnswer): WireObject => ({
  id: `result-${answered.id}`,
  custom_id: answered.id,
  response:
    answered.status === 200
      ? { status_code: 200, request_id: answered.id, body: answered.answer }
      : null,
  error: answered.status === 200 ? null : errorOf(answered)
})

const written = (job: SimulatedJob, results: ReadonlyArray<WireObject> | null): WireObject => ({
  id: job.id,
  object: "batch",
  endpoint: "/v1/chat/completions",
  model: job.model,
  completion_window: "24h",
  status: words[job.state],
  error: job.failure === undefined ? null : { message: job.failure },
  created_at: job.created,
  request_counts: {
    total: job.requests.length,
    completed: job.answers.filter(({ status }) => status === 200).length,
    failed: job.answers.filter(({ status }) => status !== 200).length
  },
  results
})

/** Jobs that hold their requests and, once they have ended, their results. */
export const inlineJobs: BatchProtocol = {
  has: ({ path }) => jobs.test(path),
  read: ({ body, method, path }): BatchAsk | undefined => {
    const [, job] = jobs.exec(path) ?? []
    if (job !== undefined)
      return method === "GET"
        ? { kind: "look", job }
        : method === "DELETE"
          ? { kind: "remove job", job }
          : undefined
    if (method === "GET") return { kind: "jobs" }
    const { model, requests } = body
    return {
      kind: "create",
      model: String(model),
      notes: {},
      requests: (Array.isArray(requests) ? requests : []).filter(isObject).map((request) => ({
        id: String(request["custom_id"]),
        body: objectAt(request, "body")
      }))
    }
  },
  requestsIn: () => [],
  line: (answer) => JSON.stringify(result(answer)),
  separatesErrors: false,
  keepsResultsInFiles: false,
  write: (ask, { job, jobs: all = [] }) => {
    if (ask.kind === "remove job") return { id: ask.job, object: "batch", deleted: true }
    if (job !== undefined)
      return written(job, job.state === "under way" ? null : job.answers.map(result))
    return {
      object: "list",
      data: all.map((each) => written(each, null)),
      has_more: false,
      last_id: all.at(-1)?.id ?? null
    }
  }
}
