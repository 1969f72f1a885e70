/** Traced workers: spans that a step's own effects make stand below the step's span. */
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"
import type { Worker } from "../../step/Worker.ts"

export const tracedWorker = <W extends Worker>(worker: W, span: Tracer.Span): W => {
  if (worker.kind === "generator") return worker
  const call = worker.process as (...args: ReadonlyArray<unknown>) => unknown
  const process = (...args: ReadonlyArray<unknown>): unknown => {
    const made = call(...args)
    return Effect.isEffect(made) ? Effect.provideService(made, Tracer.ParentSpan, span) : made
  }
  return { ...worker, process }
}
