/** Reports of runs: a page in the run's folder that shows what was measured. */
import * as Effect from "effect/Effect"
import type { Row } from "../../columns/Row.ts"
import type { Distiset } from "../../data/distiset/Distiset.ts"
import type { Measured } from "../../engine/services/Reports.ts"
import type { RunFigures } from "../../report/figures/RunFigures.ts"
import { redacted } from "../../secrets/redact.ts"
import { failure } from "../../step/warnings.ts"

/** Writes the report, if there is anything to show. One that cannot be written is logged. */
export const written = (
  { directory, pipeline }: Pick<Measured, "directory" | "pipeline">,
  measured: () => RunFigures | undefined,
  distiset: Distiset<Readonly<Record<string, Row>>> | undefined
): Effect.Effect<void> =>
  Effect.tryPromise(async () => {
    const figures = measured()
    if (figures === undefined) return
    const { writeReport } = await import("../../report/write/writeReport.ts")
    const subsets = Object.entries(distiset?.subsets ?? {}).map(
      ([name, { errorCount, length }]) => ({ name, rows: length, errors: errorCount })
    )
    await writeReport(directory, pipeline, subsets.length === 0 ? figures : { ...figures, subsets })
  }).pipe(
    Effect.catch(({ cause }) =>
      failure(`The report of this run could not be written: ${redacted((cause as Error).message)}`)
    )
  )
