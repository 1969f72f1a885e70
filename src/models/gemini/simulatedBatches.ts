/** Gemini's batch jobs, for a simulator. */
import type {
  BatchAsk,
  BatchProtocol,
  JobAnswer,
  SimulatedJob
} from "../simulated/BatchProtocol.ts"
import { decoded, isObject, objectAt, type WireObject } from "../simulated/Wire.ts"

const creating = /^\/v1beta\/models\/([^/:]+):batchGenerateContent$/
const jobs = /^\/v1beta\/batches(?:\/([^/:]+)(:cancel)?)?$/

const words: Readonly<Record<SimulatedJob["state"], string>> = {
  "under way": "BATCH_STATE_RUNNING",
  ended: "BATCH_STATE_SUCCEEDED",
  cancelled: "BATCH_STATE_CANCELLED",
  failed: "BATCH_STATE_FAILED"
}

const codes: Readonly<Record<number, number>> = { 400: 3, 401: 16, 403: 7, 404: 5, 429: 8 }

const writtenAnswer = ({ answer, id, status }: JobAnswer): WireObject => ({
  metadata: { key: id },
  ...(status === 200
    ? { response: answer }
    : {
        error:
          status === undefined
            ? { code: 4, message: "The request was not executed in time." }
            : { ...objectAt(answer, "error"), code: codes[status] ?? 13 }
      })
})

const written = (job: SimulatedJob): WireObject => ({
  name: `batches/${job.id}`,
  metadata: {
    model: `models/${job.model}`,
    displayName: job.notes["displayName"],
    state: words[job.state],
    createTime: new Date(job.created * 1000).toISOString(),
    ...(job.state === "under way"
      ? {}
      : { output: { inlinedResponses: { inlinedResponses: job.answers.map(writtenAnswer) } } })
  },
  done: job.state !== "under way"
})

export const geminiJobs: BatchProtocol = {
  has: ({ path }) => creating.test(path) || jobs.test(path),
  read: ({ body, method, path }): BatchAsk | undefined => {
    const [, model] = creating.exec(path) ?? []
    if (model !== undefined) {
      const batch = objectAt(body, "batch")
      const { requests } = objectAt(objectAt(batch, "inputConfig"), "requests")
      return {
        kind: "create",
        model: decoded(model),
        notes: batch,
        requests: (Array.isArray(requests) ? requests : []).filter(isObject).map((request) => ({
          id: String(objectAt(request, "metadata")["key"]),
          body: objectAt(request, "request")
        }))
      }
    }
    const [, job, cancel] = jobs.exec(path) ?? []
    if (job === undefined) return { kind: "jobs" }
    if (method === "DELETE") return { kind: "remove job", job }
    return { kind: cancel === undefined ? "look" : "cancel", job }
  },
  requestsIn: () => [],
  line: (answer) => JSON.stringify(writtenAnswer(answer)),
  separatesErrors: false,
  keepsResultsInFiles: false,
  write: (ask, { job, jobs: all = [] }) => {
    if (job === undefined) return { operations: all.map(written) }
    return ask.kind === "remove job" || ask.kind === "cancel" ? {} : written(job)
  }
}
