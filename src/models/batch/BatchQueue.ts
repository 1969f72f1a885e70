/**
 * Questions to one model on their way into jobs: they wait until there are enough of them for a
 * job, or have waited for long, or nothing else moves.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { addressIdentity } from "../../secrets/addresses.ts"
import type { SavedQuestion } from "../asking/Answers.ts"
import { type BatchApi, batchPriceShare } from "../asking/BatchApi.ts"
import type { Diagnosis } from "../asking/Diagnosis.ts"
import type { Call, ModelAccess } from "../asking/ModelAccess.ts"
import { isRetryable, type LLMError } from "../chat/LLMError.ts"
import type { ModelRequest } from "../chat/Model.ts"
import type { BatchSettings } from "./BatchSettings.ts"
import type { Entry } from "./Chunk.ts"
import { Jobs } from "./Jobs.ts"
import { type Answering, failed, leftToAsk } from "./outcomes.ts"

/** How soon one looks again at a job that is cancelled. */
const soonMs = 2000

export class BatchQueue<Request extends ModelRequest, Response> {
  readonly #answering: Answering<Request, Response>
  readonly #settings: BatchSettings
  readonly #place: string
  readonly #jobs: Jobs<Request, Response>
  #waiting: Array<Entry<Request, Response>> = []
  #waitingBytes = 0
  /** Questions of jobs that are to be made. */
  #ready: Array<ReadonlyArray<Entry<Request, Response>>> = []
  /** Whether its jobs were cancelled, since their questions are to be asked at once. */
  #withdraws = false

