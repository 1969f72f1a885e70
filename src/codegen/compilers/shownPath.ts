/** Paths of sources, as messages show them. */
import { relative } from "node:path"

/** A path as seen from here, if it lies below. */
export const shownPath = (path: string): string => {
  const way = relative(process.cwd(), path)
  return way.startsWith("..") || way === "" ? path : way
}
