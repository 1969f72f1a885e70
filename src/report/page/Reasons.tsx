/** Why rows failed and where, to be chosen from. */
import type { RunFigures } from "../figures/RunFigures.ts"
import { count } from "../figures/shownFigures.ts"
import type { Condition, Query } from "../tables/Query.ts"

/** What rows that failed so have in common. */
export const failedSo = (step: string, reason: string): ReadonlyArray<Condition> => [
  { column: "step", comparison: "is", value: step },
  { column: "reason", comparison: "is", value: reason }
]

export const Reasons = ({
  figures,
  query,
  setQuery
}: {
  readonly figures: RunFigures
  readonly query: Query
  readonly setQuery: (query: Query) => void
}) => {
  const reasons = figures.steps.flatMap(({ name, rows }) =>
    Object.entries(rows.reasons).map(([reason, times]) => ({ step: name, reason, times }))
  )
  if (reasons.length < 2) return null
  const isChosen = (conditions: ReadonlyArray<Condition>): boolean =>
    conditions.every(({ column, value }) =>
      query.conditions.some((each) => each.column === column && each.value === value)
    )
  return (
    <div class="reasons" role="group" aria-label="Reasons">
      {reasons
        .toSorted((a, b) => b.times - a.times)
        .map(({ reason, step, times }) => {
          const conditions = failedSo(step, reason)
          const chosen = isChosen(conditions)
          return (
            <button
              key={`${step} ${reason}`}
              type="button"
              aria-pressed={chosen}
              onClick={() => setQuery({ ...query, conditions: chosen ? [] : conditions })}
            >
              <span>
                {reason} <span class="about">at {step}</span>
              </span>
              <span class="number">{count(times)}</span>
            </button>
          )
        })}
    </div>
  )
}
