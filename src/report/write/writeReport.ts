/** Writes `report.html` into the folder of a run that has ended, done or not. */
import { join } from "node:path"
import { localFile } from "../../data/rows/ByteSource.ts"
import { writeWhole } from "../../disk/writeWhole.ts"
import { toSvg } from "../../picture/toSvg.ts"
import type { AnyPipeline } from "../../pipeline/Pipeline.ts"
import { edgeCounts } from "../figures/edgeCounts.ts"
import { readLateAnswers } from "../figures/LateAnswers.ts"
import type { ReportSubset } from "../figures/ReportData.ts"
import { type RunFigures, type SubsetFigures, writeFigures } from "../figures/RunFigures.ts"
import { findingSteps } from "../profile/findingSteps.ts"
import { type FindingStep, profileOf } from "../profile/profileOf.ts"
import { profiledRows } from "./profiledRows.ts"
import { reportName } from "./reportName.ts"
import { reportPage } from "./reportPage.ts"
import { runFile, sampledRows } from "./runFiles.ts"

/** Rows that the page holds itself, of each subset. */
const mostRows = { rows: 300, chars: 1_500_000 }
const mostErrors = { rows: 1000, chars: 1_500_000 }

/**
 * Writes the page, and the figures with the picture of the graph for pages to come; gives the
 * page's path.
 */
export const writeReport = async (
  directory: string,
  pipeline: AnyPipeline,
  figures: RunFigures
): Promise<string> => {
  const drawn = {
    ...figures,
    picture: toSvg(
      { ...pipeline, name: "", description: "" },
      { counts: edgeCounts(pipeline.graph, figures.steps) }
    )
  }
  writeFigures(directory, drawn)
  const path = join(directory, reportName)
  const steps = findingSteps(pipeline.graph)
  const page = await reportPage({
    title: figures.pipeline,
    figures: { ...drawn, late: readLateAnswers(directory) },
    subsets: await Promise.all(
      figures.subsets.map((subset) => reportSubset(directory, subset, steps))
    ),
    notShown: []
  })
  writeWhole(path, page)
  return path
}

/** A subset of a run's folder, with its first rows and what all of them hold. */
const reportSubset = async (
  directory: string,
  { errors, name, rows }: SubsetFigures,
  steps: ReadonlyArray<FindingStep>
): Promise<ReportSubset> => {
  const file = runFile(directory, name)
  return {
    name,
    rows: await sampledRows(directory, file, rows, mostRows),
    // A file of errors that is there all the same is an earlier run's.
    errors: await sampledRows(
      directory,
      errors === 0 ? undefined : runFile(directory, `${name}.errors`),
      errors,
      mostErrors
    ),
    profile:
      file === undefined
        ? undefined
        : // A file that is cut or damaged has its rows shown as far as they can be read.
          await profileOf(
            profiledRows(
              [{ type: file.type, source: localFile(join(directory, file.name)) }],
              rows
            ),
            steps
          ).catch(() => undefined)
  }
}
