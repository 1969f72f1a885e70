/**
 * Batch jobs in OpenAI's protocol: a file of requests, a job over it, files of results.
 *
 * https://platform.openai.com/docs/guides/batch
 */
import * as Effect from "effect/Effect"
import type { OpenAI } from "openai"
import type { Batch } from "openai/resources/batches"
import type { BatchApi, JobResult, JobState } from "../asking/BatchApi.ts"
import {
  type Diagnosis,
  diagnosed,
  ofStatus,
  readOrDiagnosed,
  unlessGone
} from "../asking/Diagnosis.ts"
import { unanswered } from "../asking/jobLines.ts"
import type { GenerateOutput, GenerateRequest } from "../chat/LLM.ts"
import { list, record, textIn } from "../http/wireValues.ts"
import { chatAnswer } from "./chatAnswer.ts"
import type { FileJobs } from "./JobWays.ts"

/** Jobs at a server. `body` is the request as it would be sent at once. */
export const chatBatches = (
  client: OpenAI,
  body: (request: GenerateRequest) => unknown,
  { mostBytes, mostRequests, purpose = "batch", takesMetadata }: FileJobs
): BatchApi<GenerateRequest, GenerateOutput> => ({
  most: { requests: mostRequests, bytes: mostBytes },
  line: (id, request) =>
    JSON.stringify({
      custom_id: id,
      method: "POST",
      url: "/v1/chat/completions",
      body: body(request)
    }),
  files: {
    upload: (name, text) =>
      diagnosed(async (signal) => {
        const file = new File([text], name, { type: "application/jsonl" })
        const { id } = await client.files.create({ file, purpose: purpose as "batch" }, { signal })
        return id
      }),
    find: (name) =>
      diagnosed(async (signal) => {
        for await (const file of client.files.list({ purpose }, { signal }))
          if (file.filename === name) return file.id
        return undefined
      })
  },
  create: ({ file, name }) =>
    diagnosed(async (signal) => {
      const made = await client.batches.create(
        {
          input_file_id: file!,
          endpoint: "/v1/chat/completions",
          completion_window: "24h",
          ...(takesMetadata ? { metadata: { distilabel: name } } : {})
        },
        { signal }
      )
      // Together puts the job into another object.
      return String(record(record(made)["job"] ?? made)["id"])
    }),
  find: ({ file }) =>
    diagnosed(async (signal) => {
      // A file is that of one job.
      for await (const job of jobsAt(client, signal))
        if (job["input_file_id"] === file) return String(job["id"])
      return undefined
    }),
  look: (job) =>
    diagnosed(async (signal) => stateOf(await client.batches.retrieve(job, { signal }))),
  results: (job) =>
    diagnosed(async (signal) => {
      const { error_file_id, output_file_id } = await client.batches.retrieve(job, {
        signal
      })
      const texts = []
      for (const id of [output_file_id, error_file_id])
        if (id !== undefined && id !== null)
          texts.push(await (await client.files.content(id, { signal })).text())
      return texts.join("\n")
    }),
  read: (line) => chatResultIn(line),
  cancel: (job) =>
    diagnosed(async (signal) => {
      await client.batches.cancel(job, { signal })
    }),
  remove: (job, file) =>
    Effect.flatMap(
      diagnosed((signal) => client.batches.retrieve(job, { signal })),
      ({ error_file_id, output_file_id }) =>
        Effect.forEach(
          [file, output_file_id, error_file_id].filter((id) => id !== undefined && id !== null),
          (id) =>
            unlessGone(
              diagnosed(async (signal) => {
                await client.files.delete(id, { signal })
              })
            ),
          { discard: true }
        )
    )
})

/** All jobs at a server, the latest first. OpenAI has pages of them, Together a plain list. */
export async function* jobsAt(client: JobsClient, signal: AbortSignal): AsyncGenerator<Wire> {
  let after: string | undefined
  do {
    const query = { limit: 100, ...(after === undefined ? {} : { after }) }
    const response = await client.get("/batches", { query, signal }).asResponse()
    const page: unknown = JSON.parse(await response.text())
    const jobs = list(Array.isArray(page) ? page : record(page)["data"]).map(record)
    yield* jobs
    after = record(page)["has_more"] === true ? textIn(jobs.at(-1)?.["id"]) : undefined
  } while (after !== undefined)
}

/** What asks a server for jobs. */
export type JobsClient = Pick<OpenAI, "delete" | "get" | "post">

export type Wire = Readonly<Record<string, unknown>>

const stateOf = ({ errors, request_counts, status }: Batch): JobState => {
  switch (String(status).toLowerCase()) {
    case "completed":
    case "expired":
    case "cancelled":
      return { kind: "ended" }
    case "failed":
      return { kind: "failed", diagnosis: refusalIn(errors) }
    default:
      return { kind: "under way", answered: request_counts?.completed }
  }
}

const refusalIn = (errors: unknown): Diagnosis => {
  const said = list(record(errors)["data"])
    .map((error) => textIn(record(error)["message"]))
    .filter((message) => message !== undefined)
  return {
    reason: "InvalidRequest",
    detail: `the job was refused: ${said.join("; ") || "no explanation given"}`
  }
}

/** A line of results; `read` takes a body that is an answer. */
export const chatResultIn = (
  line: string,
  read: (body: string) => GenerateOutput = chatAnswer
): JobResult<GenerateOutput> => {
  const { custom_id, error, response } = record(JSON.parse(line))
  const id = String(custom_id)
  const { body, status_code } = record(response)
  const status = typeof status_code === "number" ? status_code : 0
  if (status >= 400) return { id, answer: ofStatus(status, JSON.stringify(body), {}, 0) }
  const { code, message } = record(error)
  if (error !== undefined && error !== null)
    return {
      id,
      answer: unanswered(
        textIn(message) ?? textIn(code) ?? "the request failed without an explanation"
      )
    }
  return { id, answer: readOrDiagnosed(() => read(JSON.stringify(body))) }
}
