/** The run at a glance: what it did, step by step, the graph, and charts. */
import { useMemo, useRef, useState } from "preact/hooks"
import { counted, dollars } from "../../words/figures.ts"
import { mediaWords } from "../../words/mediaWords.ts"
import type { Histogram } from "../figures/Histogram.ts"
import { quantile } from "../figures/Histogram.ts"
import type { ModelFigures, RunFigures, Session, StepFigures } from "../figures/RunFigures.ts"
import { count, duration, moment, percent, short } from "../figures/shownFigures.ts"
import { BarsChart } from "./charts/BarsChart.tsx"
import { HistogramChart, scaleOf } from "./charts/HistogramChart.tsx"
import { TimelineChart } from "./charts/TimelineChart.tsx"
import { StepsTable } from "./StepsTable.tsx"
import { Tile } from "./Tile.tsx"
import { WorkersView } from "./WorkersView.tsx"

export interface OverviewProps {
  readonly figures: RunFigures
  /** Rows in the subsets, as far as they are known. */
  readonly rows: number | undefined
  readonly errors: number | undefined
  /** Shows error rows of a step with a reason. */
  readonly showErrors: (step: string, reason: string) => void
}

export const Overview = ({ errors, figures, rows, showErrors }: OverviewProps) => {
  const asking = figures.steps.filter(hasModel)
  const rowReasons = figures.steps.flatMap(({ name, rows: { reasons } }) =>
    Object.entries(reasons).map(([reason, times]) => ({
      name: reason,
      about: name,
      count: times,
      open: () => showErrors(name, reason)
    }))
  )
  const refusals = asking.flatMap(({ model, name }) =>
    Object.entries(model.refusals).map(([reason, times]) => ({
      name: reason,
      about: name,
      count: times
    }))
  )
  return (
    <div class="overview">
      <Summary figures={figures} rows={rows} errors={errors} />
      <section aria-labelledby="steps">
        <h2 id="steps">Steps</h2>
        <StepsTable steps={figures.steps} />
        {figures.sessions.length > 1 && (
          <p class="note">
            Rows are counted once; requests, tokens and costs are those of all{" "}
            {figures.sessions.length} sessions. After a crash the last second may be missing.
          </p>
        )}
      </section>
      {figures.timeline.until > 0 && (
        <section aria-labelledby="time" class="charts">
          <h2 id="time" class="hidden">
            Charts
          </h2>
          <div>
            <TimelineChart timeline={figures.timeline} sessions={figures.sessions} />
            {rowReasons.length > 0 && (
              <figure>
                <figcaption>
                  <h3>Rows that failed</h3>
                  <span class="readout">by reason</span>
                </figcaption>
                <BarsChart bars={rowReasons} bad />
              </figure>
            )}
            {refusals.length > 0 && (
              <figure>
                <figcaption>
                  <h3>Attempts that failed</h3>
                  <span class="readout">by reason, whether tried again or not</span>
                </figcaption>
                <BarsChart bars={refusals} />
              </figure>
            )}
          </div>
          {asking.length > 0 && (
            <div>
              <ModelCharts steps={asking} />
            </div>
          )}
        </section>
      )}
      {figures.workers !== undefined && <WorkersView workers={figures.workers} />}
      {figures.picture !== undefined && <Picture svg={figures.picture} name={figures.pipeline} />}
      <Sessions sessions={figures.sessions} />
    </div>
  )
}

type AskingStep = StepFigures & { readonly model: { readonly name: string } & ModelFigures }
const hasModel = (step: StepFigures): step is AskingStep => step.model !== undefined

/** Counts of the same names, added. */
const summed = (
  counts: ReadonlyArray<Readonly<Record<string, number>>>
): Readonly<Record<string, number>> => {
  const sums: Record<string, number> = {}
  for (const each of counts)
    for (const [name, tokens] of Object.entries(each)) sums[name] = (sums[name] ?? 0) + tokens
  return sums
}

const Summary = ({ errors, figures, rows }: Pick<OverviewProps, "figures" | "rows" | "errors">) => {
  const models = figures.steps.flatMap(({ model }) => (model === undefined ? [] : [model]))
  const sum = (of: (model: ModelFigures) => number): number =>
    models.reduce((all, model) => all + of(model), 0)
  const cost = sum((model) => model.cost)
  const unpriced = sum((model) => model.unpriced)
  const requests = sum((model) => model.requests)
  const refused = sum(({ refusals }) =>
    Object.values(refusals).reduce((all, times) => all + times, 0)
  )
  const cached = sum((model) => model.cachedTokens ?? 0)
  const media = summed(models.map((model) => model.media ?? {}))
  const recalled = sum((model) => model.recalled)
  const { total, through } = figures
  return (
    <dl class="summary">
      <Tile
        name="Rows"
        value={rows === undefined ? "…" : count(rows)}
        about={
          total === undefined
            ? `of ${count(through)} source rows`
            : through === total
              ? `from ${counted(total, "source row")}`
              : `${count(through)} of ${count(total)} source rows`
        }
      />
      <Tile
        name="Errors"
        value={errors === undefined ? "…" : count(errors)}
        about={
          errors !== undefined && rows !== undefined && errors > 0
            ? `${percent(errors / (rows + errors))} of all rows`
            : "no row failed"
        }
        bad={errors !== undefined && errors > 0}
      />
      <Tile
        name="Time"
        value={duration(figures.timeline.until)}
        about={
          figures.sessions.length > 1
            ? `of running, in ${figures.sessions.length} sessions`
            : figures.timeline.until > 0
              ? `${short(through / (figures.timeline.until / 1000))} rows/s`
              : ""
        }
      />
      {models.length > 0 && (
        <>
          <Tile
            name="Cost"
            value={cost === 0 && unpriced > 0 ? "unknown" : dollars(cost)}
            about={
              unpriced > 0
                ? `without ${counted(unpriced, "answer")} of unknown price`
                : cost > 0 && through > 0
                  ? `${dollars((cost / through) * 1000)} per 1,000 rows`
                  : ""
            }
          />
          <Tile
            name="Tokens"
            value={short(sum((model) => model.inputTokens + model.outputTokens))}
            about={[
              `${short(sum((model) => model.inputTokens))} in, ${short(sum((model) => model.outputTokens))} out`,
              mediaWords(media, short),
              cached > 0
                ? `${Math.floor((cached / sum((model) => model.inputTokens)) * 100)} % of input cached`
                : ""
            ]
              .filter((part) => part !== "")
              .join("; ")}
          />
          <Tile
            name="Requests"
            value={count(requests)}
            about={[
              refused > 0 ? counted(refused, "failed attempt") : "",
              recalled > 0 ? `${count(recalled)} answered before` : ""
            ]
              .filter((part) => part !== "")
              .join(", ")}
          />
        </>
      )}
    </dl>
  )
}

