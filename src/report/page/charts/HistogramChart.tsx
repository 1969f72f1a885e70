/** A histogram on a scale that grows by factors: bars, the median and the 95th percentile marked. */
import { bucketStart, type Histogram, quantile } from "../../figures/Histogram.ts"
import { count } from "../../figures/shownFigures.ts"

export interface Scale {
  /** The first and the last bucket that are shown. */
  readonly from: number
  readonly to: number
}

/** A scale on which all of several histograms lie. */
export const scaleOf = (histograms: ReadonlyArray<Histogram>): Scale => {
  const used = histograms.flatMap(({ counts }) =>
    counts.flatMap((held, bucket) => (held > 0 ? [bucket] : []))
  )
  if (used.length === 0) return { from: 0, to: 8 }
  const [from, to] = [Math.min(...used) - 1, Math.max(...used) + 1]
  // Few buckets would look like blocks.
  const lack = Math.max(0, 12 - (to - from))
  return { from: Math.max(0, from - Math.floor(lack / 2)), to: to + Math.ceil(lack / 2) }
}

const width = 400
const height = 64
const base = height - 16

export const HistogramChart = ({
  format,
  histogram,
  label,
  scale: { from, to }
}: {
  readonly histogram: Histogram
  readonly scale: Scale
  readonly label: string
  readonly format: (value: number) => string
}) => {
  const span = to - from + 1
  const x = (bucket: number): number => ((bucket - from) / span) * width
  const most = Math.max(1, ...histogram.counts)
  const [median, late] = [quantile(histogram, 0.5), quantile(histogram, 0.95)]
  const at = (value: number): number => (value < 1 ? x(value) : x(1 + Math.log2(value) * 4))
  return (
    <svg
      class="chart histogram"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`${label}: ${count(histogram.count)} values, median ${format(median ?? 0)}, 95 % below ${format(late ?? 0)}`}
    >
      {ticks(from, to).map((value) => (
        <g key={value} class="tick">
          <line x1={at(value)} x2={at(value)} y1="0" y2={base} />
          <text x={at(value)} y={height - 3} text-anchor="middle">
            {format(value)}
          </text>
        </g>
      ))}
      {histogram.counts.map(
        (held, bucket) =>
          held > 0 &&
          bucket >= from &&
          bucket <= to && (
            <rect
              key={bucket}
              class="bar"
              x={x(bucket) + 0.75}
              width={width / span - 1.5}
              y={base - barHeight(held, most)}
              height={barHeight(held, most)}
              rx="1.5"
            >
              <title>{`${format(bucketStart(bucket))} to ${format(bucketStart(bucket + 1))}: ${count(held)}`}</title>
            </rect>
          )
      )}
      <line class="axis" x1="0" x2={width} y1={base} y2={base} />
      {median !== undefined && (
        <line class="median" x1={at(median)} x2={at(median)} y1="0" y2={base}>
          <title>{`median ${format(median)}`}</title>
        </line>
      )}
    </svg>
  )
}

/** One value among many thousands is still seen. */
const barHeight = (held: number, most: number): number => Math.max(1.5, (held / most) * (base - 4))

/** Powers of ten on the scale; where these are too few, what lies between them. */
const ticks = (from: number, to: number): ReadonlyArray<number> => {
  const [least, most] = [bucketStart(from), bucketStart(to + 1)]
  const within = (steps: ReadonlyArray<number>): ReadonlyArray<number> =>
    Array.from({ length: 14 }, (_, power) => steps.map((step) => step * 10 ** power))
      .flat()
      .filter((value) => value >= least * 1.08 && value <= most / 1.08)
  const tens = within([1])
  return tens.length >= 4
    ? tens
    : ([within([1, 3]), within([1, 2, 5]), tens].find(
        (values) => values.length >= 2 && values.length <= 8
      ) ?? tens)
}
