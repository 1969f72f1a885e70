/**
 * Batch jobs of Vertex AI: a file of requests in Cloud Storage, a job over it for one model, files
 * of results beside it.
 *
 * https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/batch-prediction-from-cloud-storage
 */
import type { GoogleGenAI } from "@google/genai"
import * as Effect from "effect/Effect"
import type { BatchApi, JobResult, JobState } from "../asking/BatchApi.ts"
import { diagnosed, ofStatus, readOrDiagnosed, unlessGone } from "../asking/Diagnosis.ts"
import { unanswered } from "../asking/jobLines.ts"
import type { GenerateOutput, GenerateRequest } from "../chat/LLM.ts"
import { record, textIn } from "../http/wireValues.ts"
import { jobState } from "./jobState.ts"
import { placeIn, type Storage } from "./Storage.ts"
import { vertexAnswer } from "./vertexAnswer.ts"
import { vertexBody } from "./vertexBody.ts"

/** Where jobs are made, and where their files are. */
interface StoredJobs {
  readonly model: string
  readonly client: GoogleGenAI
  /** The client of the project and location that the full name of a job begins with. */
  readonly clientOf: (job: string) => GoogleGenAI
  readonly storage: Storage
  /** `gs://bucket/folder`; undefined where none was named. */
  readonly folder: string | undefined
}

/** The label that a request carries to its result: results come in any order, under no names. */
const nameLabel = "distilabel"

export const storedBatches = ({
  client,
  clientOf,
  folder,
  model,
  storage
}: StoredJobs): BatchApi<GenerateRequest, GenerateOutput> => {
  const resultsOf = async (
    job: string,
    abortSignal: AbortSignal
  ): Promise<ReadonlyArray<string>> => {
    const { batches } = clientOf(job)
    const { dest } = await batches.get({ name: job, config: { abortSignal } })
    return dest?.gcsUri === undefined ? [] : storage.under(dest.gcsUri, abortSignal)
  }
  return {
    lacks: lackOf(folder),
    // A text of the language holds half a gigabyte; a job takes one.
    most: { requests: 200_000, bytes: 500_000_000 },
    line: (id, request) =>
      JSON.stringify({ request: { ...vertexBody(model, request), labels: { [nameLabel]: id } } }),
    files: {
      upload: (name, text) =>
        diagnosed(async (signal) => {
          const address = `${tidied(folder)}/${name}`
          await storage.write(address, text, signal)
          return address
        }),
      find: (name) =>
        diagnosed(async (signal) => {
          const address = `${tidied(folder)}/${name}`
          const found = await storage.under(address, signal)
          return found.includes(address) ? address : undefined
        })
    },
    create: ({ file, name }) =>
      diagnosed(async (abortSignal) => {
        const job = await client.batches.create({
          model,
          src: { format: "jsonl", gcsUri: [file!] },
          config: {
            displayName: name,
            dest: { format: "jsonl", gcsUri: `${file!.replace(/\.jsonl$/, "")}/` },
            abortSignal
          }
        })
        return job.name ?? ""
      }),
    find: ({ name }) =>
      diagnosed(async (abortSignal) => {
        const filter = `displayName="${name}"`
        const jobs = await client.batches.list({ config: { pageSize: 100, filter, abortSignal } })
        for await (const job of jobs) if (job.displayName === name) return job.name
        return undefined
      }),
    look: (job) =>
      diagnosed(async (abortSignal): Promise<JobState> => {
        const { batches } = clientOf(job)
        const { error, state } = await batches.get({ name: job, config: { abortSignal } })
        const found = jobState(String(state), error?.message)
        // What it answered before it failed is there, and paid for.
        return found.kind === "failed" && (await resultsOf(job, abortSignal)).length > 0
          ? { kind: "ended" }
          : found
      }),
    results: (job) =>
      diagnosed(async (signal) => {
        const texts = []
        for (const address of await resultsOf(job, signal))
          if (address.endsWith(".jsonl")) texts.push(await storage.read(address, signal))
        return texts.join("\n")
      }),
    read: resultIn,
    cancel: (job) =>
      diagnosed(async (abortSignal) => {
        const { batches } = clientOf(job)
        await batches.cancel({ name: job, config: { abortSignal } })
      }),
    // The job last: it knows where its results are.
    remove: (job, file) =>
      unlessGone(
        Effect.flatMap(
          diagnosed((signal) => resultsOf(job, signal)),
          (results) =>
            Effect.andThen(
              Effect.forEach(
                [...results, ...(file === undefined ? [] : [file])],
                (address) => unlessGone(diagnosed((signal) => storage.remove(address, signal))),
                { discard: true }
              ),
              diagnosed(async (abortSignal) => {
                const { batches } = clientOf(job)
                await batches.delete({ name: job, config: { abortSignal } })
              })
            )
        )
      )
  }
}

const lackOf = (folder: string | undefined): string | undefined => {
  if (folder === undefined)
    return `Vertex AI's batch jobs read and write files in Cloud Storage. Say where, by option batchFolder ("gs://my-bucket/distilabel"), or leave delivery out.`
  return placeIn(folder) === undefined
    ? `option batchFolder is '${folder}', which is not a folder in Cloud Storage. Write it as "gs://my-bucket/distilabel".`
    : undefined
}

const tidied = (folder: string | undefined): string => (folder ?? "").replace(/\/+$/, "")

/** A line of results: the request, and the response or what went wrong. */
const resultIn = (line: string): JobResult<GenerateOutput> => {
  const { request, response, status } = record(JSON.parse(line))
  const id = String(record(record(request)["labels"])[nameLabel])
  const said = textIn(status)
  return said === undefined
    ? { id, answer: readOrDiagnosed(() => vertexAnswer(JSON.stringify(response))) }
    : { id, answer: diagnosisOf(said) }
}

/** What went wrong: words, and the error as it would have come over HTTP. */
const diagnosisOf = (said: string): JobResult<GenerateOutput>["answer"] => {
  const json = said.slice(Math.max(0, said.indexOf("{")))
  const { code } = record(errorIn(json))
  if (typeof code === "number" && code >= 400 && code < 600) return ofStatus(code, json, {}, 0)
  return /^bad request/i.test(said) ? ofStatus(400, said, {}, 0) : unanswered(said)
}

const errorIn = (json: string): unknown => {
  try {
    return record(JSON.parse(json))["error"]
  } catch {
    return undefined
  }
}
