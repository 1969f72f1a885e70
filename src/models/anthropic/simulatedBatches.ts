/** Anthropic's message batches, for a simulator. */
import type { BatchAsk, BatchProtocol, SimulatedJob } from "../simulated/BatchProtocol.ts"
import { isObject, objectAt, type WireObject } from "../simulated/Wire.ts"

const root = /^\/v1\/messages\/batches(?:\/([^/]+)(?:\/(cancel|results))?)?$/

const written = ({ answers, created, id, requests, state }: SimulatedJob): WireObject => {
  const count = (some: (status: number | undefined) => boolean): number =>
    answers.filter(({ status }) => some(status)).length
  return {
    id,
    type: "message_batch",
    processing_status: state === "under way" ? "in_progress" : "ended",
    created_at: new Date(created * 1000).toISOString(),
    request_counts: {
      processing: state === "under way" ? requests.length : 0,
      succeeded: count((status) => status === 200),
      errored: count((status) => status !== undefined && status !== 200),
      canceled: state === "cancelled" ? count((status) => status === undefined) : 0,
      expired: state === "ended" ? count((status) => status === undefined) : 0
    },
    results_url: state === "under way" ? null : `/v1/messages/batches/${id}/results`
  }
}

export const messageJobs: BatchProtocol = {
  has: ({ path }) => root.test(path),
  read: ({ body, method, path }): BatchAsk | undefined => {
    const [, job, of] = root.exec(path) ?? []
    if (job === undefined)
      return method === "POST"
        ? {
            kind: "create",
            model: "",
            notes: {},
            requests: (Array.isArray(body["requests"]) ? body["requests"] : [])
              .filter(isObject)
              .map((request) => ({
                id: String(request["custom_id"]),
                body: objectAt(request, "params")
              }))
          }
        : { kind: "jobs" }
    if (method === "DELETE") return { kind: "remove job", job }
    if (of === "cancel") return { kind: "cancel", job }
    return { kind: of === "results" ? "results" : "look", job }
  },
  requestsIn: () => [],
  line: ({ answer, id, status }) =>
    JSON.stringify({
      custom_id: id,
      result:
        status === undefined
          ? { type: "expired" }
          : status === 200
            ? { type: "succeeded", message: answer }
            : { type: "errored", error: answer }
    }),
  separatesErrors: false,
  keepsResultsInFiles: false,
  write: (ask, { job, jobs = [] }) => {
    if (job === undefined) return { data: jobs.map(written), has_more: false, last_id: null }
    return ask.kind === "results"
      ? job.answers.map((answer) => messageJobs.line(answer)).join("\n")
      : ask.kind === "remove job"
        ? { id: job.id, type: "message_batch_deleted" }
        : written(job)
  }
}
