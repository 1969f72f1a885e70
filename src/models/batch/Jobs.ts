/**
 * The jobs of one model that are under way: each is made once, looked at from time to time, and
 * read to its last line before anything of it is removed.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { SavedQuestion } from "../asking/Answers.ts"
import { isDiagnosis, type JobResult } from "../asking/BatchApi.ts"
import type { Diagnosis } from "../asking/Diagnosis.ts"
import { isRetryable, type LLMError } from "../chat/LLMError.ts"
import type { ModelRequest } from "../chat/Model.ts"
import type { BatchSettings } from "./BatchSettings.ts"
import type { KeptChunk } from "./BatchStore.ts"
import { type Chunk, type Entry, jobOf } from "./Chunk.ts"
import { patiently } from "./making.ts"
import { type Answering, failed, kept as keptAnswer } from "./outcomes.ts"

/** So many answers of a job go into the journal at once. */
const keptAtOnce = 256

/** What a job says of a question that it has no answer to: it expired, was cancelled, or lost it. */
const missing: Diagnosis = {
  reason: "ServerError",
  detail: "its job ended without an answer to it"
}

/** A provider's words as the end of a sentence. */
const sentence = (words: string): string => (/[.!?]$/.test(words) ? words : `${words}.`)

/** What becomes of a question that a job did not answer. */
type Again<Request, Response> = (
  entry: Entry<Request, Response>,
  diagnosis: Diagnosis
) => Effect.Effect<void>

/** Jobs that are not done. */
export interface UnderWay {
  readonly jobs: number
  readonly questions: number
  /** US dollars that they may cost, as far as prices are known. */
  readonly estimate: number
}

export class Jobs<Request extends ModelRequest, Response> {
  readonly #answering: Answering<Request, Response>
  readonly #settings: BatchSettings
  readonly #again: Again<Request, Response>
  /** One thing at a time is done about jobs. */
  readonly #turn = Semaphore.makeUnsafe(1)
  readonly #chunks = new Map<string, Chunk<Request, Response>>()
  /** Questions of chunks by their keys, until their answers are there. */
  readonly #asked = new Map<string, Array<Entry<Request, Response>>>()

