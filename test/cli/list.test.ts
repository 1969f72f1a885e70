import { spawnSync } from "node:child_process"
import { expect, it } from "vitest"
import { entry } from "../program.ts"

const list = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [entry, "list", ...args], { encoding: "utf8" })

it("list prints all classes, those about a word, and one with its options", () => {
  const all = list()
  expect(all.status).toBe(0)
  expect(all.stdout).toMatch(/^Steps\n/)
  expect(all.stdout).toContain("InferenceEndpointsLLM")
  const about = list("embedding").stdout
  expect(about).toContain("EmbeddingDedup")
  expect(about).not.toContain("UltraFeedback")
  expect(list("MinHashDedup").stdout).toMatch(/threshold +0\.9[^]*distilabel\.steps\.filtering/)
  expect(JSON.parse(list("PrometheusEval", "--json").stdout)).toMatchObject([
    { name: "PrometheusEval", kind: "task", cites: true }
  ])
})

it("list suggests what somebody may have meant", () => {
  expect(list("FilterStep")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("Did you mean FilterRows?") as string
  })
})
