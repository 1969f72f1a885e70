/**
 * Gemini's batch jobs, with their requests in them; results come with the job.
 *
 * https://ai.google.dev/gemini-api/docs/batch-api
 */
import type { GoogleGenAI, InlinedRequest } from "@google/genai"
import type { BatchApi, JobResult } from "../asking/BatchApi.ts"
import { diagnosed, ofStatus, readOrDiagnosed, unlessGone } from "../asking/Diagnosis.ts"
import { unanswered } from "../asking/jobLines.ts"
import type { GenerateOutput, GenerateRequest } from "../chat/LLM.ts"
import type { Fetch } from "../http/Fetch.ts"
import { rawAnswer } from "../http/rawAnswer.ts"
import { list, record, textIn } from "../http/wireValues.ts"
import { jobState } from "../vertex/jobState.ts"
import { vertexAnswer } from "../vertex/vertexAnswer.ts"
import { vertexRequest } from "../vertex/vertexRequest.ts"

export const inlineBatches = (
  client: GoogleGenAI,
  fetch: Fetch,
  model: string
): BatchApi<GenerateRequest, GenerateOutput> => ({
  // A request holds 20 MB; its own words are some of them.
  most: { requests: 20_000, bytes: 18_000_000 },
  line: (id, request) => {
    const { config, contents } = vertexRequest(model, request)
    return JSON.stringify({ model, contents, config, metadata: { key: id } })
  },
  create: ({ lines, name }) =>
    diagnosed(async (abortSignal) => {
      const src = lines.map((line) => JSON.parse(line) as InlinedRequest)
      const job = await client.batches.create({
        model,
        src,
        config: { displayName: name, abortSignal }
      })
      return job.name ?? ""
    }),
  find: ({ name }) =>
    diagnosed(async (abortSignal) => {
      const jobs = await client.batches.list({ config: { pageSize: 100, abortSignal } })
      for await (const job of jobs) if (job.displayName === name) return job.name
      return undefined
    }),
  look: (job) =>
    diagnosed(async (abortSignal) => {
      const { error, state } = await client.batches.get({ name: job, config: { abortSignal } })
      return jobState(String(state), error?.message)
    }),
  results: (job) =>
    diagnosed(async (abortSignal) => {
      // The plain response: the SDK keeps only what it knows of an answer.
      const text = await rawAnswer(fetch, (keeping) =>
        client.batches.get({ name: job, config: { abortSignal, httpOptions: { fetch: keeping } } })
      )
      const { metadata, response } = record(JSON.parse(text))
      const held = record(record(metadata)["output"] ?? response)
      return list(record(held["inlinedResponses"])["inlinedResponses"])
        .map((result) => JSON.stringify(result))
        .join("\n")
    }),
  read: resultIn,
  cancel: (job) =>
    diagnosed((abortSignal) => client.batches.cancel({ name: job, config: { abortSignal } })),
  remove: (job) =>
    unlessGone(
      diagnosed(async (abortSignal) => {
        await client.batches.delete({ name: job, config: { abortSignal } })
      })
    )
})

/** What Google's own codes mean over HTTP. */
const statuses: Readonly<Record<number, number>> = { 3: 400, 5: 404, 7: 403, 8: 429, 16: 401 }

const resultIn = (line: string): JobResult<GenerateOutput> => {
  const { error, metadata, response } = record(JSON.parse(line))
  const id = String(record(metadata)["key"])
  if (response !== undefined)
    return { id, answer: readOrDiagnosed(() => vertexAnswer(JSON.stringify(response))) }
  const { code, message } = record(error)
  const status = statuses[Number(code)]
  return {
    id,
    answer:
      status === undefined
        ? unanswered(textIn(message) ?? "the request failed without an explanation")
        : ofStatus(status, JSON.stringify({ error }), {}, 0)
  }
}
