/** The page: what the run did, its rows, and the rows that failed. */
import { useEffect, useState } from "preact/hooks"
import type { ReportData, ReportSubset } from "../figures/ReportData.ts"
import type { RunFigures } from "../figures/RunFigures.ts"
import { count } from "../figures/shownFigures.ts"
import { noQuery, type Query } from "../tables/Query.ts"
import { Overview } from "./Overview.tsx"
import { type Place, usePlace } from "./place.ts"
import { ProfileView } from "./ProfileView.tsx"
import { failedSo } from "./Reasons.tsx"
import { RowsView } from "./RowsView.tsx"
import type { TableClient } from "./TableClient.ts"
import type { ChosenFiles } from "./useTable.ts"

export const App = ({
  client,
  data
}: {
  readonly data: ReportData
  readonly client: TableClient
}) => {
  const { figures, subsets, title } = data
  const [place, go] = usePlace({ tab: figures === undefined ? "rows" : "overview" })
  const [chosen, setChosen] = useState<ChosenFiles>(new Map())
  const [query, setQuery] = useState<Query>(noQuery)
  const choose = (files: Iterable<File>): void =>
    setChosen(new Map([...chosen, ...[...files].map((file) => [file.name, file] as const)]))
  useDroppedFiles(choose)
  const rows = sumOf(subsets, "rows", figures) ?? leafRows(figures, subsets)
  const errors = sumOf(subsets, "errors", figures) ?? failedRows(figures)
  const subset =
    subsets.find(({ name }) => name === place.subset) ??
    subsets.find((each) => place.tab !== "errors" || each.errors.files.length > 0) ??
    subsets[0]
  const open = (next: Place, with_: Query = noQuery): void => {
    setQuery(with_)
    go(next)
  }
  const tab = (name: Place["tab"], label: string, number?: number) => (
    <a
      href={`#${name}`}
      aria-current={place.tab === name ? "page" : undefined}
      onClick={(event) => {
        event.preventDefault()
        open({ tab: name })
      }}
    >
      {label}
      {number !== undefined && <span class="badge">{count(number)}</span>}
    </a>
  )
  return (
    <>
      <header class="top">
        <div class="title">
          <h1 dir="auto">{title}</h1>
          {figures !== undefined && <State figures={figures} />}
        </div>
        <nav aria-label="Parts of the report">
          {figures !== undefined && tab("overview", "Overview")}
          {subsets.some(({ profile }) => profile !== undefined) && tab("profile", "Profile")}
          {tab("rows", "Rows", rows)}
          {(figures !== undefined || subsets.some((each) => each.errors.files.length > 0)) &&
            tab("errors", "Errors", errors)}
        </nav>
      </header>
      <main>
        {figures !== undefined && place.tab === "overview" && figures.description !== "" && (
          <p class="description" dir="auto">
            {figures.description}
          </p>
        )}
        {data.notShown.map((text) => (
          <p key={text} class="note">
            {text}
          </p>
        ))}
        {place.tab === "overview" && figures !== undefined ? (
          <Overview
            figures={figures}
            rows={rows}
            errors={errors}
            showErrors={(step, reason) =>
              open(
                { tab: "errors", subset: subsetWithErrors(subsets, subset) },
                { text: "", conditions: failedSo(step, reason) }
              )
            }
          />
        ) : place.tab === "profile" ? (
          <ProfileView
            subsets={subsets}
            chosen={place.subset}
            choose={(name) => go({ tab: "profile", subset: name })}
            showRows={(name, column, value) =>
              open(
                { tab: "rows", subset: name },
                { text: "", conditions: [{ column, comparison: "is", value }] }
              )
            }
          />
        ) : subset === undefined ? (
          <p class="empty">There are no rows here.</p>
        ) : (
          <RowsView
            key={`${place.tab} ${subset.name}`}
            client={client}
            figures={figures}
            subsets={subsets}
            subset={subset}
            kind={place.tab === "errors" ? "errors" : "rows"}
            chosen={chosen}
            choose={choose}
            query={query}
            setQuery={setQuery}
            opened={place.row}
            go={(next, quietly) => go({ tab: place.tab, subset: subset.name, ...next }, quietly)}
          />
        )}
      </main>
    </>
  )
}

const words = {
  finished: "Finished",
  stopped: "Stopped",
  failed: "Failed",
  running: "Not finished"
} as const

const State = ({ figures: { sessions } }: { readonly figures: RunFigures }) => {
  const end = sessions.at(-1)?.end
  return end === undefined ? null : <span class={`state ${end}`}>{words[end]}</span>
}

/** Rows of all subsets, as far as the files or the run say how many there are. */
const sumOf = (
  subsets: ReadonlyArray<ReportSubset>,
  kind: "rows" | "errors",
  figures: RunFigures | undefined
): number | undefined => {
  let sum = 0
  for (const subset of subsets) {
    const count =
      subset[kind].count ?? figures?.subsets.find(({ name }) => name === subset.name)?.[kind]
    if (count === undefined) return undefined
    sum += count
  }
  return sum
}

/** Rows that came out of the leaves of a run that was not done. */
const leafRows = (
  figures: RunFigures | undefined,
  subsets: ReadonlyArray<ReportSubset>
): number | undefined => {
  if (figures === undefined || subsets.length === 0) return undefined
  const byName = new Map(figures.steps.map(({ name, rows }) => [name, rows.done]))
  // The only leaf is the default subset; it is the last step.
  return subsets.reduce<number | undefined>(
    (sum, { name }) =>
      sum === undefined
        ? undefined
        : sum + (byName.get(name) ?? figures.steps.at(-1)?.rows.done ?? 0),
    0
  )
}

const failedRows = (figures: RunFigures | undefined): number | undefined =>
  figures?.steps.reduce((sum, { rows }) => sum + rows.failed, 0)

const subsetWithErrors = (
  subsets: ReadonlyArray<ReportSubset>,
  subset: ReportSubset | undefined
): string | undefined =>
  subset !== undefined && subset.errors.files.length > 0
    ? subset.name
    : subsets.find(({ errors }) => errors.files.length > 0)?.name

/** Files may be dropped anywhere in the page. */
const useDroppedFiles = (choose: (files: Iterable<File>) => void): void => {
  useEffect(() => {
    const over = (event: DragEvent): void => event.preventDefault()
    const drop = (event: DragEvent): void => {
      event.preventDefault()
      choose(event.dataTransfer?.files ?? [])
    }
    addEventListener("dragover", over)
    addEventListener("drop", drop)
    return () => {
      removeEventListener("dragover", over)
      removeEventListener("drop", drop)
    }
  })
}
