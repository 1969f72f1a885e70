/** Several judgements of one answer by a rubric, made one. */
import type { Criteria, Criterion, Verdict } from "./rubricCriteria.ts"

/** What one sample says of one criterion. */
interface Finding {
  readonly evidence: string
  readonly verdict: Verdict
}

/** What one sample says of each criterion. */
export type Judgement = Readonly<Record<string, Finding>>

/** The verdicts of all samples: for each criterion one, its evidence, and how many agree. */
export interface Agreed {
  readonly verdicts: Readonly<Record<string, Verdict>>
  readonly evidence: Readonly<Record<string, string>>
  readonly agreement: Readonly<Record<string, number>>
}

/** Merges the samples: the median of scores, the most frequent of labels. */
export const agreed = (criteria: Criteria, samples: ReadonlyArray<Judgement>): Agreed => {
  const merged = Object.entries(criteria).map(([name, criterion]) => {
    const findings = samples.map((sample) => sample[name]!)
    const verdict = merge(
      criterion,
      findings.map((finding) => finding.verdict)
    )
    const agreeing = findings.filter((finding) => finding.verdict === verdict)
    return {
      name,
      verdict,
      evidence: agreeing[0]!.evidence,
      agreement: agreeing.length / findings.length
    }
  })
  const column = <A>(of: (one: (typeof merged)[number]) => A): Readonly<Record<string, A>> =>
    Object.fromEntries(merged.map((one) => [one.name, of(one)]))
  return {
    verdicts: column(({ verdict }) => verdict),
    evidence: column(({ evidence }) => evidence),
    agreement: column(({ agreement }) => agreement)
  }
}

/** Always a verdict that a sample holds, so that it has evidence. */
const merge = (criterion: Criterion, verdicts: ReadonlyArray<Verdict>): Verdict =>
  "labels" in criterion
    ? mostFrequent(verdicts)
    : verdicts.toSorted((a, b) => Number(a) - Number(b))[Math.floor((verdicts.length - 1) / 2)]!

/** The most frequent verdict; of those that are equally frequent, the earliest. */
const mostFrequent = (verdicts: ReadonlyArray<Verdict>): Verdict => {
  const count = (verdict: Verdict): number => verdicts.filter((each) => each === verdict).length
  return verdicts.reduce((best, verdict) => (count(verdict) > count(best) ? verdict : best))
}
