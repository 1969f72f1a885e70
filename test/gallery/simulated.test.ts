import { mkdtempSync, readdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import * as readyTasks from "../../src/gallery/readyTasks.ts"
import {
  ClientvLLM,
  type Distiset,
  type ErrorRow,
  from,
  OpenAILLM,
  Pipeline,
  type Row,
  runPromise,
  runStepPromise
} from "../../src/index.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { camelCased, fixtures } from "../fixtures.ts"
import { makerOf } from "../tasks/recorded.ts"

const simulator = await startSimulator()
afterAll(() => simulator.close())

const classes = new Map(
  readdirSync(new URL("../fixtures/", import.meta.url))
    .filter((file) => file.startsWith("task-") && !/mappings|failed-batch/.test(file))
    .map((file) => file.replace(".jsonl", ""))
    .map((file) => [fixtures(file)[0]!.task!, file] as const)
)
/** Classes that Python does not have, with options and a row to ask about. */
const ours: Readonly<Record<string, { readonly options: Row; readonly row: Row }>> = {
  PairwiseJudge: {
    options: { both: true },
    row: { instruction: "Why is the sky blue?", responses: ["Air scatters blue most.", "Paint."] }
  },
  RubricJudge: {
    options: {
      criteria: {
        faithful: { question: "Is every claim true?", labels: ["yes", "no"] },
        clear: { question: "How easy is it to follow?", scale: [1, 5] }
      },
      samples: 2
    },
    row: { instruction: "Why is the sky blue?", generation: "Air scatters blue light most." }
  }
}
const answers = 40

/** Cases with lengths of a few characters, and prompts that name none, say nothing of models. */
const usualLengths = ({ min_length }: Row): Row =>
  min_length === undefined ? {} : { minLength: 512, maxLength: 1024, mutationTemplates: undefined }

/** Options that Python's class has and ours does without say nothing of models. */
const knownTo = (task: string, config: Row): Row =>
  Object.fromEntries(
    Object.entries(config).filter(
      ([option]) => /batchSize/i.test(option) || option in makerOf(task)!.definition.options
    )
  )

const at = { model: "m", baseUrl: simulator.openaiBaseUrl, apiKey: "none" }

/** Some tasks let the model write the user's turns. */
const modelFor = (task: string) =>
  task.startsWith("Magpie") ? ClientvLLM({ ...at, chatTemplate: "llama3" }) : OpenAILLM(at)

/** What a task makes of rows, or by itself. */
const ran = async (
  step: unknown,
  inputs: ReadonlyArray<Row>
): Promise<{ readonly rows: ReadonlyArray<Row>; readonly errors: ReadonlyArray<ErrorRow> }> => {
  if ((step as { readonly kind: string }).kind !== "generator")
    return runStepPromise(step as never, inputs)
  const { default: subset } = (await runPromise(Pipeline("simulated", {}, from(step as never)), {
    cacheDir: mkdtempSync(join(tmpdir(), "distilabel-simulated-")),
    progress: "none",
    report: false
  })) as Distiset<{ readonly default: Row }>
  return { rows: await subset.toArray(), errors: await subset.errors().toArray() }
}

describe("a simulated model gives readable answers", () => {
  it("for every ready task", () => {
    const known = Object.keys(readyTasks).filter((name) => name !== "task")
    expect(known.filter((name) => !classes.has(name) && !(name in ours))).toEqual([])
  })

  for (const [task, file] of classes) {
    const cases = fixtures(file).filter(
      ({ config, error }) => error === null && config["num_generations"] === undefined
    )
    it(`to 95 of 100 questions of ${task}`, async () => {
      let asked = 0
      let unread = 0
      let why: string | undefined
      for (const { config, inputs } of cases) {
        // One that asks several times for a row gets each row several times.
        const rowsOf = inputs as ReadonlyArray<Row>
        const several = "numGenerations" in makerOf(task)!.definition.options
        const step = makerOf(task)!({
          name: "task",
          llm: modelFor(task),
          ...knownTo(task, camelCased(config)),
          ...(several ? { numGenerations: answers } : {}),
          ...(config["num_instructions"] === undefined ? {} : { numInstructions: answers }),
          ...(config["num_rows"] === undefined ? {} : { numRows: answers }),
          ...usualLengths(config)
        } as never)
        const { errors, rows } = await ran(
          step,
          several ? rowsOf : rowsOf.flatMap((row) => Array.from({ length: answers }, () => row))
        )
        asked += rows.length + errors.length
        unread += errors.length
        why ??= errors[0]?.detail
      }
      expect(asked).toBeGreaterThan(answers)
      expect(unread / asked, `${unread} of ${asked}: ${why}`).toBeLessThanOrEqual(0.05)
    })
  }

  for (const [task, { options, row }] of Object.entries(ours))
    it(`to 95 of 100 questions of ${task}`, async () => {
      const step = makerOf(task)!({ name: "task", llm: modelFor(task), ...options } as never)
      const { errors, rows } = await ran(
        step,
        Array.from({ length: answers }, () => row)
      )
      expect(rows.length + errors.length).toBe(answers)
      expect(errors.length / answers, errors[0]?.detail).toBeLessThanOrEqual(0.05)
    })

  const parameters = {
    type: "object",
    properties: { city: { type: "string" }, days: { type: "integer" } },
    required: ["city", "days"]
  }
  it.each([
    {
      told: "by its schema",
      row: {
        examples: "",
        func_desc: "The weather of a city.",
        tools: [{ type: "function", function: { name: "weather", parameters } }]
      },
      useDefaultStructuredOutput: false
    },
    {
      told: "by an example",
      row: {
        examples: `## Query:\nHow is Lima?\n## Answers:\n[{"name": "weather", "arguments": {"city": "Lima", "days": 3}}]`,
        func_desc: "The weather of a city."
      },
      useDefaultStructuredOutput: true
    },
    {
      told: "by its description",
      row: { examples: "", func_desc: "The weather of a `city` for so many `days`." },
      useDefaultStructuredOutput: false
    }
  ])(
    "calls a function with the arguments that it has, as told $told",
    async ({ row, useDefaultStructuredOutput }) => {
      const step = makerOf("APIGenGenerator")!({
        name: "task",
        llm: modelFor("APIGenGenerator"),
        useDefaultStructuredOutput
      } as never)
      const { errors, rows } = await ran(
        step,
        Array.from({ length: answers }, (_, i) => ({
          ...row,
          examples: `${row.examples}\n${i}`,
          func_name: "weather"
        }))
      )
      expect(errors).toEqual([])
      expect(rows).toHaveLength(answers)
      const values = new Set<string>()
      for (const { answers: written } of rows) {
        const calls = JSON.parse(String(written)) as ReadonlyArray<Row>
        expect(calls).toEqual([{ name: "weather", arguments: expect.anything() as unknown }])
        const args = calls[0]!["arguments"] as Row
        expect(Object.keys(args).toSorted()).toEqual(["city", "days"])
        expect(Number.isInteger(args["days"])).toBe(true)
        values.add(String(args["days"]))
      }
      // Made up for each row anew.
      expect(values.size).toBeGreaterThan(3)
    }
  )
})
