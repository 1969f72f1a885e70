/**
 * What a source gives, looked at without running anything behind it: how many rows, and which, as a
 * hash for each range of them.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { CurrentCacheDirectory } from "../../data/rows/cacheDirectory.ts"
import type { Graph } from "../../pipeline/Graph.ts"
import type { StepFailed, StepsFailed } from "../../step/StepFailed.ts"
import type { GeneratorWorker } from "../../step/Worker.ts"
import { contentKey } from "../keep/keys.ts"
import { SourceHash } from "../keep/SourceHash.ts"
import { loadSteps } from "../nodes/loading.ts"
import { SourceReader } from "../nodes/SourceReader.ts"
import { readRows } from "../nodes/sourceStarts.ts"
import type { SourceRange } from "../plan/positionwise.ts"

/** The only source of a graph, ready to be read as often as one wants. */
export interface OpenSource {
  readonly name: string
  /** Whether it gives its rows only once. */
  readonly once: boolean
  readonly count: Effect.Effect<number, StepFailed>
  /**
   * The rows of ranges that follow one another, each as the hash that a run of just that range
   * notes at its end. `block` is that of the graph's plan.
   */
  readonly hashes: (
    ranges: ReadonlyArray<SourceRange>,
    block: number
  ) => Effect.Effect<ReadonlyArray<string>, StepFailed>
}

/** Opens the only source of a graph as long as the scope lives. */
export const openSource = Effect.fnUntraced(function* (
  graph: Graph,
  cacheDir: string
): Effect.fn.Return<OpenSource, StepFailed | StepsFailed, Scope.Scope> {
  const loaded = yield* loadSteps(graph, ({ kind }) => kind === "generator").pipe(
    Effect.provideService(CurrentCacheDirectory, cacheDir)
  )
  const [[name, worker]] = [...loaded] as unknown as [[string, GeneratorWorker]]
  const from = <A>(
    position: number,
    use: (reader: SourceReader) => Effect.Effect<A, StepFailed>
  ): Effect.Effect<A, StepFailed> =>
    Effect.suspend(() => {
      const reader = new SourceReader(name, worker, position)
      return Effect.ensuring(
        use(reader),
        Effect.andThen(
          Effect.sync(() => reader.close()),
          reader.release
        )
      )
    })
  return {
    name,
    once: worker.once === true,
    count: from(0, (reader) =>
      Effect.map(
        readRows(reader, Infinity, () => {}),
        () => reader.position
      )
    ),
    hashes: (ranges, block) =>
      from(ranges[0]?.from ?? 0, (reader) =>
        Effect.forEach(ranges, (range) => {
          const hash = new SourceHash(block, () => {}, range.from)
          return Effect.map(
            readRows(reader, range.to, (row) => hash.add(contentKey(row))),
            () => hash.sum.hash
          )
        })
      )
  }
})
