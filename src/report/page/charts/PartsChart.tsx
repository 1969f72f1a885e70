/** Numbers on a scale of equal parts, as bars, with the median marked. */
import type { NumberProfile } from "../../figures/Profile.ts"
import { count, number } from "../../figures/shownFigures.ts"

const width = 400
const height = 64
const base = height - 16

export const PartsChart = ({
  label,
  numbers: { max, median, min, parts }
}: {
  readonly numbers: NumberProfile
  readonly label: string
}) => {
  const most = Math.max(1, ...parts)
  const span = max - min || 1
  const x = (value: number): number => ((value - min) / span) * width
  const partWidth = width / parts.length
  return (
    <svg
      class="chart histogram"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`${label}: from ${number(min)} to ${number(max)}, median ${number(median)}`}
    >
      {parts.map(
        (held, i) =>
          held > 0 && (
            <rect
              key={i}
              class="bar"
              x={i * partWidth + 0.75}
              width={partWidth - 1.5}
              y={base - Math.max(1.5, (held / most) * (base - 4))}
              height={Math.max(1.5, (held / most) * (base - 4))}
              rx="1.5"
            >
              <title>{`${number(min + (i * span) / parts.length)} to ${number(min + ((i + 1) * span) / parts.length)}: ${count(held)}`}</title>
            </rect>
          )
      )}
      <line class="axis" x1="0" x2={width} y1={base} y2={base} />
      <text x="0" y={height - 3}>
        {number(min)}
      </text>
      <text x={width} y={height - 3} text-anchor="end">
        {number(max)}
      </text>
      {min < max && (
        <line class="median" x1={x(median)} x2={x(median)} y1="0" y2={base}>
          <title>{`median ${number(median)}`}</title>
        </line>
      )}
    </svg>
  )
}
