/** Files and jobs in OpenAI's protocol, for a simulator. */
import type {
  BatchArrived,
  BatchAsk,
  BatchProtocol,
  JobAnswer,
  SimulatedFile,
  SimulatedJob
} from "../simulated/BatchProtocol.ts"
import { isObject, objectAt, type WireObject } from "../simulated/Wire.ts"

const textAt = (body: WireObject, key: string): string => String(body[key] ?? "")

const read = ({ body, form, method, path }: BatchArrived): BatchAsk | undefined => {
  const [, , kind, id, of] = path.split("/")
  if (kind === "files") {
    const file = form.get("file")
    if (method === "POST" && file !== undefined)
      return { kind: "upload", purpose: form.get("purpose")?.text ?? "", ...file }
    if (method === "GET" && id === undefined) return { kind: "files" }
    if (method === "DELETE" && id !== undefined) return { kind: "remove file", file: id }
    return method === "GET" && id !== undefined && of === "content"
      ? { kind: "content", file: id }
      : undefined
  }
  if (method === "POST" && id === undefined)
    return {
      kind: "create",
      model: "",
      input: textAt(body, "input_file_id"),
      notes: objectAt(body, "metadata")
    }
  if (method === "GET" && id === undefined) return { kind: "jobs" }
  if (method === "GET" && id !== undefined) return { kind: "look", job: id }
  return method === "POST" && id !== undefined && of === "cancel"
    ? { kind: "cancel", job: id }
    : undefined
}

const words: Readonly<Record<SimulatedJob["state"], string>> = {
  "under way": "in_progress",
  ended: "completed",
  cancelled: "cancelled",
  failed: "failed"
}

const writtenJob = (job: SimulatedJob): WireObject => ({
  id: job.id,
  object: "batch",
  endpoint: "/v1/chat/completions",
  errors:
    job.failure === undefined
      ? null
      : {
          object: "list",
          data: [{ code: "invalid", message: job.failure, line: null, param: null }]
        },
  input_file_id: job.input,
  completion_window: "24h",
  status: words[job.state],
  output_file_id: job.output ?? null,
  error_file_id: job.errors ?? null,
  created_at: job.created,
  request_counts: {
    total: job.requests.length,
    completed: job.answers.filter(({ status }) => status === 200).length,
    failed: job.answers.filter(({ status }) => status !== 200).length
  },
  metadata: job.notes
})

const writtenFile = ({ created, id, name, purpose, text }: SimulatedFile): WireObject => ({
  id,
  object: "file",
  bytes: Buffer.byteLength(text),
  created_at: created,
  filename: name,
  purpose,
  status: "processed"
})

const line = ({ answer, id, status }: JobAnswer): string =>
  JSON.stringify({
    id: `batch_req_${id}`,
    custom_id: id,
    response: status === undefined ? null : { status_code: status, request_id: id, body: answer },
    error:
      status === undefined
        ? { code: "batch_expired", message: "This request could not be executed in time." }
        : null
  })

/** Files of requests and of results, and jobs over them. */
export const chatJobs: BatchProtocol = {
  has: ({ path }) => /^\/v1\/(files|batches)(\/|$)/.test(path),
  read,
  requestsIn: (text) =>
    text
      .split("\n")
      .filter((each) => each !== "")
      .map((each) => {
        const parsed: unknown = JSON.parse(each)
        const request = isObject(parsed) ? parsed : {}
        return { id: textAt(request, "custom_id"), body: objectAt(request, "body") }
      }),
  line,
  separatesErrors: true,
  keepsResultsInFiles: true,
  write: (ask, { file, files = [], job, jobs = [] }) => {
    if (ask.kind === "content") return file!.text
    if (ask.kind === "remove file") return { id: ask.file, object: "file", deleted: true }
    if (file !== undefined) return writtenFile(file)
    if (job !== undefined) return writtenJob(job)
    return {
      object: "list",
      data: ask.kind === "files" ? files.map(writtenFile) : jobs.map(writtenJob),
      has_more: false
    }
  }
}
