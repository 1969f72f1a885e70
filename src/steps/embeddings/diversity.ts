/** Diversity of vectors: nearest neighbours, groups of near copies, and figures of all. */
import { mostExact, nearestAmong } from "./exactSearch.ts"
import { approximatelyNearest } from "./graphSearch.ts"
import type { Vectors } from "./Vectors.ts"

/** Neighbours of each row from which groups are made. */
const neighbours = 10

/** Figures of all rows. */
export interface DiversityFigures {
  readonly rows: number
  /** The mean distance of all pairs. */
  readonly mean_distance: number | null
  readonly mean_nearest_distance: number | null
  readonly median_nearest_distance: number | null
  readonly threshold: number
  readonly near_copies: number
  /** Groups, those of one row too, and the rows of the largest. */
  readonly groups: number
  readonly largest_group: number
}

interface Neighbour {
  readonly row: number
  readonly distance: number
}

export interface Diversity {
  readonly figures: DiversityFigures
  /** The nearest other row of each. */
  readonly nearest: ReadonlyArray<Neighbour | undefined>
  /** The number of each row's group. */
  readonly groups: ReadonlyArray<number>
}

export const diversityOf = async (vectors: Vectors, threshold: number): Promise<Diversity> => {
  const directions = vectors.normalized()
  const { length } = directions
  const search = length <= mostExact ? nearestAmong : approximatelyNearest
  const found = await search(
    directions,
    Math.min(neighbours, Math.max(1, length - 1)),
    "inner product"
  )
  const nearest: Array<Neighbour | undefined> = []
  const groups = new Groups(length)
  for (let at = 0; at < length; at++) {
    const { indices, scores } = found.of(at)
    const others = indices.flatMap((row, i) =>
      row === at ? [] : [{ row, distance: distanceOf(scores[i]!) }]
    )
    nearest.push(others[0])
    for (const { distance, row } of others) if (distance <= threshold) groups.join(at, row)
  }
  const numbers = groups.numbers()
  const distances = nearest.flatMap((near) => (near === undefined ? [] : [near.distance]))
  const sizes = Map.groupBy(numbers, (group) => group)
  return {
    nearest,
    groups: numbers,
    figures: {
      rows: length,
      mean_distance: meanDistance(directions),
      mean_nearest_distance: mean(distances),
      median_nearest_distance:
        distances.toSorted((a, b) => a - b)[Math.floor((distances.length - 1) / 2)] ?? null,
      threshold,
      near_copies: distances.filter((distance) => distance <= threshold).length,
      groups: sizes.size,
      largest_group: sizes.values().reduce((most, each) => Math.max(most, each.length), 0)
    }
  }
}

/** The distance of directions, without what rounding to four bytes adds or takes. */
const distanceOf = (cosine: number): number => {
  const distance = 1 - cosine
  return Math.abs(distance) < 1e-6 ? 0 : Math.min(2, distance)
}

const mean = (values: ReadonlyArray<number>): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value / values.length, 0)

/** The mean of all pairs: their products are what the square of the sum has beyond the squares. */
const meanDistance = ({ dimensions, length, numbers }: Vectors): number | null => {
  if (length < 2) return null
  const sum = new Float64Array(dimensions)
  let squares = 0
  for (let at = 0; at < length * dimensions; at++) {
    const value = numbers[at]!
    sum[at % dimensions]! += value
    squares += value * value
  }
  const ofSum = sum.reduce((all, value) => all + value * value, 0)
  return 1 - (ofSum - squares) / (length * (length - 1))
}

/** Rows that belong together, joined two by two. */
class Groups {
  readonly #parents: Int32Array

  constructor(length: number) {
    this.#parents = Int32Array.from({ length }, (_, i) => i)
  }

  join(a: number, b: number): void {
    const [one, other] = [this.#root(a), this.#root(b)]
    // The first row stands for its group.
    this.#parents[Math.max(one, other)] = Math.min(one, other)
  }

  /** The number of each row's group, in the order of their first rows. */
  numbers(): ReadonlyArray<number> {
    const numbers = new Map<number, number>()
    return Array.from(this.#parents, (_, at) => {
      const root = this.#root(at)
      const known = numbers.get(root) ?? numbers.size
      numbers.set(root, known)
      return known
    })
  }

  #root(at: number): number {
    let root = at
    while (this.#parents[root] !== root) root = this.#parents[root]!
    for (let next = at; next !== root;) {
      const parent = this.#parents[next]!
      this.#parents[next] = root
      next = parent
    }
    return root
  }
}
