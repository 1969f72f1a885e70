/** What no compiler sees of definitions: that all of them are known, and that names are real. */
import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import { isOptional } from "../../src/columns/Columns.ts"
import { pythonModule } from "../../src/document/classes/pythonClasses.ts"
import { catalog, runStepPromise, ScriptedLLM, UltraFeedback } from "../../src/index.ts"
import * as library from "../../src/index.ts"
import type { AnyDefined } from "../../src/step/Definition.ts"

const isDefined = (value: unknown): value is AnyDefined =>
  typeof value === "function" && "definition" in value

const constructors = Object.entries(library).flatMap(([name, value]) =>
  isDefined(value) ? [{ name, definition: value.definition }] : []
)

it("every step and task that is exported is known to documents, under its own name", () => {
  for (const { definition, name } of constructors)
    expect(catalog.steps.get(definition.type)?.source.madeBy, name).toBe(name)
  expect(new Set(catalog.steps.keys())).toEqual(
    new Set(constructors.map(({ definition }) => definition.type))
  )
})

it("every class that Python has says so, and where 1.5.3 has it", () => {
  const ours = new Set(["LoadHubDataset", "CombineColumns"])
  for (const { definition } of constructors) {
    const { python, type } = definition
    expect({ type, python: python !== undefined }).toEqual({
      type,
      python: pythonModule(type) !== undefined || ours.has(type)
    })
  }
})

it.each(constructors)(
  "$name: its keys differ, and its parameters and defaults are options",
  ({ definition }) => {
    const { defaults, needs = [], options, parameters = [], python = {} } = definition
    const names = Object.keys(options)
    for (const named of [
      parameters,
      needs,
      Object.keys(defaults),
      python.lacks ?? [],
      python.implied ?? [],
      Object.keys(python.keys ?? {}),
      Object.keys(python.spells ?? {}),
      Object.keys(python.blanks ?? {})
    ])
      expect(names).toEqual(expect.arrayContaining([...named]))
    const keys = catalog.steps.get(definition.type)!.fields.map(({ key, own }) => `${key} ${own}`)
    expect(new Set(keys).size).toBe(keys.length)
    for (const [option, value] of Object.entries(defaults)) {
      const schema = options[option]!
      expect(isOptional(schema), `${option} has a default, and may be left out`).toBe(true)
      expect(Schema.is(Schema.Struct({ [option]: schema }))({ [option]: value }), option).toBe(true)
    }
  }
)

it.each([
  "helpfulness",
  "honesty",
  "instruction-following",
  "truthfulness",
  "overall-rating"
] as const)("UltraFeedback adds the columns of %s when an answer is read", async (aspect) => {
  const llm = ScriptedLLM({ answers: "Type: 1\nRationale: a\nRating: 4\nRationale: b" })
  const step = UltraFeedback({ name: "judge", llm, aspect })
  const declared = Object.keys(step.gives({ columns: {}, open: false }).columns)
  const before = { instruction: "a", generations: ["b"] }
  const { errors, rows } = await runStepPromise(step, [before])
  expect(errors).toEqual([])
  const added = Object.keys(rows[0]!).filter((column) => !(column in before))
  expect(added.toSorted()).toEqual(declared.toSorted())
})
