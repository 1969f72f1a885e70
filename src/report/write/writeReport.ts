/** Writes `report.html` into the folder of a run that has ended, done or not. */
import { renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { clearWay } from "../../disk/clearWay.ts"
import { toSvg } from "../../picture/toSvg.ts"
import type { AnyPipeline } from "../../pipeline/Pipeline.ts"
import { edgeCounts } from "../figures/edgeCounts.ts"
import { readLateAnswers } from "../figures/LateAnswers.ts"
import type { ReportSubset } from "../figures/ReportData.ts"
import { type RunFigures, type SubsetFigures, writeFigures } from "../figures/RunFigures.ts"
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
  const page = await reportPage({
    title: figures.pipeline,
    figures: { ...drawn, late: readLateAnswers(directory) },
    subsets: await Promise.all(figures.subsets.map((subset) => reportSubset(directory, subset))),
    notShown: []
  })
  clearWay(`${path}.partial`)
  clearWay(path)
  writeFileSync(`${path}.partial`, page)
  renameSync(`${path}.partial`, path)
  return path
}

/** A subset of a run's folder, with its first rows. */
const reportSubset = async (
  directory: string,
  { errors, name, rows }: SubsetFigures
): Promise<ReportSubset> => ({
  name,
  rows: await sampledRows(directory, runFile(directory, name), rows, mostRows),
  // A file of errors that is there all the same is an earlier run's.
  errors: await sampledRows(
    directory,
    errors === 0 ? undefined : runFile(directory, `${name}.errors`),
    errors,
    mostErrors
  )
})
