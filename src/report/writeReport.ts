/** Writes `report.html` into the folder of a run that has ended, done or not. */
import { renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import { toSvg } from "../picture/toSvg.ts"
import { edgeCounts } from "./edgeCounts.ts"
import type { ReportSubset } from "./ReportData.ts"
import { reportName } from "./reportName.ts"
import { reportPage } from "./reportPage.ts"
import { type RunFigures, writeFigures } from "./RunFigures.ts"
import { runFile, sampledRows } from "./runFiles.ts"

/** Rows that the page holds itself, of each subset. */
const mostRows = { rows: 300, chars: 1_500_000 }
const mostErrors = { rows: 1000, chars: 1_500_000 }

/** How many rows a subset has, where that is known. */
export type SubsetCounts = Readonly<Record<string, { readonly rows: number; readonly errors: number }>>

/** Writes the page, and the figures with the picture of the graph for pages to come; gives the page's path. */
export const writeReport = async (directory: string, pipeline: AnyPipeline, figures: RunFigures, counts: SubsetCounts = {}): Promise<string> => {
  const drawn = { ...figures, picture: toSvg({ ...pipeline, name: "", description: "" }, { counts: edgeCounts(pipeline.graph, figures.steps) }) }
  writeFigures(directory, drawn)
  const path = join(directory, reportName)
  const page = await reportPage({ title: figures.pipeline, figures: drawn, subsets: await subsetsOf(directory, figures.subsets, counts), notShown: [] })
  writeFileSync(`${path}.partial`, page)
  renameSync(`${path}.partial`, path)
  return path
}

/** Subsets of a run's folder by their names, with their first rows. */
export const subsetsOf = (directory: string, names: ReadonlyArray<string>, counts: SubsetCounts = {}): Promise<ReadonlyArray<ReportSubset>> =>
  Promise.all(names.map(async (name) => ({
    name,
    rows: await sampledRows(directory, runFile(directory, name), counts[name]?.rows, mostRows),
    errors: await sampledRows(directory, runFile(directory, `${name}.errors`), counts[name]?.errors, mostErrors)
  })))
