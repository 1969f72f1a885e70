/**
 * Density-based clusters (DBSCAN; Ester et al., 1996): points with enough others near them, and
 * what is near those.
 */

type Point = ReadonlyArray<number>

/** How clusters are found. */
export interface Density {
  /** How near a neighbour is, at most. */
  readonly eps: number
  /** How many points, itself among them, are near one within a cluster, at least. */
  readonly minSamples: number
  readonly distance: (a: Point, b: Point) => number
  /** Whether no coordinates of two points differ by more than their distance. */
  readonly boundsCoordinates: boolean
}

/** A point that belongs to no cluster. */
export const noise = -1

/** The number of each point's cluster, from 0 in the order in which their first points come. */
export const clustersOf = (
  points: ReadonlyArray<Point>,
  density: Density
): ReadonlyArray<number> => {
  const near = neighbourhoods(points, density)
  const isCore = points.map((_, at) => near(at).length >= density.minSamples)
  const labels = points.map(() => noise)
  let cluster = 0
  for (let first = 0; first < points.length; first++) {
    if (labels[first] !== noise || !isCore[first]!) continue
    const reached = [first]
    for (let at = reached.pop(); at !== undefined; at = reached.pop()) {
      if (labels[at] !== noise) continue
      labels[at] = cluster
      if (isCore[at]!) reached.push(...near(at).filter((other) => labels[other] === noise))
    }
    cluster++
  }
  return labels
}

/** Coordinates that the grid has. */
const gridded = 2

/** Finds the points that are near one, itself among them. */
const neighbourhoods = (
  points: ReadonlyArray<Point>,
  { boundsCoordinates, distance, eps }: Density
): ((at: number) => ReadonlyArray<number>) => {
  const all = points.map((_, at) => at)
  const among = (candidates: ReadonlyArray<number>, at: number): ReadonlyArray<number> =>
    candidates.filter((other) => distance(points[at]!, points[other]!) <= eps)
  if (!boundsCoordinates || !(eps > 0)) return (at) => among(all, at)
  // What is near a point lies in its own cell or in one beside it.
  const cellOf = (point: Point): ReadonlyArray<number> =>
    point.slice(0, gridded).map((value) => Math.floor(value / eps))
  const cells = Map.groupBy(all, (at) => cellOf(points[at]!).join(" "))
  const around = (cell: ReadonlyArray<number>): ReadonlyArray<string> =>
    cell
      .reduce<ReadonlyArray<ReadonlyArray<number>>>(
        (found, value) => found.flatMap((cell) => [-1, 0, 1].map((by) => [...cell, value + by])),
        [[]]
      )
      .map((cell) => cell.join(" "))
  return (at) =>
    among(
      around(cellOf(points[at]!)).flatMap((cell) => cells.get(cell) ?? []),
      at
    )
}
