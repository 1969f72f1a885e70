import { appendFileSync, readdirSync, readFileSync, truncateSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ShardLog } from "../../src/journal/ShardLog.ts"
import { entryOf, folder, keyOf } from "./logs.ts"

const withLog = <A>(directory: string, use: (log: ShardLog) => Effect.Effect<A, unknown>) =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(ShardLog.open(directory), use)))

const keep = (directory: string, names: ReadonlyArray<string>) =>
  withLog(directory, (log) => Effect.forEach(names, (name) => log.append(entryOf(name))))

/** The rows whose answers a new attempt finds, and how much damage it sees. */
const found = (directory: string, names: ReadonlyArray<string>) =>
  withLog(directory, (log) =>
    Effect.sync(() => ({
      rows: names.flatMap((name) =>
        log.candidates(keyOf(name), -1).map((place) => log.read(keyOf(name), place)?.row)
      ),
      damaged: log.damage.length
    }))
  )

describe("the log of a shard", () => {
  it("gives every attempt what all attempts before it have kept, each answer once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uniqueArray(fc.nat(30).map(String), { maxLength: 10 }), { maxLength: 4 }),
        async (attempts) => {
          const directory = folder()
          for (const names of attempts) await keep(directory, names)
          const all = [...new Set(attempts.flat())]
          const { damaged, rows } = await found(directory, all)
          expect(rows.toSorted()).toEqual(attempts.flat().toSorted())
          expect(damaged).toBe(0)
        }
      ),
      { numRuns: 25 }
    )
  })

  it("ignores half a line at the end of a killed attempt, and tells of a damaged one", async () => {
    const directory = folder()
    await keep(directory, ["a", "b"])
    const segment = join(directory, readdirSync(directory)[0]!)
    const length = readFileSync(segment).length
    truncateSync(segment, length - 5)
    expect(await found(directory, ["a", "b"])).toEqual({ rows: ["a"], damaged: 0 })
    appendFileSync(segment, "\n")
    expect(await found(directory, ["a", "b"])).toEqual({ rows: ["a"], damaged: 1 })
    await keep(directory, ["b"])
    expect((await found(directory, ["a", "b"])).rows).toEqual(["a", "b"])
  })
})
