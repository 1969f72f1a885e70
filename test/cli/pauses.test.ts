import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { readFigures } from "../../src/report/figures/RunFigures.ts"
import { completion, json, serve } from "../models/wire.ts"
import { folder, started } from "./command.ts"

it("A run that a provider keeps waiting says for how long and why, counts it in the time left, and keeps it for the report", async () => {
  await using wire = await serve((_, response, index) =>
    index === 0
      ? json(response, { error: { message: "hourly limit" } }, 429, { "retry-after": "1740" })
      : json(response, completion("Hi"))
  )
  const output = folder()
  const args = [
    "run",
    "test/cli/pipelines/asking.ts",
    "--output",
    output,
    "--progress",
    "live",
    "--max-error-rate",
    "1"
  ]
  const { child, ended, told } = started(args, {
    TEST_URL: `${wire.url}/v1`,
    DISTILABEL_CACHE_DIR: folder()
  })
  const host = new URL(wire.url).host
  await expect
    .poll(() => told.stderr)
    .toMatch(new RegExp(`paused by ${host} for 28 min \\d+ s \\(429, Retry-After\\)`))
  expect(told.stderr).toMatch(/(about|at least) (28|29) min \d+ s left/)
  await new Promise((resolve) => setTimeout(resolve, 2500))
  child.kill("SIGINT")
  expect(await ended).toEqual([130, null])
  expect(told.stderr).toMatch(/\d s paused \(429, Retry-After\) at ask/)
  const { model } = readFigures(output)!.steps.find(({ name }) => name === "ask")!
  expect(model!.paused!["429, Retry-After"]).toBeGreaterThan(2000)
  expect(readFileSync(join(output, "report.html"), "utf8")).toContain("429, Retry-After")
})
