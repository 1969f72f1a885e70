/** Counts by name, the most frequent first unless they have an order, as bars with their figures. */
import { count } from "../../figures/shownFigures.ts"

export interface Bar {
  readonly name: string
  readonly about: string
  readonly count: number
  readonly open?: (() => void) | undefined
}

export const BarsChart = ({
  bars,
  bad = false,
  ordered = false
}: {
  readonly bars: ReadonlyArray<Bar>
  readonly bad?: boolean
  /** Whether they are in an order of their own. */
  readonly ordered?: boolean
}) => {
  const most = Math.max(1, ...bars.map((bar) => bar.count))
  return (
    <ul class={bad ? "bars bad" : "bars"}>
      {(ordered ? bars : bars.toSorted((a, b) => b.count - a.count)).map(
        ({ about, count: value, name, open }) => (
          <li key={`${name} ${about}`}>
            {open === undefined ? (
              <span class="name" dir="auto">
                {name}
              </span>
            ) : (
              <button type="button" class="name link" onClick={open}>
                {name}
              </button>
            )}
            <span class="about" dir="auto">
              {about}
            </span>
            <svg class="strip" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
              <rect class="bar" width={Math.max(0.6, (value / most) * 100)} height="6" />
            </svg>
            <span class="number">{count(value)}</span>
          </li>
        )
      )}
    </ul>
  )
}
