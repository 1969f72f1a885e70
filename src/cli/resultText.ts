/** What a run gave, told on the command line. */
import { relative } from "node:path"
import type { Row } from "../columns/Row.ts"
import { counted } from "../engine/figures.ts"
import type { Distiset } from "../data/Distiset.ts"

export const resultText = ({ subsets }: Distiset<Readonly<Record<string, Row>>>): string =>
  Object.entries(subsets).flatMap(([name, { errorCount, errorsPath, length, path }]) => [
    `${name}: ${counted(length, "row")} in ${shown(path)}`,
    ...(errorCount === 0 ? [] : [`${name}: ${counted(errorCount, "error row")} in ${shown(errorsPath)}; --retry-failed tries them again`])
  ]).join("\n")

/** As seen from here, if it lies below. */
const shown = (path: string): string => {
  const way = relative(process.cwd(), path)
  return way.startsWith("..") ? path : way
}
