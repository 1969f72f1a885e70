/**
 * Anthropic's message batches: requests go with the job itself, its results come as lines.
 *
 * https://platform.claude.com/docs/en/build-with-claude/batch-processing
 */
import type { Anthropic } from "@anthropic-ai/sdk"
import { type BatchApi, type JobResult } from "../asking/BatchApi.ts"
import { diagnosed, ofStatus, readOrDiagnosed, unlessGone } from "../asking/Diagnosis.ts"
import { mayBeLost, unanswered } from "../asking/jobLines.ts"
import type { GenerateOutput, GenerateRequest } from "../chat/LLM.ts"
import { record, textIn } from "../http/wireValues.ts"
import { messagesAnswer } from "./messagesAnswer.ts"
import { messagesRequest } from "./messagesRequest.ts"

export const messageBatches = (
  client: Anthropic,
  model: string
): BatchApi<GenerateRequest, GenerateOutput> => {
  const { batches } = client.messages
  return {
    most: { requests: 100_000, bytes: 256_000_000 },
    line: (id, request) =>
      JSON.stringify({ custom_id: id, params: messagesRequest(model, request, false) }),
    create: ({ lines }) =>
      diagnosed(async (signal) => {
        const requests = lines.map((line) => JSON.parse(line) as never)
        const { id } = await batches.create({ requests }, { signal })
        return id
      }),
    find: ({ lines, others, since }) =>
      diagnosed(async (signal) => {
        // Jobs carry no notes: one of this size that nobody else knows of is it.
        for await (const { created_at, id, request_counts } of batches.list(
          { limit: 100 },
          { signal }
        )) {
          if (!mayBeLost(Date.parse(created_at), since)) return undefined
          const { canceled, errored, expired, processing, succeeded } = request_counts
          const total = canceled + errored + expired + processing + succeeded
          if (total === lines.length && !others.has(id)) return id
        }
        return undefined
      }),
    look: (job) =>
      diagnosed(async (signal) => {
        const { processing_status, request_counts } = await batches.retrieve(job, {}, { signal })
        return processing_status === "ended"
          ? { kind: "ended" }
          : { kind: "under way", answered: request_counts.succeeded }
      }),
    results: (job) =>
      diagnosed(async (signal) => {
        const response = await client
          .get(`/v1/messages/batches/${job}/results`, { signal })
          .asResponse()
        return response.text()
      }),
    read: resultIn,
    cancel: (job) =>
      diagnosed(async (signal) => {
        await batches.cancel(job, {}, { signal })
      }),
    remove: (job) =>
      unlessGone(
        diagnosed(async (signal) => {
          await batches.delete(job, {}, { signal })
        })
      )
  }
}

const statuses: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  overloaded_error: 529
}

const resultIn = (line: string): JobResult<GenerateOutput> => {
  const { custom_id, result } = record(JSON.parse(line))
  const id = String(custom_id)
  const { error, message, type } = record(result)
  if (type === "succeeded")
    return { id, answer: readOrDiagnosed(() => messagesAnswer(JSON.stringify(message))) }
  if (type !== "errored")
    return {
      id,
      answer: unanswered(`the request ${type === "expired" ? "expired" : "was cancelled"}`)
    }
  const said = record(record(error)["error"])
  const status = statuses[textIn(said["type"]) ?? ""] ?? 500
  return { id, answer: ofStatus(status, JSON.stringify(error), {}, 0) }
}
