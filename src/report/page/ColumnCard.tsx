/** A column in figures: its type, what is missing, how long its values are, and which there are. */
import { type Histogram, quantile } from "../figures/Histogram.ts"
import type { ColumnProfile, ValueCount } from "../figures/Profile.ts"
import { count, number, percent, short } from "../figures/shownFigures.ts"
import { type Bar, BarsChart } from "./charts/BarsChart.tsx"
import { HistogramChart, scaleOf } from "./charts/HistogramChart.tsx"
import { PartsChart } from "./charts/PartsChart.tsx"

const shownLabels = 12
const shownLanguages = 4

export interface ColumnCardProps {
  readonly column: ColumnProfile
  /** Shows the rows in which the column has a value; absent where a value is not one of a row. */
  readonly showRows?: ((value: string) => void) | undefined
}

export const ColumnCard = ({ column, showRows }: ColumnCardProps) => {
  const {
    distinct,
    labels,
    languages,
    lengths,
    name,
    numbers,
    repeated,
    tokenShare,
    types,
    values
  } = column
  return (
    <figure class="column">
      <figcaption>
        <h3 dir="auto">{name}</h3>
        <span class="readout">{types.map(({ value }) => value).join(" or ") || "no value"}</span>
      </figcaption>
      <dl class="facts">
        <Facts column={column} />
      </dl>
      {labels !== undefined ? (
        <Labels labels={labels} showRows={labels.of === "values" ? showRows : undefined} />
      ) : numbers !== undefined ? (
        <Measured
          chart={<PartsChart numbers={numbers} label={name} />}
          figures={[
            ["median", number(numbers.median)],
            ["mean", number(numbers.mean)]
          ]}
        />
      ) : (
        lengths !== undefined &&
        lengths.max > 0 && <Lengths lengths={lengths} label={name} tokenShare={tokenShare} />
      )}
      {repeated !== undefined && distinct < values && (
        <Told
          name="Most repeated"
          bars={repeated.map(({ count: times, value }) => ({
            name: value,
            about: "",
            count: times
          }))}
        />
      )}
      {languages !== undefined && (
        <Told
          name={`Languages of ${count(sumOf(languages))} texts`}
          bars={languages.slice(0, shownLanguages).map(({ count: texts, value }) => ({
            name: languageName(value),
            about: "",
            count: texts
          }))}
        />
      )}
    </figure>
  )
}

/** What is the matter with a column, as far as something is. */
const Facts = ({
  column: { distinct, empty, nulls, values }
}: {
  readonly column: ColumnProfile
}) => {
  const repeats = values - distinct
  return (
    <>
      <Fact name="values" value={count(values)} />
      {nulls > 0 && (
        <Fact name="null" value={`${count(nulls)} (${percent(nulls / (nulls + values))})`} bad />
      )}
      {empty > 0 && (
        <Fact name="empty" value={`${count(empty)} (${percent(empty / values)})`} bad />
      )}
      <Fact name="different" value={repeats === 0 && values > 0 ? "all" : count(distinct)} />
    </>
  )
}

const Fact = ({
  bad = false,
  name,
  value
}: {
  readonly name: string
  readonly value: string
  readonly bad?: boolean
}) => (
  <div class={bad ? "bad" : ""}>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
)

const Labels = ({
  labels: { counts, of },
  showRows
}: {
  readonly labels: NonNullable<ColumnProfile["labels"]>
  readonly showRows: ColumnCardProps["showRows"]
}) => {
  const all = sumOf(counts)
  const bars = counts.slice(0, shownLabels).map(({ count: times, value }): Bar => ({
    name: value === "" ? "(empty)" : value,
    about: percent(times / all),
    count: times,
    open: showRows === undefined || value === "" ? undefined : () => showRows(value)
  }))
  return (
    <>
      <BarsChart bars={bars} ordered />
      {(counts.length > shownLabels || of === "items") && (
        <p class="note">
          {of === "items" ? "Items of the lists. " : ""}
          {counts.length > shownLabels ? `${counts.length - shownLabels} more.` : ""}
        </p>
      )}
    </>
  )
}

const Lengths = ({
  label,
  lengths,
  tokenShare
}: {
  readonly lengths: Histogram & { readonly of: string }
  readonly label: string
  readonly tokenShare: number | undefined
}) => (
  <Measured
    chart={
      <HistogramChart
        histogram={lengths}
        scale={scaleOf([lengths])}
        label={`${label}, ${lengths.of}`}
        format={short}
      />
    }
    figures={[
      [lengths.of, ""],
      ["median", short(quantile(lengths, 0.5)!)],
      ["most", short(lengths.max)],
      ...(tokenShare === undefined || lengths.of !== "characters"
        ? []
        : tokenFigures(lengths, tokenShare))
    ]}
  />
)

/** What texts come to in tokens, as a sample of them does. */
const tokenFigures = (
  lengths: Histogram,
  share: number
): ReadonlyArray<readonly [name: string, value: string]> => {
  const tokens = (characters: number): string => `≈ ${short(Math.round(characters * share))}`
  return [
    ["tokens", ""],
    ["median", tokens(quantile(lengths, 0.5)!)],
    ["most", tokens(lengths.max)]
  ]
}

const Measured = ({
  chart,
  figures
}: {
  readonly chart: preact.ComponentChildren
  readonly figures: ReadonlyArray<readonly [name: string, value: string]>
}) => (
  <div class="multiple">
    {chart}
    <dl class="quantiles">
      {figures.map(([name, value]) => (
        <>
          <dt key={name}>{name}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
  </div>
)

const Told = ({ bars, name }: { readonly name: string; readonly bars: ReadonlyArray<Bar> }) => (
  <>
    <h4>{name}</h4>
    <BarsChart bars={bars} />
  </>
)

const sumOf = (counts: ReadonlyArray<ValueCount>): number =>
  counts.reduce((sum, { count: times }) => sum + times, 0)

const languageNames = new Intl.DisplayNames(["en"], { type: "language" })
const languageName = (code: string): string =>
  code === "unknown" ? "not detected" : (languageNames.of(code) ?? code)
