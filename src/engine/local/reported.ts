/** Reports of runs: what a run has measured, told in a page in its folder when it ends. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { Row } from "../../columns/Row.ts"
import type { Distiset } from "../../data/distiset/Distiset.ts"
import type { AnyPipeline } from "../../pipeline/Pipeline.ts"
import type { SessionEnd } from "../../report/figures/RunFigures.ts"
import { redacted } from "../../secrets/redact.ts"
import type { RunMeasures } from "./RunMeasures.ts"

/** How a run ended. */
export interface Ended {
  readonly end: SessionEnd
  readonly detail?: string | undefined
  /** What it gave, if it is done. */
  readonly distiset?: Distiset<Readonly<Record<string, Row>>> | undefined
}

/** How a run has ended that gave nothing. */
export const endOf = (cause: Cause.Cause<unknown>): Ended => {
  if (Cause.hasInterruptsOnly(cause)) return { end: "stopped", detail: "was interrupted" }
  const error = Cause.squash(cause)
  return { end: "failed", detail: redacted(error instanceof Error ? error.message : String(error)) }
}

/**
 * Writes the report of a run that has ended. A report that cannot be written is told, and costs the
 * run nothing.
 */
export const reported = (
  measures: RunMeasures,
  pipeline: AnyPipeline,
  directory: string,
  { detail, distiset, end }: Ended
): Effect.Effect<void> =>
  Effect.promise(async () => {
    try {
      const figures = measures.end(end, detail) ?? measures.earlier
      if (figures === undefined) return
      const { writeReport } = await import("../../report/write/writeReport.ts")
      const counted = Object.entries(distiset?.subsets ?? {}).map(
        ([name, { errorCount, length }]) => ({ name, rows: length, errors: errorCount })
      )
      await writeReport(
        directory,
        pipeline,
        counted.length === 0 ? figures : { ...figures, subsets: counted }
      )
    } catch (thrown) {
      process.stderr.write(
        `The report of this run could not be written: ${redacted((thrown as Error).message)}\n`
      )
    }
  })
