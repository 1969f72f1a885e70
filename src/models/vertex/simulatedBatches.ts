/** Vertex AI's batch jobs and the files of Cloud Storage that they read and write, for a simulator. */
import type {
  BatchArrived,
  BatchAsk,
  BatchProtocol,
  JobAnswer,
  SimulatedJob
} from "../simulated/BatchProtocol.ts"
import { decoded, isObject, objectAt, stringsOf, type WireObject } from "../simulated/Wire.ts"

const jobs =
  /^\/v1\/(projects\/[^/]+\/locations\/[^/]+)\/batchPredictionJobs(?:\/([^/:]+)(:cancel)?)?$/
const objects = /^(\/upload)?\/storage\/v1\/b\/([^/]+)\/o(?:\/([^/]+))?$/

const nameOf = (request: WireObject): string => String(objectAt(request, "labels")["distilabel"])

const words: Readonly<Record<SimulatedJob["state"], string>> = {
  "under way": "JOB_STATE_RUNNING",
  ended: "JOB_STATE_SUCCEEDED",
  cancelled: "JOB_STATE_CANCELLED",
  failed: "JOB_STATE_FAILED"
}

const written = (job: SimulatedJob): WireObject => ({
  ...job.notes,
  name: `projects/simulated/locations/global/batchPredictionJobs/${job.id}`,
  state: words[job.state],
  createTime: new Date(job.created * 1000).toISOString(),
  ...(job.failure === undefined ? {} : { error: { code: 3, message: job.failure } })
})

const outputOf = (notes: WireObject): string =>
  String(objectAt(objectAt(notes, "outputConfig"), "gcsDestination")["outputUriPrefix"])

const read = ({ body, method, path, query, text }: BatchArrived): BatchAsk | undefined => {
  const [, upload, bucket, object] = objects.exec(path) ?? []
  if (bucket !== undefined) {
    const at = (name: string): string => `gs://${bucket}/${name}`
    if (upload !== undefined)
      return { kind: "upload", name: at(query.get("name") ?? ""), purpose: "object", text }
    if (object === undefined) return { kind: "files", under: at(query.get("prefix") ?? "") }
    return {
      kind: method === "DELETE" ? "remove file" : "content",
      file: at(decoded(object))
    }
  }
  const [, , job, cancel] = jobs.exec(path) ?? []
  if (job !== undefined)
    return {
      kind: method === "DELETE" ? "remove job" : cancel === undefined ? "look" : "cancel",
      job
    }
  if (method === "GET") return { kind: "jobs" }
  return {
    kind: "create",
    model: String(body["model"]).replace(/^.*\//, ""),
    input: stringsOf(objectAt(objectAt(body, "inputConfig"), "gcsSource")["uris"])[0] ?? "",
    notes: body
  }
}

/** The line of a request that was worked on: those that were not are left out. */
const line = ({ answer, body, status }: JobAnswer): string =>
  status === undefined
    ? ""
    : JSON.stringify({
        status: status === 200 ? "" : `Request failed: ${JSON.stringify(answer)}`,
        processed_time: new Date(0).toISOString(),
        request: body,
        response: status === 200 ? answer : {}
      })

export const vertexJobs: BatchProtocol = {
  has: ({ path }) => jobs.test(path) || objects.test(path),
  read,
  requestsIn: (text) =>
    text
      .split("\n")
      .filter((each) => each !== "")
      .map((each): unknown => JSON.parse(each))
      .filter(isObject)
      .map((each) => objectAt(each, "request"))
      .map((body) => ({ id: nameOf(body), body })),
  line,
  separatesErrors: false,
  keepsResultsInFiles: true,
  resultsName: ({ id, notes }) => `${outputOf(notes)}prediction-${id}/predictions.jsonl`,
  write: (ask, { file, files, job, jobs: all = [] }) => {
    if (ask.kind === "content") return file!.text
    if (file !== undefined || ask.kind === "remove file") return { name: file?.name }
    if (files !== undefined)
      return { items: files.map(({ name }) => ({ name: name.replace(/^gs:\/\/[^/]+\//, "") })) }
    if (job !== undefined)
      return ask.kind === "remove job" || ask.kind === "cancel" ? {} : written(job)
    return { batchPredictionJobs: all.map(written) }
  }
}
