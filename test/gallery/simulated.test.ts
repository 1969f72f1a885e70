import { readdirSync } from "node:fs"
import { afterAll, describe, expect, it } from "vitest"
import * as readyTasks from "../../src/gallery/readyTasks.ts"
import { OpenAILLM, type Row, runStepPromise } from "../../src/index.ts"
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
const answers = 40

describe("a simulated model gives readable answers", () => {
  it("for every ready task", () => {
    const known = Object.keys(readyTasks).filter((name) => name !== "task")
    expect(known.filter((name) => !classes.has(name))).toEqual([])
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
        const step = makerOf(task)!({
          name: "task",
          llm: OpenAILLM({ model: "m", baseUrl: simulator.openaiBaseUrl, apiKey: "none" }),
          numGenerations: answers,
          ...camelCased(config)
        } as never)
        const { errors, rows } = await runStepPromise(step as never, inputs as ReadonlyArray<Row>)
        asked += rows.length + errors.length
        unread += errors.length
        why ??= errors[0]?.detail
      }
      expect(asked).toBeGreaterThan(answers)
      expect(unread / asked, `${unread} of ${asked}: ${why}`).toBeLessThanOrEqual(0.05)
    })
  }
})
