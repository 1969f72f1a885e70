/**
 * What surrounds a run unless a program provides something else: cards, reports, the display,
 * signals, and a logger. This is where the engine meets the rest of the library.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as References from "effect/References"
import type { RunServices } from "../engine/local/execute.ts"
import { Display } from "../engine/services/Display.ts"
import { Reports } from "../engine/services/Reports.ts"
import { Signals } from "../engine/services/Signals.ts"
import { Stories } from "../engine/services/Stories.ts"
import { runLogger } from "./display/logger.ts"
import { showProgress } from "./display/progress.ts"
import { measured } from "./report/RunMeasures.ts"
import { stopOnSignals } from "./signals.ts"

const usual: Context.Context<RunServices> = Context.empty().pipe(
  Context.add(Display, { show: showProgress }),
  Context.add(Reports, { measure: measured }),
  Context.add(Signals, { stopOn: stopOnSignals }),
  Context.add(Stories, {
    storyOf: (pipeline, directory) => ({
      // Loaded when something is saved: cards need the document of the pipeline, and so all tasks.
      tell: async (facts) =>
        (await import("../card/storyOf.ts")).storyOf(pipeline, directory).tell(facts)
    })
  }),
  Context.add(References.CurrentLoggers, new Set([runLogger]))
)

/** Runs with the usual surroundings; services that the program has provided come first. */
export const surrounded = <A, E, R>(
  run: Effect.Effect<A, E, R>
): Effect.Effect<A, E, Exclude<R, RunServices>> =>
  Effect.updateContext(
    run,
    (provided: Context.Context<Exclude<R, RunServices>>) =>
      // What was not provided is there as usual: the type of what is left says so.
      Context.merge(usual, provided) as Context.Context<R>
  )
