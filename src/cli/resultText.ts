/** What a run gave, told on the command line. */
import { relative } from "node:path"
import type { Row } from "../columns/Row.ts"
import type { Distiset } from "../data/Distiset.ts"

export const resultText = ({ subsets }: Distiset<Readonly<Record<string, Row>>>): string =>
  Object.entries(subsets).flatMap(([name, { errorCount, errorsPath, length, path }]) => [
    `${name}: ${rows(length)} in ${shown(path)}`,
    ...(errorCount === 0 ? [] : [`${name}: ${rows(errorCount, "error row")} in ${shown(errorsPath)}; --retry-failed tries them again`])
  ]).join("\n")

const rows = (count: number, what = "row"): string => `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`

/** As seen from here, if it lies below. */
const shown = (path: string): string => {
  const way = relative(process.cwd(), path)
  return way.startsWith("..") ? path : way
}
