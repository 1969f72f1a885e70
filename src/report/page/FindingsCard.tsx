/** What a step finds in its rows: shares, means, and verdicts beside those of people. */
import { interval95 } from "../figures/interval95.ts"
import type { FindingFigures, StepFindings } from "../figures/Profile.ts"
import { count, number, percent } from "../figures/shownFigures.ts"
import { BarsChart } from "./charts/BarsChart.tsx"

export const FindingsCard = ({
  step: { findings, step, type }
}: {
  readonly step: StepFindings
}) => (
  <figure class="column">
    <figcaption>
      <h3 dir="auto">{step}</h3>
      <span class="readout">{type}</span>
    </figcaption>
    {findings.map((finding) => (
      <section key={`${finding.kind} ${finding.name}`} class="finding">
        <h4 dir="auto">{finding.name}</h4>
        {finding.kind === "share" ? (
          <Share finding={finding} />
        ) : finding.kind === "mean" ? (
          <Mean finding={finding} />
        ) : (
          <Pair finding={finding} />
        )}
      </section>
    ))}
  </figure>
)

type Kind<K extends FindingFigures["kind"]> = FindingFigures & { readonly kind: K }

const Share = ({
  finding: { count: all, expected, hits }
}: {
  readonly finding: Kind<"share">
}) => {
  const [low, high] = interval95(hits, all)
  return (
    <>
      <p class="figure">
        <b>{percent(hits / all)}</b>{" "}
        <span class="about">
          of {count(all)}, 95 % interval {percent(low)} to {percent(high)}
          {expected === undefined ? "" : `; ${percent(expected)} expected`}
        </span>
      </p>
      <svg class="strip" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect class="bar" width={Math.max(0.6, (hits / all) * 100)} height="6" />
        {expected !== undefined && (
          <rect class="expected" x={expected * 100 - 0.25} width="0.5" height="6" />
        )}
      </svg>
      {expected !== undefined && (expected < low || expected > high) && (
        <p class="note">More than chance: {percent(expected)} lies outside of the interval.</p>
      )}
    </>
  )
}

const Mean = ({ finding: { count: all, counts, mean } }: { readonly finding: Kind<"mean"> }) => (
  <>
    <p class="figure">
      <b>{number(mean)}</b> <span class="about">mean of {count(all)}</span>
    </p>
    {counts.length > 1 && (
      <BarsChart
        ordered
        bars={counts.map(({ count: times, value }) => ({
          name: value,
          about: percent(times / all),
          count: times
        }))}
      />
    )}
  </>
)

const Pair = ({
  finding: { count: all, kappa, pairs, same }
}: {
  readonly finding: Kind<"pair">
}) => {
  const [low, high] = interval95(same, all)
  const verdicts = [...new Set(pairs.flatMap(({ gold, value }) => [value, gold]))].toSorted(
    (a, b) => a.localeCompare(b, "en", { numeric: true })
  )
  return (
    <>
      <p class="figure">
        <b>{percent(same / all)}</b>{" "}
        <span class="about">
          as people say, of {count(all)}; 95 % interval {percent(low)} to {percent(high)}
          {kappa === undefined ? "" : `; Cohen's kappa ${number(kappa)}`}
        </span>
      </p>
      {verdicts.length <= 12 && (
        <div class="scroll" tabIndex={0}>
          <table class="pairs">
            <thead>
              <tr>
                <th scope="col">verdict ↓ people →</th>
                {verdicts.map((gold) => (
                  <th key={gold} scope="col" class="number" dir="auto">
                    {gold}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {verdicts.map((value) => (
                <tr key={value}>
                  <th scope="row" dir="auto">
                    {value}
                  </th>
                  {verdicts.map((gold) => {
                    const times =
                      pairs.find((pair) => pair.value === value && pair.gold === gold)?.count ?? 0
                    return (
                      <td key={gold} class={value === gold ? "number same" : "number"}>
                        {times === 0 ? "" : count(times)}
                      </td>
                    )
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}
