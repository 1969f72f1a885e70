import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parquetWriteBuffer } from "hyparquet-writer"
import { describe, expect, it } from "vitest"
import { startHubSimulator } from "../../src/simulator/index.ts"
import { entry } from "../program.ts"
import { command } from "./command.ts"

const run = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [entry, "types", ...args], { encoding: "utf8" })
const directory = mkdtempSync(join(tmpdir(), "distilabel-types-"))

describe("distilabel-ts types", () => {
  it("prints or writes the columns of a file of rows, into folders that are not there yet", () => {
    const { status, stdout } = run("examples/data/instructions.jsonl")
    expect(status).toBe(0)
    expect(stdout).toContain(
      'told from 228 rows by `distilabel-ts types`. */\nimport type { RowOf } from "distilabel-ts"\nimport { Schema } from "effect"\n\nexport const columns = {\n  prompt: Schema.String,\n'
    )
    expect(stdout).toContain('difficulty: Schema.Literals(["easy", "medium", "hard"])')
    const output = join(directory, "types", "rows.ts")
    expect(run("examples/data/instructions.jsonl", "-o", output)).toMatchObject({
      status: 0,
      stdout: `3 columns of 228 rows written to ${output}\n`
    })
    expect(readFileSync(output, "utf8")).toBe(stdout)
    expect(run("examples/data/*.jsonl", "--rows", "2", "--no-enums").stdout).toContain(
      "told from 2 rows"
    )
  })

  it("reads folders, CSV files, and files whose ending says nothing", () => {
    writeFileSync(join(directory, "a.csv"), "id,name\n1,x\n")
    writeFileSync(join(directory, "b.csv"), "id,name\n,y\n")
    expect(run(directory).stdout).toContain(
      "  id: Schema.NullOr(Schema.Number),\n  name: Schema.String\n"
    )
    writeFileSync(join(directory, "rows.txt"), '{"a": [1]}\n')
    expect(
      JSON.parse(run(join(directory, "rows.txt"), "--filetype", "jsonl", "--json").stdout)
    ).toMatchObject({
      rows: 1,
      fields: [{ name: "a", type: { kind: "array", element: { kind: "number" } }, optional: false }]
    })
  })

  it("tells a file that is not there, has no rows or is broken, and wrong use, in a sentence", () => {
    writeFileSync(join(directory, "empty.jsonl"), "")
    writeFileSync(join(directory, "broken.jsonl"), '{"a": 1}\n[1]\n')
    expect(run("none.jsonl")).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^Cannot read 'none\.jsonl': there is no such file\..*\n$/)
    })
    expect(run(join(directory, "empty.jsonl")).stderr).toContain(
      "there are no rows in it, so nobody knows its columns."
    )
    expect(run(join(directory, "broken.jsonl"))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("line 2: it is a list, not a row.")
    })
    expect(run("README.md").stderr).toContain("its ending is not one of a known type")
    expect(run("a.jsonl", "--rows", "no")).toMatchObject({
      status: 2,
      stderr: "--rows takes a whole number from 1 on, not 'no'. See: distilabel-ts types --help\n"
    })
    expect(run()).toMatchObject({ status: 2 })
    expect(run("--help").stdout).toContain("distilabel-ts types rows.jsonl -o types/rows.ts")
  })

  it("reads datasets of the Hub: what rows tell, and what files declare of columns that are empty", async () => {
    await using hub = await startHubSimulator()
    const parquet = (label: ReadonlyArray<string | null>) =>
      new Uint8Array(
        parquetWriteBuffer({
          columnData: [
            { name: "text", data: label.map((_, i) => `row ${i}`), type: "STRING" },
            { name: "label", data: [...label], type: "STRING" },
            { name: "note", data: label.map(() => null), type: "STRING", nullable: true }
          ]
        })
      )
    hub.put("me/rows", {
      "data/train-00000-of-00001.parquet": parquet(
        Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? "good" : "bad"))
      ),
      "data/test-00000-of-00001.parquet": parquet(["good"])
    })
    const env = { HF_ENDPOINT: hub.url, HF_HOME: directory, HF_TOKEN: "" }
    const { stderr, stdout } = await command(["types", "hub:me/rows"], env)
    expect(stderr).toBe("")
    expect(stdout).toContain(
      "/** Columns of hub:me/rows, told from 40 rows by `distilabel-ts types`. */"
    )
    expect(stdout).toContain(
      '  text: Schema.String,\n  label: Schema.Literals(["good", "bad"]),\n  note: Schema.NullOr(Schema.String)\n'
    )
    // Of some rows nobody knows which labels the others have.
    expect((await command(["types", "hub:me/rows", "--rows", "30"], env)).stdout).toMatch(
      /told from the first 30 rows[^]* {2}label: Schema\.String,/
    )
    expect(await command(["types", "hub:me/rows", "--split", "tset"], env)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("Did you mean 'test'?")
    })
    expect(await command(["types", "hub:me/none"], env)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("me/none")
    })
  })
})
