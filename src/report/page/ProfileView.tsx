/** What the rows of a subset hold, column by column, and what steps found in them. */
import type { Profile } from "../figures/Profile.ts"
import type { ReportSubset } from "../figures/ReportData.ts"
import { count, percent } from "../figures/shownFigures.ts"
import { ColumnCard } from "./ColumnCard.tsx"
import { FindingsCard } from "./FindingsCard.tsx"
import { Tile } from "./Tile.tsx"

export interface ProfileViewProps {
  readonly subsets: ReadonlyArray<ReportSubset>
  readonly chosen: string | undefined
  readonly choose: (subset: string) => void
  /** Shows the rows of a subset in which a column has a value. */
  readonly showRows: (subset: string, column: string, value: string) => void
}

export const ProfileView = ({ choose, chosen, showRows, subsets }: ProfileViewProps) => {
  const profiled = subsets.flatMap(({ name, profile, rows }) =>
    profile === undefined ? [] : [{ name, profile, all: rows.count }]
  )
  const shown = profiled.find(({ name }) => name === chosen) ?? profiled[0]
  if (shown === undefined) return <p class="empty">There are no rows here.</p>
  const { all, name, profile } = shown
  return (
    <div class="overview">
      {profiled.length > 1 && (
        <span class="segments" role="group" aria-label="Subset">
          {profiled.map((each) => (
            <button
              key={each.name}
              type="button"
              aria-pressed={each.name === name}
              onClick={() => choose(each.name)}
            >
              {each.name}
            </button>
          ))}
        </span>
      )}
      <Summary profile={profile} all={all} />
      {profile.steps.length > 0 && (
        <section aria-labelledby="findings">
          <h2 id="findings">What steps found</h2>
          <div class="columns">
            {profile.steps.map((step) => (
              <FindingsCard key={step.step} step={step} />
            ))}
          </div>
        </section>
      )}
      <section aria-labelledby="columns">
        <h2 id="columns">Columns</h2>
        <div class="columns">
          {profile.columns.map((column) => (
            <ColumnCard
              key={column.name}
              column={column}
              showRows={
                column.name.includes(".")
                  ? undefined
                  : (value) => showRows(name, column.name, value)
              }
            />
          ))}
        </div>
        {profile.moreColumns > 0 && (
          <p class="note">{count(profile.moreColumns)} more columns are not shown.</p>
        )}
      </section>
    </div>
  )
}

const Summary = ({
  all,
  profile: { columns, complete, duplicates, rows }
}: {
  readonly profile: Profile
  readonly all: number | undefined
}) => {
  const cells = columns.reduce((sum, { nulls, values }) => sum + nulls + values, 0)
  const nulls = columns.reduce((sum, column) => sum + column.nulls, 0)
  return (
    <dl class="summary">
      <Tile
        name="Rows looked at"
        value={count(rows)}
        about={
          complete
            ? "all of them"
            : all === undefined
              ? "from all over the file"
              : `from all over ${count(all)}`
        }
      />
      <Tile
        name="Duplicates"
        value={count(duplicates)}
        about={
          duplicates === 0
            ? `no row is like another${complete ? "" : " of these"}`
            : `${percent(duplicates / rows)} say what an earlier row says`
        }
        bad={duplicates > 0}
      />
      <Tile
        name="Nulls"
        value={count(nulls)}
        about={
          nulls === 0 ? "every row has every value" : `${percent(nulls / cells)} of all values`
        }
      />
    </dl>
  )
}