  constructor(
    access: ModelAccess<Request, Response>,
    api: BatchApi<Request, Response>,
    settings: BatchSettings,
    place: string
  ) {
    this.#answering = { access, api }
    this.#settings = settings
    this.#place = place
    this.#jobs = new Jobs(this.#answering, settings, place, (entry, diagnosis) =>
      this.#again(entry, diagnosis)
    )
  }

  /** Who answers. */
  get by(): string {
    return this.#answering.access.by
  }

  get jobs(): Pick<Jobs<Request, Response>, "cancel" | "look" | "release" | "underWay"> {
    return this.#jobs
  }

  /** The answer to a question, in the job in which it comes. */
  readonly answer = (call: Call<Request>): Effect.Effect<Response | undefined, LLMError> =>
    Effect.suspend(() => {
      const question = call.asking!.question
      return this.#resting(this.#jobs.find(question) ?? this.#add(call, question), call)
    })

  /**
   * The answer to a question that went into a job and is now to be asked at once: the job is
   * cancelled, where that can be, and what it has answered by then is taken. Undefined if it was in
   * no job, or has no answer.
   */
  readonly withdrawn = (call: Call<Request>): Effect.Effect<Response | undefined, LLMError> =>
    Effect.suspend(() => {
      const entry = this.#jobs.find(call.asking!.question)
      if (entry === undefined) return Effect.succeed(undefined)
      if (!this.#withdraws) {
        this.#withdraws = true
        this.#settings.fork(Effect.andThen(this.#jobs.cancel, this.#lookUntilEnded))
      }
      return this.#resting(entry, call)
    })

  /** Puts the questions that wait into jobs. */
  readonly flush: Effect.Effect<void> = Effect.suspend(() => {
    this.#cut()
    return this.#submitted
  })

  readonly #submitted: Effect.Effect<void> = Effect.suspend(() => {
    const cut = this.#ready
    this.#ready = []
    return Effect.forEach(cut, (entries) => this.#submit(entries), { discard: true })
  })

  /** Jobs that are cancelled end soon. */
  readonly #lookUntilEnded: Effect.Effect<void> = Effect.suspend(() => {
    if (this.#jobs.underWay.jobs === 0) return Effect.void
    const { pollMs } = this.#settings
    const ends = this.#answering.api.cancel === undefined ? pollMs : Math.min(pollMs, soonMs)
    return this.#jobs.look.pipe(
      Effect.andThen(Effect.sleep(ends)),
      Effect.andThen(this.#lookUntilEnded)
    )
  })

  #resting(
    entry: Entry<Request, Response>,
    call: Call<Request>
  ): Effect.Effect<Response | undefined, LLMError> {
    entry.call = call
    call.tell("resting", entry.tries)
    return Effect.onInterrupt(Deferred.await(entry.answered), () =>
      Effect.sync(() => {
        entry.call = undefined
      })
    )
  }

  #add(call: Call<Request>, question: SavedQuestion): Entry<Request, Response> {
    const answered = Deferred.makeUnsafe<Response | undefined, LLMError>()
    const entry = { id: "", question, call, answered, tries: 1 }
    this.#wait(entry)
    return entry
  }

  #wait(entry: Entry<Request, Response>): void {
    const { most } = this.#answering.api
    const { afterMs, fork, size } = this.#settings
    const bytes = Buffer.byteLength(this.#lineOf(entry)) + 1
    if (this.#waitingBytes + bytes > most.bytes) this.#send()
    this.#waiting.push(entry)
    this.#waitingBytes += bytes
    if (this.#waiting.length === 1) fork(Effect.andThen(Effect.sleep(afterMs), this.flush))
    if (this.#waiting.length >= Math.min(size, most.requests)) this.#send()
  }

  /** The line of a question that waits, under a name at least as long as its own will be. */
  #lineOf({ call, question }: Entry<Request, Response>): string {
    return this.#answering.api.line(`${question.key}-000000`, call!.request)
  }

  #send(): void {
    this.#cut()
    this.#settings.fork(this.#submitted)
  }

  /** No more questions go into the job that those which wait will be. */
  #cut(): void {
    if (this.#waiting.length > 0) this.#ready.push(this.#waiting)
    this.#waiting = []
    this.#waitingBytes = 0
  }

  #submit(cut: ReadonlyArray<Entry<Request, Response>>): Effect.Effect<void> {
    return Effect.suspend(() => {
      const wanted = cut.filter(({ call }) => call !== undefined)
      const { entries, estimate } = this.#affordable(wanted)
      if (entries.length < wanted.length) this.#settings.onTooDear()
      if (entries.length === 0) return Effect.void
      nameEach(entries)
      const { access, api } = this.#answering
      const { by, place } = access
      const kept = this.#settings.store.add(
        {
          place: this.#place,
          asked: {
            type: place.llm,
            model: place.model,
            address: [place.urlOption, addressIdentity(place.baseUrl ?? "")]
          },
          by,
          made: this.#settings.now(),
          questions: entries.length,
          estimate: estimate ?? null
        },
        entries.map(({ id, question }) => ({ id, question })),
        entries.map((entry) => api.line(entry.id, entry.call!.request))
      )
      return this.#jobs.make(kept, entries)
    })
  }

  /** The questions that the budget has room for, and what they may cost. */
  #affordable(all: ReadonlyArray<Entry<Request, Response>>) {
    const { access } = this.#answering
    let room = this.#settings.room()
    let estimate: number | undefined = 0
    const entries = all.filter(({ call, question }) => {
      const usage = { ...access.tokens.expected(call!.request), priceShare: batchPriceShare }
      const cost = access.answers!.costOf(question.step, usage)
      if (cost === undefined) {
        estimate = undefined
        return true
      }
      if (cost > room) return false
      room -= cost
      if (estimate !== undefined) estimate += cost
      return true
    })
    return { entries, estimate }
  }

  /** A question that a job did not answer goes into the next one, unless that cannot help. */
  #again(entry: Entry<Request, Response>, diagnosis: Diagnosis): Effect.Effect<void> {
    return Effect.suspend(() => {
      const { call } = entry
      if (call === undefined) return Effect.void
      const passes = isRetryable(diagnosis.reason)
      if (passes && call.request.delivery !== "batch") return leftToAsk(entry)
      const { maxRetries } = this.#answering.access.patience
      if (!passes || entry.tries > maxRetries || !this.#settings.takesNew())
        return failed(this.#answering, entry, diagnosis)
      entry.tries++
      this.#wait(entry)
      return Effect.void
    })
  }
}

/** Names of questions in a job: their keys, with a number where a question is there several times. */
const nameEach = (
  entries: ReadonlyArray<{ id: string; readonly question: SavedQuestion }>
): void => {
  const counts = new Map<string, number>()
  for (const entry of entries) {
    const { key } = entry.question
    const count = counts.get(key) ?? 0
    counts.set(key, count + 1)
    entry.id = count === 0 ? key : `${key}-${count}`
  }
}
