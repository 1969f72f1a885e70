/** Displays: how a run shows itself while it goes on. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { GraphEnd } from "../watch/GraphEnd.ts"
import type { RunSummary } from "../watch/Tally.ts"

/** In place, as lines, or not at all; `auto` is live on a terminal and plain elsewhere. */
export type ProgressMode = "auto" | "live" | "plain" | "none"

/** The run that is shown. */
export interface Shown {
  readonly mode: ProgressMode
  /** The state of the run, at any time. */
  readonly summary: () => RunSummary
  /** Steps that were made but never connected. */
  readonly forgotten: ReadonlyArray<string>
}

/**
 * Shows a run as long as its effect is at work, and how it ended. Usually it writes to stderr.
 *
 * @example
 *   const title = Layer.succeed(Display, {
 *     show:
 *       ({ summary }) =>
 *       (running) =>
 *         Effect.tap(running, (end) => Effect.log(`${summary().pipeline}: ${end}`))
 *   })
 *   const distiset = await Effect.runPromise(run(pipeline).pipe(Effect.provide(title)))
 */
export class Display extends Context.Service<
  Display,
  {
    readonly show: (
      shown: Shown
    ) => <E, R>(run: Effect.Effect<GraphEnd, E, R>) => Effect.Effect<GraphEnd, E, R>
  }
>()("distilabel-ts/engine/Display") {}
