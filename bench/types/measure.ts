/**
 * What type checking costs: each fixture's instantiations less those of its declarations, against
 * thresholds. `--update` sets them anew, `--json` prints all.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { compileAll } from "./compile.ts"
import { type Fixture, fixtures } from "./fixtures.ts"

const thresholdsFile = new URL("thresholds.json", import.meta.url)
const update = process.argv.includes("--update")

interface Cost {
  readonly fixture: Fixture
  readonly instantiations: number
  readonly errors: ReadonlyArray<string>
}

const programOf = ({ declares, isolates, wires }: Fixture): string =>
  `// ${isolates}\n${declares}\n${wires}\n`
const baselineOf = ({ declares }: Fixture): string => `${declares}\nexport {}\n`

const counts = await compileAll([
  ...new Set(fixtures.flatMap((fixture) => [baselineOf(fixture), programOf(fixture)]))
])
const costs = new Map(
  fixtures.map((fixture): readonly [string, Cost] => {
    const { errors, instantiations } = counts.get(programOf(fixture))!
    const declared = counts.get(baselineOf(fixture))!.instantiations
    return [fixture.name, { fixture, instantiations: instantiations - declared, errors }]
  })
)

const costOf = (name: string): number => costs.get(name)!.instantiations

/** The bars that hold whatever the thresholds say. */
const bars: ReadonlyArray<readonly [what: string, value: number, atMost: number]> = [
  ["chain of 100 steps", costOf("chain-100"), 85_000],
  ["chain of 100 steps and tasks of all kinds", costOf("mixed-100"), 150_000],
  [
    "cost per step at 100 over that at 10",
    costOf("chain-100") / 100 / (costOf("chain-10") / 10),
    3
  ],
  ...[...costs.values()]
    .filter(({ fixture }) => fixture.twin !== undefined)
    .map(
      ({ fixture, instantiations }) =>
        // A wrong one among parameters for a hundred steps makes the compiler look at each of the hundred again, and at which of them a dataset would replace.
        [
          `${fixture.name} more than ${fixture.twin}`,
          instantiations - costOf(fixture.twin!),
          fixture.name.startsWith("run-100") ? 10_000 : 5000
        ] as const
    )
]

const thresholds = JSON.parse(readFileSync(thresholdsFile, "utf8")) as Record<string, number>
if (update) {
  const sorted = Object.fromEntries(
    [...costs].map(([name, { instantiations }]) => [name, instantiations])
  )
  writeFileSync(thresholdsFile, `${JSON.stringify(sorted, undefined, 2)}\n`)
}

let passed = 0
const failures: Array<string> = []
const expectThat = (holds: boolean, failure: string): void => {
  if (holds) passed++
  else failures.push(failure)
}
for (const [name, { errors, fixture, instantiations }] of costs) {
  const wrong = fixture.twin !== undefined
  expectThat(
    wrong === errors.length > 0,
    `${name} ${wrong ? "compiles, but should not" : `does not compile: ${errors[0]}`}`
  )
  // Exact in one version of the compiler; other room for what a patch release may change.
  const threshold = update ? instantiations : (thresholds[name] ?? 0)
  expectThat(
    instantiations <= threshold * 1.02 + 50,
    `${name} costs ${instantiations} instantiations, its threshold is ${threshold}. If that is meant: npm run bench:types -- --update`
  )
}
for (const [what, value, atMost] of bars)
  expectThat(value <= atMost, `${what}: ${value.toFixed(2)}, at most ${atMost}`)

if (process.argv.includes("--json"))
  console.log(
    JSON.stringify(
      Object.fromEntries([...costs].map(([name, { instantiations }]) => [name, instantiations])),
      undefined,
      2
    )
  )
else
  for (const [name, { instantiations }] of costs)
    console.log(`${name.padEnd(34)}${instantiations.toLocaleString("en").padStart(10)}`)
for (const failure of failures) console.log(`✗ ${failure}`)
console.log(`${passed} passed, ${failures.length} failed`)
process.exitCode = failures.length === 0 ? 0 : 1
