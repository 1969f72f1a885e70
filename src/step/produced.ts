/** What user code gives back, made uniform: rows at once, or an effect of rows. */
import * as Effect from "effect/Effect"
import type { Row } from "../columns/Row.ts"
import { collected, isStream, type Pulling, pulling } from "./streams.ts"
import { type Produced, RowChunks } from "./Worker.ts"

type Rows = ReadonlyArray<Row>

/** Rows that are there at once, else an effect that waits for them. */
export const rowsOf = (produced: Produced<Row>): Rows | Effect.Effect<Rows, unknown> => {
  if (Array.isArray(produced)) return produced
  if (Effect.isEffect(produced))
    return Effect.map(produced as Effect.Effect<Iterable<Row>, unknown>, (rows) => [...rows])
  if (isStream(produced)) return collected(produced)
  if (isPromise(produced))
    return Effect.tryPromise({ try: async () => [...(await produced)], catch: (thrown) => thrown })
  if (isAsyncIterable(produced))
    return Effect.tryPromise({ try: () => Array.fromAsync(produced), catch: (thrown) => thrown })
  if (isIterable(produced)) return [...produced]
  throw new TypeError(
    `process gave ${typeof produced}, not rows: return an array of rows, or a promise, an effect, a stream or an iterable of them`
  )
}

/** Rows as they are asked for where that can be, else as `rowsOf` has them. */
export const lazyRowsOf = (
  produced: Produced<Row>
): Iterable<Row> | Effect.Effect<Iterable<Row>, unknown> => {
  if (Effect.isEffect(produced)) return produced as Effect.Effect<Iterable<Row>, unknown>
  if (isPromise(produced))
    return Effect.tryPromise({ try: async () => produced, catch: (thrown) => thrown })
  return isIterable(produced) ? produced : rowsOf(produced)
}

/** Rows one after another, as they are asked for. */
export type RowSource =
  | { readonly kind: "sync"; readonly iterator: Iterator<Row> }
  | { readonly kind: "async"; readonly iterator: AsyncIterator<Row> }
  | { readonly kind: "chunks"; readonly iterator: AsyncIterator<Rows> }
  | ({ readonly kind: "stream" } & Pulling)

/** A source of rows that is read step by step, so that an endless one can be read too. */
export const sourceOf = (
  produced: Produced<Row> | RowChunks
): RowSource | Effect.Effect<RowSource, unknown> => {
  if (produced instanceof RowChunks)
    return { kind: "chunks", iterator: produced.chunks[Symbol.asyncIterator]() }
  if (Effect.isEffect(produced))
    return Effect.map(produced as Effect.Effect<Iterable<Row>, unknown>, syncSource)
  if (isStream(produced))
    return Effect.map(pulling(produced), (stream) => ({ kind: "stream", ...stream }))
  if (isPromise(produced))
    return Effect.tryPromise({
      try: async () => syncSource(await produced),
      catch: (thrown) => thrown
    })
  if (isAsyncIterable(produced))
    return { kind: "async", iterator: produced[Symbol.asyncIterator]() }
  if (isIterable(produced)) return syncSource(produced)
  throw new TypeError(
    `process gave ${typeof produced}, not rows: give rows one by one, or an array, a promise, an effect or a stream of them`
  )
}

const syncSource = (rows: Iterable<Row>): RowSource => ({
  kind: "sync",
  iterator: rows[Symbol.iterator]()
})

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null
const isPromise = (value: unknown): value is PromiseLike<Iterable<Row>> =>
  isObject(value) && "then" in value
const isAsyncIterable = (value: unknown): value is AsyncIterable<Row> =>
  isObject(value) && Symbol.asyncIterator in value
const isIterable = (value: unknown): value is Iterable<Row> =>
  isObject(value) && Symbol.iterator in value
