import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { conditions } from "../../program.ts"
import type { Outcome } from "./editsProcess.ts"
import { edits } from "./table.ts"

const outcomes = (): ReadonlyMap<string, Outcome> => {
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    ["--no-warnings", ...conditions, fileURLToPath(new URL("./editsProcess.ts", import.meta.url))],
    { encoding: "utf8" }
  )
  if (status !== 0) throw new Error(stderr)
  return new Map(
    (JSON.parse(stdout) as ReadonlyArray<Outcome>).map((outcome) => [outcome.title, outcome])
  )
}

describe("an edit of a pipeline's code", () => {
  const done = outcomes()

  it("is one of a hundred, each with a title of its own", () => {
    expect(edits.length).toBeGreaterThanOrEqual(100)
    expect(new Set(edits.map(({ title, kind }) => `${kind} ${title}`)).size).toBe(edits.length)
  })

  it.each(edits.map((edit, i) => [edit.kind, edit.title, edit, i] as const))(
    "%s: %s",
    (_, title, { again }) => {
      const { first, sameAsUncached, second } = done.get(title)!
      expect({ sameAsUncached, second }).toEqual({
        sameAsUncached: true,
        second: again === "all" ? first : 0
      })
      expect(first).toBeGreaterThan(0)
    }
  )
})
