/**
 * Source readers: the rows of a generator in their order, from a position on, however it gives
 * them.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { Row } from "../../columns/Row.ts"
import { type RowSource, sourceOf } from "../../step/produced.ts"
import type { RowFailed, StepFailed } from "../../step/StepFailed.ts"
import type { Pulling } from "../../step/streams.ts"
import type { GeneratorWorker, SourceAtWork } from "../../step/Worker.ts"
import { asStepFailed, endsRun, rowFailure, stepFailure } from "../watch/failures.ts"

type Rows = ReadonlyArray<Row>

/** What is told of a generator that asks a model. */
type SourceWatch = Pick<SourceAtWork, "onRequests" | "onLeft" | "onLate" | "most">

const unwatched: SourceWatch = {
  onRequests: () => {},
  onLeft: () => {},
  onLate: () => {},
  most: Infinity
}

export class SourceReader {
  readonly #step: string
  readonly #worker: GeneratorWorker
  /** The position of the next row. */
  position: number
  #source: RowSource | undefined
  /** Rows of a chunk that nobody has asked for yet, and how many of them were given. */
  #chunk: Rows = []
  #used = 0
  /** The position of the row that the generator makes next: ahead of `position` within a batch. */
  #making: number
  readonly #state: unknown
  #watch: SourceWatch = unwatched

  /** `state` is what the generator kept when it had made the rows before `position`. */
  constructor(step: string, worker: GeneratorWorker, position = 0, state?: unknown) {
    this.#step = step
    this.#worker = worker
    this.position = position
    this.#making = position
    this.#state = state
  }

  /** Whether the generator keeps a state over a resume. */
  get keepsState(): boolean {
    return this.#worker.state !== undefined
  }

  /** Whoever looks on while the generator asks a model. */
  watchedBy(watch: SourceWatch): void {
    this.#watch = watch
  }

  /** How many rows there will be, if known. */
  get total(): number | undefined {
    return this.#worker.total
  }

  /** Why a row is an error row from the beginning. */
  failureOf(row: Row): RowFailed | undefined {
    const thrown = this.#worker.failureOf?.(row)
    if (thrown === undefined) return undefined
    const failure = rowFailure(this.#step, thrown)
    if (failure.fatal === true) throw stepFailure(failure)
    return failure
  }

  /** No row from a position on will be asked for. */
  limitTo(most: number): void {
    this.#watch = { ...this.#watch, most }
  }

  /**
   * Up to so many rows, fewer only at the end: at once where the generator gives them so, else as
   * an effect that waits for them.
   */
  next(count: number): Rows | Effect.Effect<Rows, StepFailed> {
    let source
    try {
      source = this.#source ?? sourceOf(this.#worker.generate(this.position, this.#atWork()))
    } catch (thrown) {
      throw this.#failed(thrown)
    }
    if (!Effect.isEffect(source)) return this.#pull(source, count)
    return source.pipe(
      Effect.mapError((thrown) => this.#failed(thrown)),
      Effect.flatMap((opened) => {
        const rows = this.#pull(opened, count)
        return Effect.isEffect(rows) ? rows : Effect.succeed(rows)
      })
    )
  }

  /** The generator is asked for no more. */
  close(): void {
    if (this.#source !== undefined && this.#source.kind !== "stream")
      void this.#source.iterator.return?.()
  }

  /** Releases what a stream has acquired, once nothing reads from it any more. */
  readonly release: Effect.Effect<void> = Effect.suspend(() =>
    this.#source?.kind === "stream" ? this.#source.release : Effect.void
  )

  #atWork(): SourceAtWork {
    return {
      position: () => this.#making,
      onRequests: (underWay) => this.#watch.onRequests(underWay),
      onLeft: () => this.#watch.onLeft(),
      onLate: (late) => this.#watch.onLate(late),
      most: this.#watch.most,
      state: this.#state
    }
  }

  /** A row that was made just now. */
  readonly #made = (row: Row): Row => {
    this.#making++
    return this.#worker.completed?.(row) ?? row
  }

  #pull(source: RowSource, count: number): Rows | Effect.Effect<Rows, StepFailed> {
    this.#source = source
    if (source.kind === "sync")
      return this.#counted(() => pulled(source.iterator, count, this.#made))
    if (source.kind === "stream") return this.#ofStream(source, count)
    if (source.kind === "chunks" && this.#chunk.length - this.#used >= count)
      return this.#counted(() => this.#ofChunk(count))
    return Effect.tryPromise({
      try: async () => {
        const rows =
          source.kind === "chunks"
            ? await this.#ofChunks(source.iterator, count)
            : await pulledAsync(source.iterator, count, this.#made)
        return this.#counted(() => rows)
      },
      catch: (thrown) => this.#failed(thrown)
    })
  }

  #ofStream({ chunk }: Pulling, count: number): Effect.Effect<Rows, StepFailed> {
    return Effect.gen({ self: this }, function* () {
      const rows = [...this.#ofChunk(count)]
      while (rows.length < count) {
        const next = yield* chunk
        if (next === undefined) break
        this.#chunk = next.map(this.#made)
        this.#used = 0
        for (const row of this.#ofChunk(count - rows.length)) rows.push(row)
      }
      return this.#counted(() => rows)
    }).pipe(
      Effect.catchCause((cause) =>
        Cause.hasInterruptsOnly(cause)
          ? Effect.failCause(cause as Cause.Cause<never>)
          : Effect.fail(this.#failed(Cause.squash(cause)))
      )
    )
  }

  #ofChunk(count: number): Rows {
    const rows = this.#chunk.slice(this.#used, this.#used + count)
    this.#used += rows.length
    return rows
  }

  async #ofChunks(iterator: AsyncIterator<Rows>, count: number): Promise<Rows> {
    const rows = [...this.#ofChunk(count)]
    while (rows.length < count) {
      const next = await iterator.next()
      if (next.done === true) break
      this.#chunk = next.value.map(this.#made)
      this.#used = 0
      for (const row of this.#ofChunk(count - rows.length)) rows.push(row)
    }
    return rows
  }

  #counted(pull: () => Rows): Rows {
    let rows
    try {
      rows = pull()
    } catch (thrown) {
      throw this.#failed(thrown)
    }
    for (const row of rows) {
      if (typeof row !== "object" || row === null)
        throw this.#failed(`a row is ${JSON.stringify(row) ?? typeof row}, not an object`)
    }
    this.position += rows.length
    return rows
  }

  #failed(thrown: unknown): StepFailed {
    return endsRun(thrown) ? (thrown as StepFailed) : asStepFailed(this.#step, "generate", thrown)
  }
}

const pulled = (iterator: Iterator<Row>, count: number, made: (row: Row) => Row): Rows => {
  const rows: Array<Row> = []
  while (rows.length < count) {
    const next = iterator.next()
    if (next.done === true) break
    rows.push(made(next.value))
  }
  return rows
}

const pulledAsync = async (
  iterator: AsyncIterator<Row>,
  count: number,
  made: (row: Row) => Row
): Promise<Rows> => {
  const rows: Array<Row> = []
  while (rows.length < count) {
    const next = await iterator.next()
    if (next.done === true) break
    rows.push(made(next.value))
  }
  return rows
}
