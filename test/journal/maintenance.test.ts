import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { cacheFiles, entriesOf, prune, verify } from "../../src/journal/maintenance.ts"
import { append, entryOf, folder, texts } from "./logs.ts"

const day = 86_400_000

/**
 * A cache directory with two segments of writers that are gone, of the ages given in days, and one
 * that this process wrote.
 */
const cache = async (
  ages: ReadonlyArray<number> = [40, 10]
): Promise<{ readonly directory: string; readonly responses: string }> => {
  const directory = folder()
  const responses = join(directory, "responses")
  for (const [i, age] of ages.entries()) {
    await append(responses, entryOf(`old${i}`), entryOf(`other${i}`))
    const live = join(
      responses,
      readdirSync(responses).find((name) => name.includes(`-${process.pid}-`))!
    )
    const dead = join(responses, `000000${i}-99999999${i}-aaaaaa.jsonl`)
    writeFileSync(dead, readFileSync(live))
    rmSync(live)
    utimesSync(dead, (Date.now() - age * day) / 1000, (Date.now() - age * day) / 1000)
  }
  for (const name of readdirSync(responses))
    if (name.startsWith("index")) rmSync(join(responses, name))
  await append(responses, entryOf("now"))
  mkdirSync(join(directory, "runs", "p"), { recursive: true })
  writeFileSync(join(directory, "runs", "p", "default.jsonl"), "{}\n")
  return { directory, responses }
}

describe("a cache directory", () => {
  it("tells what it holds", async () => {
    const { directory, responses } = await cache()
    expect([...entriesOf(responses)].map(({ entry }) => entry.row)).toEqual([
      "old0",
      "other0",
      "old1",
      "other1",
      "now"
    ])
    const { responses: files, runs, steps } = cacheFiles(directory)
    expect([
      files.filter(({ path }) => path.endsWith(".jsonl")).length,
      steps.length,
      runs.length
    ]).toEqual([3, 0, 1])
  })

  it("that is not there holds nothing, and is sound", () => {
    const directory = join(folder(), "none")
    expect(cacheFiles(directory)).toEqual({ responses: [], steps: [], runs: [] })
    expect(verify(join(directory, "responses"))).toEqual({ entries: 0, damage: [] })
    expect(prune(directory, { maxBytes: 0 })).toEqual([])
  })

  it("finds what is damaged, line by line", async () => {
    const { responses } = await cache()
    const path = join(responses, "0000000-999999990-aaaaaa.jsonl")
    const bytes = readFileSync(path)
    bytes[30] = 88
    writeFileSync(path, Buffer.concat([bytes, Buffer.from("deadbeef half a li")]))
    utimesSync(path, 0, 0)
    expect(verify(responses)).toEqual({
      entries: 4,
      damage: [
        { segment: "0000000-999999990-aaaaaa.jsonl", offset: 0, bytes: expect.any(Number) },
        expect.objectContaining({ bytes: 18 })
      ]
    })
  })

  it("loses what is older than so much, and what went is asked for again", async () => {
    const { directory, responses } = await cache()
    expect(await texts(responses, ["old0", "old1", "now"])).not.toContain(undefined)
    expect(prune(directory, { olderThanMs: 30 * day, dryRun: true })).toHaveLength(1)
    expect(prune(directory, { olderThanMs: 30 * day })).toHaveLength(1)
    expect(
      (await texts(responses, ["old0", "other0", "old1", "now"])).map((text) => text !== undefined)
    ).toEqual([false, false, true, true])
  })

  it("is cut down to a size from the oldest file on, but never loses what a process is writing, nor results", async () => {
    const { directory, responses } = await cache()
    expect(prune(directory, { maxBytes: 0 })).toHaveLength(2)
    expect(await texts(responses, ["now"])).toEqual(["The answer to now."])
    expect(cacheFiles(directory).runs).toHaveLength(1)
  })
})
