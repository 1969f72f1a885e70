/** Warnings of a run: what it goes on in spite of, as logs of effect. */
import * as Effect from "effect/Effect"

/** Marks what the library itself logs, so that a logger can tell it from a program's own. */
export const libraryLog = "distilabel-ts"

/** Logs a sentence that is for the person who runs the pipeline. */
export const warning = (sentence: string): Effect.Effect<void> =>
  Effect.annotateLogs(Effect.logWarning(sentence), libraryLog, true)

/** Logs what went wrong beside a run. */
export const failure = (sentence: string): Effect.Effect<void> =>
  Effect.annotateLogs(Effect.logError(sentence), libraryLog, true)

/** `warning` for code that is not an effect, with the loggers in use. */
export const warnings: Effect.Effect<(sentence: string) => void> = Effect.map(
  Effect.context<never>(),
  (context) => (sentence) => Effect.runSyncWith(context)(warning(sentence))
)
