import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { SegmentIndex } from "../../src/journal/SegmentIndex.ts"
import { append, entryOf, folder, keyOf, latest, texts, withLog, writer } from "./logs.ts"

const names = Array.from({ length: 600 }, (_, i) => `q${i}`)
const answers = names.map((name) => `The answer to ${name}.`)

/** A log of 600 answers whose index is closed. */
const logged = async (): Promise<string> => {
  const directory = folder()
  await append(directory, ...names.map((name) => entryOf(name)))
  return directory
}

const changed = (path: string, change: (bytes: Buffer) => Buffer | void): void => {
  const bytes = readFileSync(path)
  writeFileSync(path, change(bytes) ?? bytes)
}

/** Places all over a file of the size of the index. */
const places = Array.from({ length: 24 }, (_, i) => (i + 0.37) / 24)

describe("an index that is damaged", () => {
  it.each<[string, (bytes: Buffer, at: number) => Buffer | void]>([
    [
      "by one flipped bit",
      (bytes, at) => {
        bytes[at]! ^= 4
      }
    ],
    [
      "by a zeroed page",
      (bytes, at) => {
        bytes.fill(0, at, Math.min(bytes.length, at + 4096))
      }
    ],
    [
      "by garbage",
      (bytes, at) => {
        for (let i = at; i < Math.min(bytes.length, at + 1000); i++)
          bytes[i] = (i * 2654435761) >>> 24
      }
    ],
    ["by a cut", (bytes, at) => bytes.subarray(0, at)],
    [
      "by bytes put in",
      (bytes, at) =>
        Buffer.concat([bytes.subarray(0, at), Buffer.alloc(37, 65), bytes.subarray(at)])
    ]
  ])("%s at any place is made again, and every answer is found", async (_, harm) => {
    const directory = await logged()
    const sound = readFileSync(join(directory, "index.db"))
    for (const place of places) {
      for (const name of readdirSync(directory))
        if (name.startsWith("index")) rmSync(join(directory, name))
      writeFileSync(join(directory, "index.db"), sound)
      changed(join(directory, "index.db"), (bytes) => harm(bytes, Math.floor(bytes.length * place)))
      expect(await texts(directory, names)).toEqual(answers)
      expect(SegmentIndex.damage(directory)).toBeUndefined()
      expect(readdirSync(directory).filter((name) => name.endsWith(".db"))).toHaveLength(1)
    }
  })

  it("in the text of its tables is made again, and every answer is found", async () => {
    const directory = await logged()
    for (const [text, other] of [
      ["old.segment", "old.wegment"],
      ["offset INTEGER", "affset INTEGER"],
      ["rows + 1", "rows + 3"],
      ["CREATE TABLE entries", "CREATE TABLE antries"]
    ] as const) {
      const latest = readdirSync(directory).find((name) => name.endsWith(".db"))!
      changed(join(directory, latest), (bytes) =>
        Buffer.from(bytes.toString("latin1").replace(text, other), "latin1")
      )
      expect(await texts(directory, names)).toEqual(answers)
      await append(directory, entryOf("more"))
      expect(await texts(directory, [...names, "more"])).toEqual([
        ...answers,
        "The answer to more."
      ])
    }
  })

  it("as a folder in its place is made again beside it", async () => {
    const directory = await logged()
    rmSync(join(directory, "index.db"))
    mkdirSync(join(directory, "index.db"))
    expect(await texts(directory, names)).toEqual(answers)
  })

  it("while a process uses it is made again, and that process goes on with the new one", async () => {
    const directory = await logged()
    await withLog(directory, (log) =>
      Effect.gen(function* () {
        changed(join(directory, "index.db"), (bytes) => {
          bytes.fill(0x41, 4096)
        })
        expect(yield* Effect.promise(() => texts(directory, names))).toEqual(answers)
        yield* log.append(entryOf("new"))
        expect(names.map((name) => latest(log, name) !== undefined)).not.toContain(false)
      })
    )
    expect(await texts(directory, ["new"])).toEqual(["The answer to new."])
  })

  it("while several processes write loses none of their answers", async () => {
    const directory = await logged()
    const writers = ["a", "b", "c"].map((prefix) => writer(directory, prefix, 300))
    for (let i = 0; i < 8; i++) {
      const latest = readdirSync(directory).find((name) => name.endsWith(".db"))
      if (latest !== undefined)
        changed(join(directory, latest), (bytes) => {
          // However little of it is there yet.
          bytes.fill(0x41, Math.min(4096, bytes.length / 2), Math.min(9000, bytes.length))
        })
      expect(await texts(directory, names)).toEqual(answers)
    }
    await Promise.all(writers.map(({ ended }) => ended))
    const written = ["a", "b", "c"].flatMap((prefix) =>
      Array.from({ length: 300 }, (_, n) => `${prefix}${n}`)
    )
    expect((await texts(directory, written)).filter((text) => text === undefined)).toEqual([])
  })
})

