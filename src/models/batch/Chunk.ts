/** Chunks: the questions of one job, on their way to the provider and back. */
import type * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { SavedQuestion } from "../asking/Answers.ts"
import type { BatchApi } from "../asking/BatchApi.ts"
import type { Diagnosis } from "../asking/Diagnosis.ts"
import type { Call } from "../asking/ModelAccess.ts"
import type { LLMError } from "../chat/LLMError.ts"
import type { ModelRequest } from "../chat/Model.ts"
import type { KeptChunk } from "./BatchStore.ts"
import { madeOnce } from "./making.ts"

/** A question that goes into a job, or has gone. */
export interface Entry<Request, Response> {
  /** Its name in the job. */
  id: string
  readonly question: SavedQuestion
  /** Who waits for its answer here; undefined where nobody does, or does any more. */
  call: Call<Request> | undefined
  /** Undefined where it has to be asked at once: its job had no answer to it. */
  readonly answered: Deferred.Deferred<Response | undefined, LLMError>
  /** How many jobs it has been in. */
  tries: number
}

/** A chunk that is kept and has a job, or is about to. */
export interface Chunk<Request, Response> {
  readonly kept: KeptChunk
  readonly entries: Map<string, Entry<Request, Response>>
}

/** The job of a chunk: as it is, as it was made by a process that was killed, or made now. */
export const jobOf = <Request extends ModelRequest, Response>(
  api: BatchApi<Request, Response>,
  { kept }: Chunk<Request, Response>,
  { now, others }: { readonly now: () => number; readonly others: () => ReadonlySet<string> }
): Effect.Effect<string, Diagnosis> =>
  Effect.gen(function* () {
    const { creating, file, job, uploading } = kept.progress
    if (job !== undefined) return job.id
    const lines = kept.lines()
    let fileId = file?.id
    if (api.files !== undefined && fileId === undefined) {
      const { find, upload } = api.files
      if (uploading === undefined) kept.note("uploading", { at: now() })
      const name = `${kept.name}.jsonl`
      fileId = yield* madeOnce(
        uploading !== undefined,
        find(name),
        upload(name, lines.map((line) => `${line}\n`).join(""))
      )
      kept.note("file", { id: fileId })
    }
    const since = creating?.at ?? now()
    if (creating === undefined) kept.note("creating", { at: since })
    const made = { name: kept.name, lines, file: fileId }
    const id = yield* madeOnce(
      creating !== undefined,
      Effect.suspend(() => api.find({ ...made, since, others: others() })),
      api.create(made)
    )
    kept.note("job", { id, at: now() })
    return id
    // A process that is told to stop between a job and the note of its id would have to look for it.
  }).pipe(Effect.uninterruptible)
