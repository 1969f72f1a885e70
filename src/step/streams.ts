/**
 * Streams that a step returns. `effect/Stream` is loaded with the first one: most runs have none.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { Row } from "../columns/Row.ts"

type Rows = ReadonlyArray<Row>
type RowStream = Stream.Stream<Row, unknown>

/** A stream that is being read, chunk by chunk. */
export interface Pulling {
  /** The next rows; undefined at the end. */
  readonly chunk: Effect.Effect<Rows | undefined, unknown>
  /** Releases what the stream has acquired. */
  readonly release: Effect.Effect<void>
}

const typeId: Stream.TypeId = "~effect/Stream"

/** As `Stream.isStream`, without loading it. */
export const isStream = (value: object): value is RowStream => typeId in value

/** All rows of a stream. */
export const collected = (stream: RowStream): Effect.Effect<Rows, unknown> =>
  Effect.flatMap(
    Effect.promise(() => import("effect/Stream")),
    ({ runCollect }) => runCollect(stream)
  )

/** Begins to read a stream. Nothing is pulled ahead of what is asked for. */
export const pulling = Effect.fnUntraced(function* (stream: RowStream) {
  const { toPull } = yield* Effect.promise(() => import("effect/Stream"))
  const { catchDone } = yield* Effect.promise(() => import("effect/Pull"))
  const scope = yield* Scope.make()
  const pull = yield* Scope.provide(toPull(stream), scope)
  return {
    chunk: catchDone(pull, () => Effect.succeed(undefined)),
    release: Scope.close(scope, Exit.void)
  } satisfies Pulling
})