describe("an index that is sound", () => {
  it("finds all answers again after segments changed places, or were cut and mended", async () => {
    const directory = folder()
    await append(directory, ...names.slice(0, 300).map((name) => entryOf(name)))
    await append(directory, ...names.slice(300).map((name) => entryOf(name)))
    const [first = "", second = ""] = readdirSync(directory)
      .filter((name) => name.endsWith(".jsonl"))
      .map((name) => join(directory, name))
    renameSync(first, `${first}.aside`)
    renameSync(second, first)
    renameSync(`${first}.aside`, second)
    expect(await texts(directory, names)).toEqual(answers)
    const bytes = readFileSync(first)
    truncateSync(first, 1000)
    expect(
      (await texts(directory, names)).filter((text) => text === undefined).length
    ).toBeGreaterThan(200)
    writeFileSync(first, bytes)
    appendFileSync(first, "garbage")
    expect(await texts(directory, names)).toEqual(answers)
  })

  it("finds what it has, and nothing else, whoever of several added it and when they were opened", async () => {
    const moves = fc.record({
      who: fc.nat(2),
      adds: fc.boolean(),
      number: fc.nat(30),
      opens: fc.boolean()
    })
    await fc.assert(
      fc.asyncProperty(fc.array(moves, { maxLength: 40 }), async (all) => {
        const directory = folder()
        const open: Array<SegmentIndex | undefined> = []
        const there = new Map<number, Array<number>>()
        let end = 0
        for (const { adds, number, opens, who } of all) {
          if (opens) {
            open[who]?.close()
            open[who] = undefined
          }
          const index = (open[who] ??= SegmentIndex.open(directory))
          const key = keyOf(`q${number}`)
          if (adds) {
            const offset = end
            end += 10
            const located = { segment: "one", offset, length: 10 }
            const asker = { step: 1, place: number, content: 3 }
            index.add([{ located, answer: { key, asker }, spent: undefined }], [["one", end]])
            there.set(number, [...(there.get(number) ?? []), offset])
          } else
            expect(index.find(key, 40).map(({ offset }) => offset)).toEqual(there.get(number) ?? [])
          // What is looked for in one turn is one look.
          await new Promise(setImmediate)
        }
        for (const index of open) index?.close()
      }),
      { numRuns: 60 }
    )
  })

  it("takes the next name after a damaged one, and removes the files of all before", async () => {
    const directory = await logged()
    writeFileSync(join(directory, "index-7.db"), "garbage")
    writeFileSync(join(directory, "index-7.db-wal"), "garbage")
    expect(await texts(directory, names)).toEqual(answers)
    expect(existsSync(join(directory, "index.db"))).toBe(false)
    expect(readdirSync(directory).filter((name) => name.startsWith("index"))).toEqual([
      "index-8.db",
      "index-8.db.seal"
    ])
  })
})
