import { describe, expect, it } from "vitest"
import { startSimulator } from "../../src/simulator/index.ts"
import { command, folder } from "./command.ts"

const pipeline = "test/cli/pipelines/asking.ts"

describe("distilabel-ts estimate", () => {
  it("says what a run will ask and cost, and the run does not ask for the sample again", async () => {
    await using simulator = await startSimulator()
    const env = {
      TEST_URL: simulator.openaiBaseUrl,
      TEST_ROWS: "400",
      TEST_MODEL: "own-model",
      DISTILABEL_CACHE_DIR: folder()
    }
    const told = await command(
      ["estimate", pipeline, "--sample", "40", "--price", "own-model=1000/1000"],
      env
    )
    expect(told.status).toBe(0)
    expect(told.stdout).toMatch(
      /asking: 400 rows, from a sample of 40\n.*ask.*own-model.*400.*calls.*tokens.*\$\d/
    )
    expect(simulator.stats().requests).toBe(40)
    const json = JSON.parse(
      (await command(["estimate", pipeline, "--sample", "40", "--json"], env)).stdout
    ) as Record<string, unknown>
    expect(json).toMatchObject({ rows: 400, calls: { expected: 400 }, unpriced: ["own-model"] })
    expect((await command(["run", pipeline], env)).status).toBe(0)
    expect(simulator.stats().requests).toBe(400)
  })

  it.each([
    [["estimate"], "No FILE is given"],
    [
      ["estimate", "a.ts", "--sample", "many"],
      "--sample takes a whole number from 1 on, not 'many'"
    ],
    [["estimate", "a.ts", "--price", "gpt-4o=cheap"], "--price takes MODEL=IN/OUT"],
    [["run", "a.ts", "--max-cost", "-1"], "--max-cost"],
    [
      ["run", "a.ts", "--max-error-rate", "3"],
      "Option --max-error-rate is 3. Give a number between 0 and 1, or leave it out. See: distilabel-ts run --help"
    ]
  ])("tells a wrong call in a sentence: %j", async (args, sentence) => {
    const { status, stderr } = await command(args)
    expect(status).toBe(2)
    expect(stderr).toContain(sentence)
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})
