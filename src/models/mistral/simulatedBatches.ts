/** Mistral's batch jobs, for a simulator. Its files are OpenAI's. */
import { chatJobs } from "../chatCompletions/simulatedBatches.ts"
import type { BatchAsk, BatchProtocol, SimulatedJob } from "../simulated/BatchProtocol.ts"
import { objectAt, stringsOf, type WireObject } from "../simulated/Wire.ts"

const root = /^\/v1\/batch\/jobs(?:\/([^/]+)(\/cancel)?)?$/

const words: Readonly<Record<SimulatedJob["state"], string>> = {
  "under way": "RUNNING",
  ended: "SUCCESS",
  cancelled: "CANCELLED",
  failed: "FAILED"
}

const written = (job: SimulatedJob): WireObject => ({
  id: job.id,
  object: "batch",
  input_files: [job.input],
  metadata: job.notes,
  endpoint: "/v1/chat/completions",
  model: job.model,
  output_file: job.output ?? null,
  error_file: job.errors ?? null,
  errors: job.failure === undefined ? [] : [{ message: job.failure, count: 1 }],
  status: words[job.state],
  created_at: job.created,
  total_requests: job.requests.length,
  succeeded_requests: job.answers.filter(({ status }) => status === 200).length
})

export const mistralJobs: BatchProtocol = {
  ...chatJobs,
  has: ({ path }) => root.test(path),
  read: ({ body, method, path }): BatchAsk | undefined => {
    const [, job, cancel] = root.exec(path) ?? []
    if (job === undefined)
      return method === "POST"
        ? {
            kind: "create",
            model: String(body["model"] ?? ""),
            input: stringsOf(body["input_files"])[0] ?? "",
            notes: objectAt(body, "metadata")
          }
        : { kind: "jobs" }
    return { kind: cancel === undefined ? "look" : "cancel", job }
  },
  write: (_, { job, jobs = [] }) =>
    job === undefined
      ? { object: "list", data: jobs.map(written), total: jobs.length }
      : written(job)
}
