import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { StepOutputs } from "../../src/journal/StepOutputs.ts"
import { folder } from "./logs.ts"

const keep = (directory: string, entries: ReadonlyArray<readonly [string, string]>): void => {
  const outputs = new StepOutputs(directory, "s")
  for (const [key, json] of entries) outputs.keep(key, json)
  outputs.flush()
  outputs.close()
}

const found = (
  directory: string,
  keys: ReadonlyArray<string>
): ReadonlyArray<string | undefined> => {
  const outputs = new StepOutputs(directory, "s")
  const all = keys.map((key) => outputs.find(key))
  outputs.close()
  return all
}

const numbered = (from: number, to: number): ReadonlyArray<readonly [string, string]> =>
  Array.from({ length: to - from }, (_, i) => [`k${from + i}`, `[${from + i}]`])

describe("outputs of a step", () => {
  it("come back to a later run, in the order in which they were kept or another", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[0-9a-f.]{1,20}$/), { maxLength: 60 }),
        fc.infiniteStream(fc.nat()),
        (keys, chances) => {
          const directory = folder()
          keep(
            directory,
            keys.map((key) => [key, JSON.stringify([{ key }])])
          )
          const order = keys
            .map((key) => [chances.next().value as number, key] as const)
            .toSorted(([a], [b]) => a - b)
            .map(([, key]) => key)
          expect(found(directory, order)).toEqual(order.map((key) => JSON.stringify([{ key }])))
        }
      ),
      { numRuns: 60 }
    )
  })

  it("of several runs are all found, also where rows were added, left out and put elsewhere", () => {
    const directory = folder()
    keep(directory, numbered(0, 200))
    keep(directory, numbered(200, 300))
    const keys = [
      "new1",
      ...numbered(100, 300).map(([key]) => key),
      "new2",
      ...numbered(0, 100).map(([key]) => key)
    ]
    expect(found(directory, keys).map((json) => json ?? "none")).toEqual(
      keys.map((key) => (key.startsWith("new") ? "none" : `[${key.slice(1)}]`))
    )
  })

  it("are found where many rows are new and many gone, further along than a look holds", () => {
    const directory = folder()
    keep(directory, numbered(0, 200_000))
    const keys = numbered(0, 200_000).flatMap(([key], i) =>
      i % 5 === 0 ? [`new${i}`] : i % 2 === 0 ? [key] : []
    )
    const outputs = found(directory, keys)
    expect(
      keys.filter((key, i) => !key.startsWith("new") && outputs[i] !== `[${key.slice(1)}]`)
    ).toEqual([])
    expect(keys.filter((key, i) => key.startsWith("new") && outputs[i] !== undefined)).toEqual([])
  })

  it("that were torn or changed on disk are worked out again, with those that were written together, and no others", () => {
    const directory = folder()
    const outputs = new StepOutputs(directory, "s")
    for (const entries of [
      numbered(0, 10),
      numbered(10, 20),
      numbered(20, 30),
      numbered(30, 40),
      numbered(40, 50)
    ]) {
      for (const [key, json] of entries) outputs.keep(key, json)
      outputs.flush()
    }
    outputs.close()
    const path = join(directory, readdirSync(directory)[0]!)
    // In one part a value was changed, in another the line that tells its length; the last is torn.
    writeFileSync(
      path,
      readFileSync(path, "utf8")
        .replace("[4]", "[5]")
        .replace(/@ (\w+) (\d+)(?=\nk20)/, "@ $1 9$2")
    )
    truncateSync(path, statSync(path).size - 3)
    const keys = numbered(0, 50).map(([key]) => key)
    expect(found(directory, keys)).toEqual(
      keys.map((key, i) =>
        (i >= 10 && i < 20) || (i >= 30 && i < 40) ? `[${key.slice(1)}]` : undefined
      )
    )
  })

  it("that cannot be written are no error: they are only not kept", () => {
    const file = join(folder(), "file")
    writeFileSync(file, "")
    expect(() => keep(file, [["a", "[1]"]])).not.toThrow()
  })
})