  /** Takes over the jobs at a place that other processes have left. */
  constructor(
    answering: Answering<Request, Response>,
    settings: BatchSettings,
    place: string,
    again: Again<Request, Response>
  ) {
    this.#answering = answering
    this.#settings = settings
    this.#again = again
    for (const kept of settings.store.adopt(place))
      this.#hold(
        kept,
        kept.entries().map(({ id, question }) => ({
          id,
          question,
          call: undefined,
          answered: Deferred.makeUnsafe<Response | undefined, LLMError>(),
          tries: 1
        }))
      )
  }

  get underWay(): UnderWay {
    const chunks = [...this.#chunks.values()]
    return {
      jobs: chunks.length,
      questions: chunks.reduce((sum, { entries }) => sum + entries.size, 0),
      estimate: chunks.reduce((sum, { kept }) => sum + (kept.facts.estimate ?? 0), 0)
    }
  }

  /** The question as a job has it that nobody waits for: of the same row first. */
  find({ content, key, row, sample, step }: SavedQuestion): Entry<Request, Response> | undefined {
    const free = (this.#asked.get(key) ?? []).filter(
      ({ call, question }) =>
        call === undefined && question.step === step && question.sample === sample
    )
    return (
      free.find(({ question }) => question.content === content && question.row === row) ??
      free.find(({ question }) => question.content === content) ??
      free.find(({ question }) => question.row === row)
    )
  }

  /** Makes a job of questions that are kept. */
  make(kept: KeptChunk, entries: ReadonlyArray<Entry<Request, Response>>): Effect.Effect<void> {
    return this.#turn.withPermit(Effect.suspend(() => this.#made(this.#hold(kept, entries))))
  }

  /** Looks at the jobs, and takes the answers of those that have ended. */
  readonly look: Effect.Effect<void> = Effect.suspend(() =>
    this.#turn.withPermit(
      Effect.forEach([...this.#chunks.values()], (chunk) => this.#lookAt(chunk), { discard: true })
    )
  )

  /** Cancels all jobs. They still have to be looked at: what they have answered is paid for. */
  readonly cancel: Effect.Effect<void> = Effect.suspend(() => {
    const { access, api } = this.#answering
    const { cancel } = api
    if (cancel === undefined) {
      const { jobs, questions } = this.underWay
      if (jobs > 0)
        this.#settings.warn(
          `Jobs of ${access.by} cannot be cancelled: those under way will answer ${questions} questions, which cost what they cost and are taken when they come.`
        )
      return Effect.void
    }
    return this.#turn.withPermit(
      Effect.forEach(
        this.#chunks.values(),
        ({ kept: { progress } }) =>
          progress.job === undefined
            ? Effect.void
            : Effect.ignore(patiently(() => cancel(progress.job!.id))),
        { discard: true }
      )
    )
  })

  /** Leaves the jobs to whoever comes next. */
  release(): void {
    for (const { kept } of this.#chunks.values()) kept.release()
  }

  #hold(
    kept: KeptChunk,
    entries: ReadonlyArray<Entry<Request, Response>>
  ): Chunk<Request, Response> {
    const chunk = { kept, entries: new Map(entries.map((entry) => [entry.id, entry])) }
    this.#chunks.set(kept.name, chunk)
    for (const entry of entries) {
      const others = this.#asked.get(entry.question.key)
      if (others === undefined) this.#asked.set(entry.question.key, [entry])
      else others.push(entry)
    }
    return chunk
  }

  #drop(chunk: Chunk<Request, Response>, entry: Entry<Request, Response>): void {
    chunk.entries.delete(entry.id)
    const left = (this.#asked.get(entry.question.key) ?? []).filter((other) => other !== entry)
    if (left.length === 0) this.#asked.delete(entry.question.key)
    else this.#asked.set(entry.question.key, left)
  }

  /** Sees to it that a chunk has a job. */
  #made(chunk: Chunk<Request, Response>): Effect.Effect<void> {
    return Effect.catch(
      Effect.asVoid(
        jobOf(this.#answering.api, chunk, {
          now: this.#settings.now,
          others: () =>
            new Set(
              this.#chunks.values().flatMap(({ kept: { progress } }) => progress.job?.id ?? [])
            )
        })
      ),
      (diagnosis) => this.#refused(chunk, diagnosis)
    )
  }

  #lookAt(chunk: Chunk<Request, Response>): Effect.Effect<void> {
    const { kept } = chunk
    const { access, api } = this.#answering
    return Effect.gen({ self: this }, function* () {
      kept.touch()
      const results = kept.results()
      if (results !== undefined) return yield* this.#collect(chunk, results)
      if (kept.progress.job === undefined) yield* this.#made(chunk)
      const { job } = kept.progress
      if (job === undefined || !this.#chunks.has(kept.name)) return
      const state = yield* patiently(() => api.look(job.id))
      if (state.kind === "under way") return
      if (state.kind === "failed") return yield* this.#refused(chunk, state.diagnosis)
      const text = yield* patiently(() => api.results(job.id))
      kept.keepResults(text)
      yield* this.#collect(chunk, text)
    }).pipe(
      Effect.catch(({ detail }) =>
        Effect.sync(() =>
          this.#settings.warn(
            `The job of ${access.by} with ${chunk.entries.size} answers cannot be looked at: ${sentence(detail)} It stays, and is looked at again.`
          )
        )
      )
    )
  }

  /** A job that was not made, or that the provider refuses as a whole. */
  #refused(chunk: Chunk<Request, Response>, diagnosis: Diagnosis): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      const passes = isRetryable(diagnosis.reason)
      // What may yet be made is looked for by the next run.
      if (passes) {
        this.#chunks.delete(chunk.kept.name)
        chunk.kept.release()
      } else yield* this.#forget(chunk)
      const entries = [...chunk.entries.values()]
      for (const entry of entries) {
        this.#drop(chunk, entry)
        yield* failed(this.#answering, entry, diagnosis, passes)
      }
    })
  }

  /**
   * Takes the answers of a job that has ended: they are kept first, then what the provider has of
   * the job is removed, and only then do rows move on, since the last of them may end the run.
   */
  #collect(chunk: Chunk<Request, Response>, text: string): Effect.Effect<void> {
    const lines = text.split("\n").filter((line) => line.trim() !== "")
    return Effect.gen({ self: this }, function* () {
      const settled = yield* Effect.forEach(lines, (line) => this.#settled(chunk, line), {
        concurrency: keptAtOnce
      })
      // Rows that come later look for answers that nobody waits for yet.
      this.#answering.access.answers?.findable()
      const left = [...chunk.entries.values()]
      for (const entry of left) this.#drop(chunk, entry)
      yield* this.#forget(chunk)
      for (const done of settled) yield* done
      for (const entry of left) yield* this.#again(entry, missing)
    }).pipe(Effect.uninterruptible)
  }

  /** Keeps the answer in a line; gives what then tells whoever waits for it. */
  #settled(chunk: Chunk<Request, Response>, line: string): Effect.Effect<Effect.Effect<void>> {
    return Effect.suspend(() => {
      const result = this.#read(line)
      const entry = result === undefined ? undefined : chunk.entries.get(result.id)
      if (result === undefined || entry === undefined) return Effect.succeed(Effect.void)
      this.#drop(chunk, entry)
      const { answer } = result
      return isDiagnosis(answer)
        ? Effect.succeed(this.#again(entry, answer))
        : keptAnswer(this.#answering, entry, chunk.kept.facts.made, answer)
    })
  }

  /** A line that cannot be read is no answer: its question is missing. */
  #read(line: string): JobResult<Response> | undefined {
    try {
      return this.#answering.api.read(line)
    } catch {
      return undefined
    }
  }

  /** Nothing of a job is left, neither at the provider nor here. */
  #forget({ kept }: Chunk<Request, Response>): Effect.Effect<void> {
    const { access, api } = this.#answering
    const { file, job } = kept.progress
    const remove =
      job === undefined || !this.#settings.removes
        ? Effect.void
        : patiently(() => api.remove(job.id, file?.id))
    return Effect.catch(remove, ({ detail }) =>
      Effect.sync(() =>
        this.#settings.warn(
          `${access.by} keeps the files of job '${job?.id ?? ""}', which cannot be removed: ${sentence(detail)}`
        )
      )
    ).pipe(
      Effect.andThen(
        Effect.sync(() => {
          kept.forget()
          this.#chunks.delete(kept.name)
        })
      )
    )
  }
}
