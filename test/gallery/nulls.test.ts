/** What the columns of a task declare is what its rows hold, whatever the model answers. */
import { readdirSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { ColumnProblem, rowDecoder } from "../../src/columns/declaredValues.ts"
import * as readyTasks from "../../src/gallery/readyTasks.ts"
import { type Row, runStepPromise, ScriptedLLM } from "../../src/index.ts"
import type { AnyDefined } from "../../src/step/Definition.ts"
import { givesInFlow } from "../../src/step/mapping.ts"
import type { StepData } from "../../src/step/Step.ts"
import { camelCased, type Fixture, fixtures } from "../fixtures.ts"

const recordings = readdirSync(new URL("../fixtures/", import.meta.url))
  .filter((file) => file.startsWith("task-") && file.endsWith(".jsonl"))
  .flatMap((file) => fixtures(file.replace(".jsonl", "")))
  .filter(({ inputs, outputs }) => inputs !== undefined && inputs.length > 0 && outputs !== null)

const tasks = Object.entries(readyTasks as unknown as Readonly<Record<string, AnyDefined>>).filter(
  ([name, { definition }]) => name !== "task" && "nulls" in definition.options
)

const casesOf = (name: string): ReadonlyArray<Fixture> =>
  recordings.filter(({ task }) => task === name).slice(0, 3)

/** Rows that a task makes of the recorded inputs, and what is wrong with them. */
const outcomeOf = async (
  make: AnyDefined,
  { config, inputs }: Fixture,
  answer: string | null,
  nulls: "error" | "keep"
) => {
  const { columns, ...options } = camelCased(config)
  const step = make({
    name: "asked",
    llm: ScriptedLLM({ answers: () => answer }),
    nulls,
    ...options,
    ...(columns === undefined ? {} : { columns })
  } as never) as StepData
  const { errors, rows } = await runStepPromise(step as never, inputs as never)
  const given = givesInFlow(step, { columns: {}, open: true }).columns
  const own = Object.fromEntries(
    Object.entries(given).filter(([column]) => column !== "distilabel_metadata")
  )
  const decode = rowDecoder(own)
  return { rows: (rows as ReadonlyArray<Row>).map(decode), errors }
}

describe.each(tasks)("%s", (name, make) => {
  const cases = casesOf(name)

  it.each([null, "", " \n", "no answer in any form"])(
    "declares what rows hold after the answer %j",
    async (answer) => {
      expect(cases.length).toBeGreaterThan(0)
      for (const each of cases)
        for (const nulls of ["error", "keep"] as const) {
          const { errors, rows } = await outcomeOf(make, each, answer, nulls)
          expect(rows.filter((row) => row instanceof ColumnProblem)).toEqual([])
          const isNone = answer === null || answer.trim() === ""
          if (!isNone) continue
          if (nulls === "error") expect(rows).toEqual([])
          else expect(errors.filter(({ reason }) => reason !== "BadInput")).toEqual([])
        }
    }
  )
})
