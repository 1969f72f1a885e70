import { expect, it } from "vitest"
import { collector } from "../run/collector.ts"
import { command, folder } from "./command.ts"

const run = (...args: ReadonlyArray<string>) =>
  command([
    "run",
    "test/cli/pipelines/own.ts",
    "--cache-dir",
    folder(),
    "--progress",
    "none",
    ...args
  ])

it("--otlp sends the spans of a run to a collector before the command ends", async () => {
  await using at = await collector()
  expect(await run("--otlp", at.url)).toMatchObject({ status: 0 })
  expect(at.spans.filter(({ name }) => name.startsWith("run "))).toHaveLength(1)
  expect(at.services).toContain("distilabel-ts")
})

it("--otlp with something else than an address is refused before anything runs", async () => {
  expect(await run("--otlp", "localhost:4318")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("such as http://localhost:4318, not 'localhost:4318'")
  })
})
