/**
 * Benchmarks: `npm run bench -- NAME [--json]`. Each measures in one run what it compares, and says
 * whether its bar is met.
 */
import { ceiling } from "./ceiling.ts"
import { cluster, clusterOverhead } from "./cluster.ts"
import { clusterKills } from "./clusterKills.ts"
import { crash } from "./crash.ts"
import { damages } from "./damage.ts"
import { data } from "./data.ts"
import { documents } from "./documents.ts"
import { estimate } from "./estimate.ts"
import { faults } from "./faults.ts"
import type { Figure } from "./Figure.ts"
import { journal } from "./journal.ts"
import { minhash } from "./minhash.ts"
import { overhead } from "./overhead.ts"
import { resume } from "./resume.ts"
import { saturation } from "./saturation.ts"
import { start } from "./start.ts"
import { storm } from "./storm.ts"
import { stragglers } from "./stragglers.ts"
import { vectors } from "./vectors.ts"

const benchmarks: Readonly<Record<string, () => Promise<ReadonlyArray<Figure>>>> = {
  overhead,
  data,
  damage: damages,
  journal,
  crash,
  cluster,
  "cluster-overhead": clusterOverhead,
  "cluster-kills": clusterKills,
  resume,
  estimate,
  documents,
  minhash,
  vectors,
  start,
  faults,
  storm,
  saturation,
  stragglers,
  ceiling
}

const [name = "", ...flags] = process.argv.slice(2)
const benchmark = benchmarks[name]
if (benchmark === undefined) {
  console.error(
    `There is no benchmark '${name}'. There are: ${Object.keys(benchmarks).join(", ")}.`
  )
  process.exit(2)
}
const figures = await benchmark()
const met = ({ atMost, bar, value }: Figure): boolean =>
  bar === undefined || (atMost === true ? value <= bar : value >= bar)
if (flags.includes("--json"))
  console.log(
    JSON.stringify(
      { benchmark: name, figures: figures.map((figure) => ({ ...figure, met: met(figure) })) },
      undefined,
      2
    )
  )
else {
  for (const figure of figures) {
    const bar =
      figure.bar === undefined
        ? ""
        : `  (bar ${figure.atMost === true ? "≤" : "≥"} ${figure.bar}: ${met(figure) ? "met" : "missed"})`
    const from =
      figure.from === undefined
        ? ""
        : `  ${Object.entries(figure.from)
            .map(([what, value]) => `${what} ${Number(value.toFixed(3))}`)
            .join(", ")}`
    console.log(
      `${figure.name}: ${Number(figure.value.toPrecision(4))} ${figure.unit}${bar}${from}`
    )
  }
}
process.exitCode = figures.every(met) ? 0 : 1
