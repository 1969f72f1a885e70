import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import type { Row } from "../src/index.ts"
import { conditions } from "./program.ts"

const start = (...args: ReadonlyArray<string>) => {
  const output = mkdtempSync(join(tmpdir(), "distilabel-start-"))
  const env = { ...process.env, OPENAI_API_KEY: "", MISTRAL_API_KEY: "", GOOGLE_CLOUD_PROJECT: "" }
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    [...conditions, "examples/seed.ts", "--output", output, ...args],
    { encoding: "utf8", env }
  )
  return { status, stderr, stdout, output }
}

describe("the seed pipeline (npm start)", () => {
  it("answers every instruction with two of three models, in order", () => {
    const { output, status, stderr, stdout } = start()
    expect(stderr).toContain("✓ pipe-name finished")
    expect(status).toBe(0)
    const rows = readFileSync(join(output, "default.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Row)
    const given = readFileSync("examples/data/instructions.jsonl", "utf8")
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as Row)["prompt"])
    expect(rows.map(({ instruction }) => instruction)).toEqual(given)
    expect(
      rows.every(
        ({ generations, model_names }) =>
          (generations as ReadonlyArray<string>).length === 2 &&
          (model_names as ReadonlyArray<string>).length === 2
      )
    ).toBe(true)
    expect(new Set(rows.map(({ model_names }) => String(model_names))).size).toBe(3)
    expect(stdout).toContain(`228 rows in ${join(output, "default.jsonl")}`)
  })

  it("runs on another file whose prompts are in another column", () => {
    const input = join(mkdtempSync(join(tmpdir(), "distilabel-start-")), "rows.jsonl")
    writeFileSync(input, '{"question":"What is 2 plus 3?"}\n')
    const { output, status } = start("--input", input, "--map", "question=prompt")
    expect(status).toBe(0)
    expect(JSON.parse(readFileSync(join(output, "default.jsonl"), "utf8"))).toMatchObject({
      instruction: "What is 2 plus 3?"
    })
  })

  it("tells missing keys, a missing file and a wrong option in a line each, without a stack", () => {
    const live = start("--live")
    expect(live.status).toBe(1)
    expect(live.stderr).toMatch(
      /3 steps could not start[^]*Set OPENAI_API_KEY[^]*Set MISTRAL_API_KEY[^]*Set GOOGLE_CLOUD_PROJECT/
    )
    const missing = start("--input", "none.jsonl")
    expect(missing.stderr).toContain("Cannot read 'none.jsonl': there is no such file.")
    const wrong = start("--bogus")
    expect(wrong.stderr).toContain("--bogus")
    for (const { stderr } of [live, missing, wrong]) expect(stderr).not.toMatch(/^\s+at /m)
  })
})
