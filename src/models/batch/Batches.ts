/** The jobs of a run, model by model. */
import { hash } from "node:crypto"
import * as Effect from "effect/Effect"
import type { Batches, Call, ModelAccess } from "../asking/ModelAccess.ts"
import type { LLMError } from "../chat/LLMError.ts"
import type { ModelRequest } from "../chat/Model.ts"
import { BatchQueue } from "./BatchQueue.ts"
import type { BatchSettings } from "./BatchSettings.ts"
import type { UnderWay } from "./Jobs.ts"

type AnyQueue = Pick<BatchQueue<ModelRequest, unknown>, "by" | "flush" | "jobs">

export class RunBatches implements Pick<Batches, "deliver"> {
  readonly #settings: BatchSettings
  readonly #queues = new Map<string, AnyQueue>()

  constructor(settings: BatchSettings) {
    this.#settings = settings
  }

  readonly deliver = <Request extends ModelRequest, Response>(
    access: ModelAccess<Request, Response>,
    call: Call<Request>
  ): Effect.Effect<Response | undefined, LLMError> => {
    if (call.asking === undefined) return Effect.succeed(undefined)
    const queue = this.#queueOf(access)
    return call.request.delivery === "batch" ? queue.answer(call) : queue.withdrawn(call)
  }

  /** Takes over jobs of a model's questions that earlier processes have made. */
  open<Request extends ModelRequest, Response>(access: ModelAccess<Request, Response>): void {
    this.#queueOf(access)
  }

  /** The jobs that are not done, by who answers. */
  get underWay(): ReadonlyArray<UnderWay & { readonly by: string }> {
    return [...this.#queues.values()]
      .map(({ by, jobs }) => ({ by, ...jobs.underWay }))
      .filter(({ jobs }) => jobs > 0)
  }

  readonly flush: Effect.Effect<void> = this.#each(({ flush }) => flush)
  readonly look: Effect.Effect<void> = this.#each(({ jobs }) => jobs.look)
  readonly cancel: Effect.Effect<void> = this.#each(({ jobs }) => jobs.cancel)

  /** Leaves the jobs to whoever comes next. */
  release(): void {
    for (const { jobs } of this.#queues.values()) jobs.release()
  }

  #each(work: (queue: AnyQueue) => Effect.Effect<void>): Effect.Effect<void> {
    return Effect.suspend(() =>
      Effect.forEach([...this.#queues.values()], work, { concurrency: "unbounded", discard: true })
    )
  }

  #queueOf<Request extends ModelRequest, Response>(
    access: ModelAccess<Request, Response>
  ): BatchQueue<Request, Response> {
    const { kind, place, source = "" } = access
    const name = hash("sha1", [kind.name, place.llm, place.model, source].join("\n"))
    const known = this.#queues.get(name)
    const queue = known ?? new BatchQueue(access, access.batches!, this.#settings, name)
    this.#queues.set(name, queue)
    // One cast: a place is asked by one kind of request.
    return queue as BatchQueue<Request, Response>
  }
}
