import {
  appendFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { JournalError } from "../../src/journal/JournalError.ts"
import { ResponseLog } from "../../src/journal/ResponseLog.ts"
import { append, entryOf, folder, keyOf, latest, texts, withLog, writer } from "./logs.ts"

const segmentsOf = (directory: string): ReadonlyArray<string> =>
  readdirSync(directory)
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => join(directory, name))

const removeIndex = (directory: string): void => {
  for (const name of readdirSync(directory))
    if (name.startsWith("index")) rmSync(join(directory, name))
}

const damageIn = (directory: string, names: ReadonlyArray<string>) =>
  withLog(directory, (log) =>
    Effect.sync(() => {
      const found = names.filter((name) => latest(log, name) !== undefined)
      return { found, damage: log.damage }
    })
  )

/** A process id that nobody has: its segments have no writer any more. */
const renameToDead = (directory: string): string => {
  const [path = ""] = segmentsOf(directory)
  const dead = path.replace(/-\d+-/, "-999999999-")
  writeFileSync(dead, readFileSync(path))
  rmSync(path)
  removeIndex(directory)
  return dead
}

describe("a response log", () => {
  it("gives back any text that was appended, the latest under its key, also to a later process", async () => {
    const directory = folder()
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ unit: "binary", maxLength: 12 }), fc.string({ unit: "binary" }), {
          maxKeys: 8
        }),
        async (answers) => {
          const names = Object.keys(answers)
          await append(directory, ...names.map((name) => entryOf(name, answers[name])))
          expect(await texts(directory, names)).toEqual(
            names.map((name) => answers[name]!.toWellFormed())
          )
        }
      ),
      { numRuns: 40 }
    )
  })

  it("keeps every answer under its key, and tells the latest last", async () => {
    await withLog(folder(), (log) =>
      Effect.gen(function* () {
        expect(latest(log, "a")).toBeUndefined()
        yield* log.append(entryOf("a"))
        expect(latest(log, "a")).toEqual(entryOf("a"))
        yield* log.append(entryOf("a", "Another."))
        expect(latest(log, "a")).toEqual(entryOf("a", "Another."))
        expect(log.candidates(keyOf("a"), -1)).toHaveLength(2)
      })
    )
  })

  it("has every answer that a process said was kept when it was killed with SIGKILL, and goes on", async () => {
    const directory = folder()
    for (const prefix of ["a", "b", "c"]) {
      const { child, ended, kept } = writer(directory, prefix, 1_000_000)
      await expect.poll(() => kept.length).toBeGreaterThan(200)
      child.kill("SIGKILL")
      await ended
      expect((await texts(directory, kept)).every((text) => text !== undefined)).toBe(true)
      await append(directory, entryOf(`after ${prefix}`))
      expect(await texts(directory, [`after ${prefix}`, "a0"])).toEqual([
        `The answer to after ${prefix}.`,
        "The answer to a0."
      ])
    }
  })

  it("is written and read by several processes at once", async () => {
    const directory = folder()
    const writers = ["a", "b", "c"].map((prefix) => writer(directory, prefix, 400))
    await withLog(directory, (log) =>
      Effect.forEach(
        Array.from({ length: 400 }, (_, n) => entryOf(`own${n}`)),
        (entry) => log.append(entry),
        { discard: true }
      )
    )
    await Promise.all(writers.map(({ ended }) => ended))
    const names = ["a", "b", "c", "own"].flatMap((prefix) =>
      Array.from({ length: 400 }, (_, n) => `${prefix}${n}`)
    )
    expect((await texts(directory, names)).filter((text) => text === undefined)).toEqual([])
  })

  it("drops a torn last line, says so, and keeps what comes after", async () => {
    const directory = folder()
    await append(directory, entryOf("a"), entryOf("b"))
    const dead = renameToDead(directory)
    truncateSync(dead, statSync(dead).size - 20)
    const { damage, found } = await damageIn(directory, ["a", "b"])
    expect(found).toEqual(["a"])
    expect(damage).toEqual([
      {
        segment: expect.stringContaining("999999999"),
        offset: expect.any(Number),
        bytes: expect.any(Number)
      }
    ])
    await append(directory, entryOf("b", "Again."))
    expect(await texts(directory, ["a", "b"])).toEqual(["The answer to a.", "Again."])
  })

  it("finds an answer whose line another machine was writing when it was first looked at", async () => {
    const [directory, elsewhere] = [folder(), folder()]
    await append(elsewhere, entryOf("a"))
    const line = readFileSync(segmentsOf(elsewhere)[0]!, "utf8")
    const segment = join(directory, "0abcdefgh-999999999-elsewher-abcdef.jsonl")
    appendFileSync(segment, line.slice(0, 40))
    expect(await damageIn(directory, ["a"])).toEqual({ found: [], damage: [] })
    appendFileSync(segment, line.slice(40))
    expect(await texts(directory, ["a"])).toEqual(["The answer to a."])
  })

  it("leaves out a line that was changed, and only that one", async () => {
    const directory = folder()
    await append(directory, entryOf("a"), entryOf("b"), entryOf("c"))
    const dead = renameToDead(directory)
    writeFileSync(dead, readFileSync(dead, "utf8").replace("What is b?", "What is d?"))
    const { damage, found } = await damageIn(directory, ["a", "b", "c"])
    expect(found).toEqual(["a", "c"])
    expect(damage).toHaveLength(1)
  })

  it("leaves out a line that was changed after it was indexed", async () => {
    const directory = folder()
    await append(directory, entryOf("a"), entryOf("b"))
    const [path = ""] = segmentsOf(directory)
    writeFileSync(path, readFileSync(path, "utf8").replace("What is b?", "What is d?"))
    const { damage, found } = await damageIn(directory, ["a", "b"])
    expect(found).toEqual(["a"])
    expect(damage).toHaveLength(1)
  })

  it.each<[string, (directory: string) => void]>([
    ["lost", removeIndex],
    [
      "no database",
      (directory) => {
        removeIndex(directory)
        writeFileSync(
          join(directory, "index.db"),
          "not a database, but long enough to be read as one: ".repeat(100)
        )
      }
    ]
  ])("makes its index anew when it is %s", async (_, harm) => {
    const directory = folder()
    await append(directory, entryOf("a"), entryOf("b"))
    harm(directory)
    expect(await texts(directory, ["a", "b"])).toEqual(["The answer to a.", "The answer to b."])
  })

  it("skips segments with foreign lines in them", async () => {
    const directory = folder()
    await append(directory, entryOf("a"))
    appendFileSync(join(directory, "0-999999999-foreign.jsonl"), "hello\n{}\n\n\u0000\u0000\n")
    expect(await texts(directory, ["a"])).toEqual(["The answer to a."])
  })

  it("keeps answers on the medium itself with durability: power", async () => {
    const directory = folder()
    await withLog(
      directory,
      (log) =>
        Effect.forEach(["a", "b", "c"], (name) => log.append(entryOf(name)), {
          concurrency: "unbounded",
          discard: true
        }),
      { durability: "power" }
    )
    expect(await texts(directory, ["a", "b", "c"])).toEqual(
      ["a", "b", "c"].map((name) => `The answer to ${name}.`)
    )
  })

  it("says what is wrong where no folder can be", async () => {
    const file = join(folder(), "file")
    writeFileSync(file, "")
    const error = await Effect.runPromise(
      Effect.flip(Effect.scoped(ResponseLog.open(join(file, "responses"))))
    )
    expect(error).toBeInstanceOf(JournalError)
    expect(error.message).toMatch(
      /a part of the path is a file, not a folder.*DISTILABEL_CACHE_DIR/
    )
  })
})
