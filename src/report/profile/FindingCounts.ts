/** Figures that steps read from their rows, such as a judge's agreement with people. */
import type { Finding } from "../../step/Finding.ts"
import type { FindingFigures } from "../figures/Profile.ts"
import { byCount } from "./ColumnCounts.ts"

/** Pairs that are shown: a scale of ten has a hundred. */
const mostPairs = 150
const mostValues = 30

/** One step's findings, while its rows pass. */
export class FindingCounts {
  readonly #byName = new Map<string, FindingCount>()

  add(finding: Finding): void {
    const key = `${finding.kind} ${finding.name}`
    const known = this.#byName.get(key) ?? new FindingCount(finding)
    this.#byName.set(key, known)
    known.add(finding)
  }

  get figures(): ReadonlyArray<FindingFigures> {
    return this.#byName
      .values()
      .map((count) => count.figures())
      .toArray()
  }
}

/** All rows' parts of one figure. */
class FindingCount {
  readonly #first: Finding
  #count = 0
  #sum = 0
  /** What was found, and how often: values of a mean, pairs as JSON. */
  readonly #values = new Map<string, number>()

  constructor(first: Finding) {
    this.#first = first
  }

  add(finding: Finding): void {
    this.#count++
    if (finding.kind === "share") this.#sum += finding.holds ? 1 : 0
    else if (finding.kind === "mean") {
      this.#sum += finding.value
      this.#note(String(Number(finding.value.toPrecision(3))))
    } else this.#note(JSON.stringify([String(finding.value), String(finding.gold)]))
  }

  #note(key: string): void {
    this.#values.set(key, (this.#values.get(key) ?? 0) + 1)
  }

  figures(): FindingFigures {
    const { kind, name } = this.#first
    if (kind === "share")
      return {
        kind,
        name,
        count: this.#count,
        hits: this.#sum,
        expected: this.#first.kind === "share" ? this.#first.expected : undefined
      }
    if (kind === "mean")
      return {
        kind,
        name,
        count: this.#count,
        mean: this.#sum / this.#count,
        counts:
          this.#values.size > mostValues
            ? []
            : byCount(this.#values).toSorted((a, b) => Number(a.value) - Number(b.value))
      }
    const pairs = [...this.#values].map(([key, count]) => {
      const [value, gold] = JSON.parse(key) as readonly [string, string]
      return { value, gold, count }
    })
    return {
      kind,
      name,
      count: this.#count,
      same: agreeing(pairs),
      kappa: kappa(pairs),
      pairs: pairs.toSorted((a, b) => b.count - a.count).slice(0, mostPairs)
    }
  }
}

interface Pair {
  readonly value: string
  readonly gold: string
  readonly count: number
}

const agreeing = (pairs: ReadonlyArray<Pair>): number =>
  pairs.reduce((sum, { count, gold, value }) => sum + (value === gold ? count : 0), 0)

/**
 * Cohen's kappa: how far agreement goes beyond what two who decide independently, each as often as
 * they do, would agree by chance. 1 is full agreement, 0 none beyond chance.
 */
export const kappa = (pairs: ReadonlyArray<Pair>): number | undefined => {
  const all = pairs.reduce((sum, { count }) => sum + count, 0)
  const shares = (of: (pair: Pair) => string): ReadonlyMap<string, number> => {
    const sums = new Map<string, number>()
    for (const pair of pairs) sums.set(of(pair), (sums.get(of(pair)) ?? 0) + pair.count / all)
    return sums
  }
  const golds = shares(({ gold }) => gold)
  const chance = shares(({ value }) => value)
    .entries()
    .reduce((sum, [verdict, share]) => sum + share * (golds.get(verdict) ?? 0), 0)
  return chance > 1 - 1e-9 ? undefined : (agreeing(pairs) / all - chance) / (1 - chance)
}
