/**
 * Where the sources of a run begin: at their first row, or after the rows that an earlier run has
 * seen through, if they are still the same.
 */
import * as Effect from "effect/Effect"
import type { Row } from "../../columns/Row.ts"
import type { Checkpoint, Finish } from "../../journal/Checkpoints.ts"
import type { StepFailed } from "../../step/StepFailed.ts"
import type { GeneratorWorker } from "../../step/Worker.ts"
import { contentKey } from "../keep/keys.ts"
import { SourceHash } from "../keep/SourceHash.ts"
import { SourceReader } from "./SourceReader.ts"
import type { SourceStart } from "./SourceRun.ts"

/** What an earlier run has left to go on from. */
export interface Earlier {
  readonly checkpoints: ReadonlyArray<Checkpoint>
  readonly finish: Finish | undefined
}

/** Where a run begins. */
export interface Starts {
  readonly sources: ReadonlyMap<string, SourceStart>
  /** Checkpoints before the start. */
  readonly kept: ReadonlyArray<Checkpoint>
  /** True if the earlier run was done, and its sources give the same rows as then. */
  readonly finished: boolean
}

const rowsAtOnce = 1000

/** Rows of a source of an unknown graph are hashed in blocks of so many. */
const anyBlock = 2000

/** Begins at the first row of each source, or at a later one of the only source. */
export const startsAnew = (
  workers: ReadonlyMap<string, GeneratorWorker>,
  hash: (name: string) => SourceHash | undefined,
  from = 0
): Starts => ({
  sources: new Map(
    [...workers].map(([name, worker]) => [
      name,
      { reader: new SourceReader(name, worker, from), hash: hash(name) }
    ])
  ),
  kept: [],
  finished: false
})

/** A hash of a source's rows that tells nobody on the way. */
export const quietHash = (block: number = anyBlock): SourceHash => new SourceHash(block, () => {})

/**
 * Begins after the rows that an earlier run has seen through. The rows before are read again and
 * compared: where they have changed, the run begins there.
 */
export const startsAfter = Effect.fnUntraced(function* (
  workers: ReadonlyMap<string, GeneratorWorker>,
  { checkpoints, finish }: Earlier,
  /** Rows between checkpoints; undefined if a run of the graph cannot begin in the middle. */
  block: number | undefined,
  onBlock: (position: number, hash: string) => void,
  /** Whether a source goes on after a checkpoint without the rows before it. */
  goesOn: (name: string) => boolean
): Effect.fn.Return<Starts, StepFailed> {
  const [only] = workers
  if (only !== undefined && goesOn(only[0]) && workers.size === 1)
    return goesOnAfter(only, { checkpoints, finish }, block, onBlock)
  // Rows that come only once cannot be looked at before they are wanted.
  if ([...workers.values()].some(({ once }) => once === true))
    return startsAnew(workers, () =>
      block === undefined ? quietHash() : new SourceHash(block, onBlock)
    )
  if (finish !== undefined && (yield* givesTheSame(workers, finish, block)))
    return { sources: new Map(), kept: checkpoints, finished: true }
  if (block === undefined || only === undefined || checkpoints.length === 0) {
    return startsAnew(workers, () =>
      block === undefined ? quietHash() : new SourceHash(block, onBlock)
    )
  }
  const [name, worker] = only
  const reader = new SourceReader(name, worker)
  let holds = 0
  const hash = new SourceHash(block, (position, rows) => {
    const next = checkpoints[holds]
    if (next?.position === position && next.rows === rows) holds++
  })
  const last = checkpoints.at(-1)!.position
  yield* Effect.onError(
    readRows(reader, last, (row) => hash.add(contentKey(row))),
    () => reader.release
  )
  const kept = checkpoints.slice(0, holds)
  const { position, rows } = kept.at(-1) ?? { position: 0, rows: "" }
  // The reader goes on where it stands if all is as it was.
  const begins = position === reader.position ? reader : new SourceReader(name, worker, position)
  if (begins !== reader) {
    reader.close()
    yield* reader.release
  }
  return {
    sources: new Map([
      [name, { reader: begins, hash: new SourceHash(block, onBlock, position, rows) }]
    ]),
    kept,
    finished: false
  }
})

/** Goes on after the last checkpoint, with what the generator had kept by then. */
const goesOnAfter = (
  [name, worker]: readonly [string, GeneratorWorker],
  { checkpoints, finish }: Earlier,
  block: number | undefined,
  onBlock: (position: number, hash: string) => void
): Starts => {
  if (finish !== undefined) return { sources: new Map(), kept: checkpoints, finished: true }
  const last = checkpoints.at(-1)
  if (block === undefined || last === undefined)
    return startsAnew(new Map([[name, worker]]), () =>
      block === undefined ? quietHash() : new SourceHash(block, onBlock)
    )
  const { position, rows, state } = last
  return {
    sources: new Map([
      [
        name,
        {
          reader: new SourceReader(name, worker, position, state),
          hash: new SourceHash(block, onBlock, position, rows)
        }
      ]
    ]),
    kept: checkpoints,
    finished: false
  }
}

const givesTheSame = Effect.fnUntraced(function* (
  workers: ReadonlyMap<string, GeneratorWorker>,
  { sources }: Finish,
  block: number | undefined
): Effect.fn.Return<boolean, StepFailed> {
  for (const [name, worker] of workers) {
    const then = sources[name]
    const hash = quietHash(block)
    if (then === undefined) return false
    const reader = new SourceReader(name, worker)
    // One row more than then: there may be new ones at the end.
    yield* Effect.ensuring(
      readRows(reader, then.rows + 1, (row) => hash.add(contentKey(row))),
      reader.release
    )
    reader.close()
    const now = hash.sum
    if (now.rows !== then.rows || now.hash !== then.hash) return false
  }
  return true
})

/** Reads up to a position, or to the end of the source. */
export const readRows = Effect.fnUntraced(function* (
  reader: SourceReader,
  until: number,
  each: (row: Row) => void
): Effect.fn.Return<void, StepFailed> {
  while (reader.position < until) {
    const count = Math.min(rowsAtOnce, until - reader.position)
    const given = yield* Effect.try({
      try: () => reader.next(count),
      catch: (thrown) => thrown as StepFailed
    })
    const rows = Effect.isEffect(given) ? yield* given : given
    rows.forEach(each)
    if (rows.length < count) return
  }
})
