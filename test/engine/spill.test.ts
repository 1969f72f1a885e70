import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { SpilledRows } from "../../src/engine/nodes/SpilledRows.ts"
import { from, globalStep, Pipeline, runPromise } from "../../src/index.ts"
import { numbers } from "./rows.ts"

const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-spill-"))

describe("spilled rows", () => {
  it("come back as they were and in order, however many stay in memory, as often as one likes", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.dictionary(
            fc.string(),
            fc.oneof(
              fc.jsonValue(),
              fc.date({ noInvalidDate: true }),
              fc.bigInt(),
              fc.uint8Array(),
              fc.constant(undefined)
            )
          ),
          { maxLength: 30 }
        ),
        fc.nat(10),
        (rows, inMemory) => {
          const spilled = new SpilledRows(join(folder(), "rows"), inMemory)
          for (const row of rows) spilled.push(row)
          expect([...spilled]).toEqual(rows)
          expect([...spilled]).toEqual(rows)
          spilled.clear()
          expect(spilled.length).toBe(0)
        }
      ),
      { numRuns: 50 }
    )
  })

  it("that cannot be written stay in memory, among those that can", () => {
    const spilled = new SpilledRows(join(folder(), "rows"), 1)
    const rows = [{ n: 0 }, { n: 1 }, { f: () => 2 }, { n: 3 }]
    for (const row of rows) spilled.push(row)
    expect([...spilled]).toEqual(rows)
    spilled.clear()
  })

  it("that were changed or cut on disk end the run, and are never other rows", () => {
    const path = join(folder(), "rows")
    for (const harm of [
      () => truncateSync(path, 40),
      () =>
        writeFileSync(
          path,
          readFileSync(path).map((byte, at) => (at === 30 ? byte ^ 1 : byte))
        ),
      () => truncateSync(path, 0)
    ]) {
      const spilled = new SpilledRows(path, 0)
      for (let n = 0; n < 10; n++) spilled.push({ n, text: "rows" })
      expect([...spilled]).toHaveLength(10)
      harm()
      expect(() => [...spilled]).toThrow(
        /rows that wait there were changed while the run was under way. Run again/
      )
      spilled.clear()
    }
  })

  it("of 3 MB each are read across the file's chunks", () => {
    const spilled = new SpilledRows(join(folder(), "rows"), 0)
    const rows = ["a", "b", "c"].map((letter) => ({ text: letter.repeat(3_000_000) }))
    for (const row of rows) spilled.push(row)
    expect([...spilled]).toEqual(rows)
    spilled.clear()
  })
})

describe("a global step", () => {
  const count = 25_000

  it("gets all rows in order although most of them waited on disk, and leaves no file behind", async () => {
    const directory = folder()
    let files: ReadonlyArray<string> = []
    const reversed = globalStep({
      name: "reversed",
      inputs: { n: Schema.Number },
      outputs: { place: Schema.Number },
      process: (rows) => {
        files = readdirSync(directory)
        return rows.toReversed().map((row, place) => ({ ...row, place }))
      }
    })
    const distiset = await runPromise(Pipeline("p", {}, from(numbers(count)).to(reversed)), {
      outputDir: directory,
      progress: "none"
    })
    const rows = await distiset.default.toArray()
    expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: count }, (_, i) => count - 1 - i))
    expect(files.some((name) => name.startsWith(".waiting-"))).toBe(true)
    expect(readdirSync(directory).some((name) => name.startsWith(".waiting-"))).toBe(false)
  })

  it("may read its rows one after the other, twice, and give its own as they are asked for", async () => {
    const aboveMean = globalStep({
      name: "above_mean",
      inputs: { n: Schema.Number },
      outputs: { above: Schema.Number },
      inputMappings: {},
      streams: true,
      *process(rows) {
        let sum = 0
        for (const { n } of rows) sum += n
        const mean = sum / rows.length
        for (const row of rows) if (row.n > mean) yield { ...row, above: row.n - mean }
      }
    })
    const distiset = await runPromise(Pipeline("p", {}, from(numbers(count)).to(aboveMean)), {
      progress: "none"
    })
    expect(distiset.default.length).toBe(count / 2)
    expect(await distiset.default.head(1)).toEqual([{ n: count / 2, above: 0.5 }])
    expect(existsSync(distiset.default.path)).toBe(true)
  })
})