const measures = {
  latency: {
    name: "Latency",
    about: "request to answer",
    of: ({ latency }: ModelFigures): Histogram => latency,
    format: duration
  },
  output: {
    name: "Tokens out",
    about: "tokens of each answer",
    of: ({ outputTokensEach }: ModelFigures): Histogram => outputTokensEach,
    format: short
  },
  input: {
    name: "Tokens in",
    about: "tokens of each question",
    of: ({ inputTokensEach }: ModelFigures): Histogram => inputTokensEach,
    format: short
  }
} as const

const ModelCharts = ({ steps }: { readonly steps: ReadonlyArray<AskingStep> }) => {
  const [chosen, choose] = useState<keyof typeof measures>("latency")
  const { about, format, of } = measures[chosen]
  const told = steps.filter(({ model }) => of(model).count > 0)
  const scale = scaleOf(told.map(({ model }) => of(model)))
  return (
    <figure>
      <figcaption>
        <h3>Answers</h3>
        <span class="segments small" role="group" aria-label="What is shown">
          {(Object.keys(measures) as ReadonlyArray<keyof typeof measures>).map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === chosen}
              onClick={() => choose(each)}
            >
              {measures[each].name}
            </button>
          ))}
        </span>
        <span class="readout">{about}</span>
      </figcaption>
      {told.length === 0 && (
        <p class="nothing">No model was asked: all answers were there from an earlier time.</p>
      )}
      {told.map(({ model, name }) => {
        const histogram = of(model)
        return (
          <div key={name} class="multiple">
            <div class="label">
              <span dir="auto">{name}</span>
              <span class="about">{model.name}</span>
            </div>
            <HistogramChart histogram={histogram} scale={scale} label={name} format={format} />
            <dl class="quantiles">
              <dt>median</dt>
              <dd>{format(quantile(histogram, 0.5)!)}</dd>
              <dt>95 %</dt>
              <dd>{format(quantile(histogram, 0.95)!)}</dd>
              <dt>most</dt>
              <dd>{format(histogram.max)}</dd>
            </dl>
          </div>
        )
      })}
    </figure>
  )
}

const Picture = ({ name, svg }: { readonly svg: string; readonly name: string }) => {
  // As an image it can neither run anything nor load anything, whoever has written it.
  const address = useMemo(
    () => URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" })),
    [svg]
  )
  const frame = useRef<HTMLDivElement>(null)
  // Where it is wider than the page, its middle tells more than its edge.
  const centre = (): void =>
    frame.current?.scrollTo({ left: (frame.current.scrollWidth - frame.current.clientWidth) / 2 })
  const words = /<desc>(.*?)<\/desc>/s.exec(svg)?.[1] ?? ""
  return (
    <section aria-labelledby="graph">
      <h2 id="graph">Graph</h2>
      <div class="scroll graph" ref={frame} tabIndex={0}>
        <img src={address} onLoad={centre} alt={`The graph of ${name}. ${words}`} />
      </div>
    </section>
  )
}

const ends: Readonly<Record<Session["end"], string>> = {
  finished: "finished",
  stopped: "stopped",
  failed: "failed",
  running: "ended without a word: it was killed, or is still running"
}

const Sessions = ({ sessions }: { readonly sessions: ReadonlyArray<Session> }) => (
  <section aria-labelledby="sessions">
    <h2 id="sessions">Sessions</h2>
    <ol class="sessions">
      {sessions.map(({ detail, end, resumedAt, seconds, startedAt }) => (
        <li key={startedAt} class={end}>
          <time dateTime={new Date(startedAt).toISOString()}>{moment(startedAt)}</time>
          <span>
            {resumedAt > 0 ? `went on after row ${count(resumedAt)}, ` : ""}ran{" "}
            {duration(seconds * 1000)},{" "}
            {detail === undefined
              ? ends[end]
              : end === "stopped"
                ? detail
                : `${ends[end]}: ${detail}`}
          </span>
        </li>
      ))}
    </ol>
  </section>
)
