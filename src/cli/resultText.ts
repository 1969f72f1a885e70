/** What a run gave, told on the command line. */
import { existsSync } from "node:fs"
import { join, relative } from "node:path"
import type { Row } from "../columns/Row.ts"
import type { Distiset } from "../data/distiset/Distiset.ts"
import { reportName } from "../report/write/reportName.ts"
import { counted } from "../words/figures.ts"

/** The files of a dataset; `remedy` is what can be done about error rows. */
export const resultText = (
  { directory, subsets }: Distiset<Readonly<Record<string, Row>>>,
  remedy = "; --retry-failed tries them again"
): string =>
  [
    ...Object.entries(subsets).flatMap(([name, { errorCount, errorsPath, length, path }]) => [
      `${name}: ${counted(length, "row")} in ${shown(path)}`,
      ...(errorCount === 0
        ? []
        : [`${name}: ${counted(errorCount, "error row")} in ${shown(errorsPath)}${remedy}`])
    ]),
    ...reportText(directory)
  ].join("\n")

/** The same as JSON. */
export const subsetsJson = ({ subsets }: Distiset<Readonly<Record<string, Row>>>) =>
  Object.fromEntries(
    Object.entries(subsets).map(([subset, { errorCount, errorsPath, length, path }]) => [
      subset,
      { rows: length, path, errorRows: errorCount, ...(errorCount === 0 ? {} : { errorsPath }) }
    ])
  )

/** The report of a run, if it has one. */
export const reportPath = (directory: string): string | undefined => {
  const path = join(directory, reportName)
  return existsSync(path) ? path : undefined
}

/** Where it is, in words. */
export const reportText = (directory: string): ReadonlyArray<string> => {
  const path = reportPath(directory)
  return path === undefined ? [] : [`report: ${shown(path)}`]
}

/** Where it was uploaded to, in words. */
export const uploadedText = (output: string | undefined): ReadonlyArray<string> =>
  output === undefined ? [] : [`uploaded to ${output}`]

/** As seen from here, if it lies below. */
const shown = (path: string): string => {
  const way = relative(process.cwd(), path)
  return way.startsWith("..") ? path : way
}
