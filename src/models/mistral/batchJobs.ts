/**
 * Mistral's batch jobs: a file of requests, a job over it for one model, files of results.
 *
 * https://docs.mistral.ai/capabilities/batch/
 */
import * as Effect from "effect/Effect"
import type { BatchApi, JobState } from "../asking/BatchApi.ts"
import { type Diagnosis, diagnosed, unlessGone } from "../asking/Diagnosis.ts"
import type { GenerateOutput, GenerateRequest } from "../chat/LLM.ts"
import { chatResultIn } from "../chatCompletions/batches.ts"
import type { Fetch } from "../http/Fetch.ts"
import { list, record, textIn } from "../http/wireValues.ts"

type Wire = Readonly<Record<string, unknown>>

/**
 * Where jobs are made, and with which headers. Its SDK refuses answers for fields that nobody
 * reads.
 */
interface JobServer {
  readonly fetch: Fetch
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly model: string
}

const pageSize = 100

/** Jobs for a model. `body` is the request as it goes over the wire. */
export const batchJobs = (
  { fetch, headers, model, url }: JobServer,
  body: (request: GenerateRequest) => Wire
): BatchApi<GenerateRequest, GenerateOutput> => {
  const text = (path: string, signal: AbortSignal, init: RequestInit = {}): Promise<string> =>
    fetch(`${url}/v1/${path}`, {
      ...init,
      headers: { ...headers, ...(init.headers as Record<string, string>) },
      signal
    }).then((response) => response.text())
  const asked = (path: string, init?: RequestInit): Effect.Effect<Wire, Diagnosis> =>
    diagnosed(async (signal) => record(JSON.parse(await text(path, signal, init))))
  const jobAt = (job: string): Effect.Effect<Wire, Diagnosis> => asked(`batch/jobs/${job}`)
  const found = (
    path: (page: number) => string,
    isIt: (entry: Wire) => boolean,
    page = 0
  ): Effect.Effect<string | undefined, Diagnosis> =>
    Effect.flatMap(asked(path(page)), ({ data }) => {
      const entries = list(data).map(record)
      const id = textIn(entries.find(isIt)?.["id"])
      return id === undefined && entries.length === pageSize
        ? found(path, isIt, page + 1)
        : Effect.succeed(id)
    })
  return {
    most: { requests: 100_000, bytes: 500_000_000 },
    // The job names the model.
    line: (id, request) => {
      const { model: _, ...rest } = body(request)
      return JSON.stringify({ custom_id: id, body: rest })
    },
    files: {
      upload: (name, lines) => {
        const form = new FormData()
        form.set("purpose", "batch")
        form.set("file", new File([lines], name, { type: "application/jsonl" }))
        return Effect.map(asked("files", { method: "POST", body: form }), ({ id }) => String(id))
      },
      find: (name) =>
        found(
          (page) => `files?purpose=batch&page_size=${pageSize}&page=${page}`,
          ({ filename }) => filename === name
        )
    },
    create: ({ file, name }) =>
      Effect.map(
        asked("batch/jobs", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({
            input_files: [file],
            endpoint: "/v1/chat/completions",
            model,
            metadata: { distilabel: name }
          })
        }),
        ({ id }) => String(id)
      ),
    find: ({ file }) =>
      found(
        (page) => `batch/jobs?page_size=${pageSize}&page=${page}`,
        ({ input_files }) => list(input_files).includes(file)
      ),
    look: (job) => Effect.map(jobAt(job), stateOf),
    results: (job) =>
      Effect.flatMap(jobAt(job), ({ error_file, output_file }) =>
        diagnosed(async (signal) => {
          const texts = []
          for (const id of [output_file, error_file])
            if (typeof id === "string") texts.push(await text(`files/${id}/content`, signal))
          return texts.join("\n")
        })
      ),
    read: (line) => chatResultIn(line),
    cancel: (job) => Effect.asVoid(asked(`batch/jobs/${job}/cancel`, { method: "POST" })),
    remove: (job, file) =>
      Effect.flatMap(jobAt(job), ({ error_file, output_file }) =>
        Effect.forEach(
          [file, output_file, error_file].filter((id) => typeof id === "string"),
          (id) => unlessGone(Effect.asVoid(asked(`files/${id}`, { method: "DELETE" }))),
          { discard: true }
        )
      )
  }
}

const stateOf = ({ errors, status, succeeded_requests }: Wire): JobState => {
  switch (status) {
    case "SUCCESS":
    case "TIMEOUT_EXCEEDED":
    case "CANCELLED":
      return { kind: "ended" }
    case "FAILED": {
      const said = list(errors).map((error) => textIn(record(error)["message"]) ?? "")
      return {
        kind: "failed",
        diagnosis: {
          reason: "InvalidRequest",
          detail: `the job was refused: ${said.join("; ") || "no explanation given"}`
        }
      }
    }
    default:
      return {
        kind: "under way",
        answered: typeof succeeded_requests === "number" ? succeeded_requests : undefined
      }
  }
}
