/** What the command does with files around it: `.env`, and pipelines that cannot be parsed. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { expect, it } from "vitest"
import { conditions, entry } from "../program.ts"

const folder = mkdtempSync(join(tmpdir(), "distilabel-environment-"))
symlinkSync(resolve("node_modules"), join(folder, "node_modules"), "dir")

const run = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) => {
  const { DISTILABEL_CACHE_DIR: _, ...rest } = process.env
  return spawnSync(process.execPath, [...conditions, entry, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...rest, ...env }
  })
}

it(".env is read, and a variable that is set stays as it is", () => {
  writeFileSync(join(folder, ".env"), "DISTILABEL_CACHE_DIR=from-the-file\n")
  expect(run(["cache", "size"]).stdout).toContain("from-the-file")
  expect(run(["cache", "size"], { DISTILABEL_CACHE_DIR: "set-before" }).stdout).toContain(
    "set-before"
  )
})

it.each([
  ["typed.ts", "const a: number = 1\nconst b = = 2\n", "Expression expected (line 2:11)"],
  ["plain.mjs", "const a = 1\nconst b = = 2\n", "Unexpected token '=' (line 2:11)"],
  [
    "enums.ts",
    "enum A {\n  x\n}\n",
    "TypeScript enum is not supported in strip-only mode (line 1)"
  ],
  ["importing.ts", 'import "./typed.ts"\n', "Expression expected (line 2:11 of typed.ts)"]
])("a pipeline that cannot be parsed is told with its line: %s", (name, text, said) => {
  writeFileSync(join(folder, name), text)
  expect(run(["run", name])).toMatchObject({
    status: 1,
    stderr: `'${name}' cannot be loaded: ${said}\n`
  })
})

it("what a run lacks is told in flags", () => {
  writeFileSync(
    join(folder, "pipeline.ts"),
    `import { from, LoadDataFromDicts, OpenAILLM, Pipeline, TextGeneration } from ${JSON.stringify(resolve("src/index.ts"))}
const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "a" }] })
export default Pipeline("flags", {}, from(load).to(TextGeneration({ name: "ask", llm: OpenAILLM({ model: "nobody-knows" }) })))
`
  )
  const { stderr } = run(["run", "pipeline.ts", "--max-cost", "1"])
  expect(stderr).toMatch(/--max-cost of pipeline 'flags' cannot be kept/)
  expect(stderr).toMatch(/--price "nobody-knows"=0\.15\/0\.6, or set --max-tokens instead\./)
})
