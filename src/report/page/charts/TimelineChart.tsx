/** What happened over time, per second, with the moments at which the run was resumed. */
import { useState } from "preact/hooks"
import type { Session } from "../../figures/RunFigures.ts"
import { duration, short } from "../../figures/shownFigures.ts"
import type { Timeline } from "../../figures/Timeline.ts"

const width = 560
const height = 180
const left = 46
const bottom = 24
const top = 10
const base = height - bottom

const lines = { rows: "Rows", answers: "Answers", tokens: "Tokens" } as const
type Line = keyof typeof lines

export const TimelineChart = ({
  sessions,
  timeline
}: {
  readonly timeline: Timeline
  readonly sessions: ReadonlyArray<Session>
}) => {
  const told = (Object.keys(lines) as ReadonlyArray<Line>).filter((line) =>
    timeline[line].some((value) => value > 0)
  )
  const [chosen, choose] = useState<Line>(told[0] ?? "rows")
  const [pointed, point] = useState<number | undefined>()
  const { until, width: bucketMs } = timeline
  const rates = timeline[chosen].map(
    (value, i) => value / ((Math.min(until, (i + 1) * bucketMs) - i * bucketMs || bucketMs) / 1000)
  )
  const most = niceMost(Math.max(0, ...rates))
  const x = (ms: number): number => left + (ms / Math.max(1, until)) * (width - left - 8)
  const y = (rate: number): number => base - (rate / most) * (base - top)
  const outline = rates
    .map(
      (rate, i) =>
        `H${point1(x(i * bucketMs))}V${point1(y(rate))}H${point1(x(Math.min(until, (i + 1) * bucketMs)))}`
    )
    .join("")
  const starts = sessions
    .slice(1)
    .map((_, i) => sessions.slice(0, i + 1).reduce((sum, { seconds }) => sum + seconds * 1000, 0))
  const move = (event: MouseEvent & { readonly currentTarget: SVGSVGElement }): void => {
    const { left: from, width: wide } = event.currentTarget.getBoundingClientRect()
    const bucket = Math.floor(
      (((((event.clientX - from) / wide) * width - left) / (width - left - 8)) * until) / bucketMs
    )
    point(bucket >= 0 && bucket < rates.length ? bucket : undefined)
  }
  return (
    <figure>
      <figcaption>
        <h3>Throughput</h3>
        {told.length > 1 && (
          <span class="segments small" role="group" aria-label="What is counted">
            {told.map((line) => (
              <button
                key={line}
                type="button"
                aria-pressed={line === chosen}
                onClick={() => choose(line)}
              >
                {lines[line]}
              </button>
            ))}
          </span>
        )}
        <span class="readout" aria-live="off">
          {pointed === undefined
            ? `${lines[chosen].toLowerCase()} per second`
            : `${duration(pointed * bucketMs)}: ${short(rates[pointed]!)} ${lines[chosen].toLowerCase()} per second`}
        </span>
      </figcaption>
      <svg
        class="chart"
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        onMouseMove={move}
        onMouseLeave={() => point(undefined)}
        aria-label={`${lines[chosen]} per second over ${duration(until)} of running; at most ${short(Math.max(0, ...rates))}`}
      >
        {[0, 0.5, 1].map((share) => (
          <g key={share} class="tick">
            <line x1={left} x2={width - 8} y1={y(most * share)} y2={y(most * share)} />
            <text x={left - 8} y={y(most * share) + 4} text-anchor="end">
              {short(most * share)}
            </text>
          </g>
        ))}
        <path class="area" d={`M${left} ${base}${outline}V${base}Z`} />
        <path class="line" d={`M${left} ${base}${outline}`} />
        {pointed !== undefined && (
          <rect
            class="pointed"
            x={x(pointed * bucketMs)}
            width={Math.max(1, x((pointed + 1) * bucketMs) - x(pointed * bucketMs))}
            y={top}
            height={base - top}
          />
        )}
        {starts.map((ms, i) => (
          <line key={i} class="resumed" x1={x(ms)} x2={x(ms)} y1={top} y2={base}>
            <title>resumed</title>
          </line>
        ))}
        {timeTicks(until).map((ms) => (
          <text
            key={ms}
            class="time"
            x={x(ms)}
            y={height - 6}
            text-anchor={ms === 0 ? "start" : "middle"}
          >
            {ms === 0 ? "0" : duration(ms)}
          </text>
        ))}
      </svg>
    </figure>
  )
}

const point1 = (value: number): string => value.toFixed(1)

/** The next number after which one would draw a line. */
const niceMost = (value: number): number => {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return (([1, 2, 4, 5, 10] as const).find((step) => step * power >= value) ?? 10) * power
}

const spans = [
  10,
  20,
  50,
  100,
  200,
  500,
  1e3,
  2e3,
  5e3,
  10e3,
  20e3,
  30e3,
  60e3,
  120e3,
  300e3,
  600e3,
  1200e3,
  1800e3,
  3600e3,
  7200e3,
  4 * 3600e3,
  12 * 3600e3,
  24 * 3600e3
]

const timeTicks = (until: number): ReadonlyArray<number> => {
  const span = spans.find((each) => until / each <= 6) ?? until / 4
  return Array.from({ length: Math.floor((until / span) * 0.97) + 1 }, (_, i) => i * span)
}
