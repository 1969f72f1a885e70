/**
 * What a run takes from earlier runs and keeps for later ones: opened with the run, written and
 * closed at its end.
 */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Graph } from "../../pipeline/Graph.ts"
import { OutputStore } from "../services/OutputStore.ts"
import { regularly } from "../watch/regularly.ts"
import { KeptResults } from "./KeptResults.ts"
import { KeptRows } from "./KeptRows.ts"
import { outputSignatures } from "./keys.ts"

/** What machine and nodes need to know of it. */
export interface Keeping {
  /** The position at which the source begins: all before it was done by an earlier run. */
  readonly start: number
  /** Rows between two checkpoints. */
  readonly block: number
  /** Whether rows have keys. */
  readonly keyed: boolean
  /** By the names of the steps that keep what came of each row. */
  readonly kept: ReadonlyMap<string, KeptRows>
  /** By the names of the steps that keep what came of many rows at once. */
  readonly keptResults: ReadonlyMap<string, KeptResults>
  /** A folder for rows that have to wait. */
  readonly spillDirectory: string
  /** Whether what made error rows before is asked for again. */
  readonly retriesFailed: boolean
}

interface Options extends Pick<Keeping, "start" | "block" | "spillDirectory" | "retriesFailed"> {
  /** The folder for outputs of steps; undefined to keep none. */
  readonly stepsDirectory?: string | undefined
  /** The signatures of the steps; without them no outputs are kept. */
  readonly signatures?: ReadonlyMap<string, string> | undefined
}

/** So often outputs are written, however few they are. */
const everyMs = 1000

/** Opens what a run keeps, as long as the scope lives. */
export const keepingOf = Effect.fnUntraced(function* (
  graph: Graph,
  { signatures, stepsDirectory, ...rest }: Options
): Effect.fn.Return<Keeping, never, Scope.Scope> {
  const store = yield* OutputStore
  const kept = new Map<string, KeptRows>()
  const keptResults = new Map<string, KeptResults>()
  const keeping =
    stepsDirectory === undefined || signatures === undefined
      ? []
      : outputSignatures(graph, signatures)
  for (const [name, signature] of keeping) {
    const directory = join(stepsDirectory!, signature)
    const { kind, rowCount } = graph.nodes.get(name)!.step
    if (kind === "global" || (kind === "step" && rowCount === "many-to-one"))
      keptResults.set(name, new KeptResults(store, directory))
    else kept.set(name, new KeptRows(store, directory))
  }
  const all = [...kept.values(), ...keptResults.values()]
  const flush = (): void => all.forEach((each) => each.flush())
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      flush()
      for (const each of all) each.close()
    })
  )
  if (all.length > 0) yield* regularly(everyMs, flush)
  return { ...rest, kept, keptResults, keyed: all.length > 0 }
})
