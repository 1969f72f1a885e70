/** One measurement of the journal benchmark, in a process of its own. */
import { createHash } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { LoggedResponse } from "../src/journal/LoggedResponse.ts"
import { ResponseLog } from "../src/journal/ResponseLog.ts"

const atOnce = 256
const answer = "The number is special because it is the sum of two others. ".repeat(12)
const keyOf = (n: number): string =>
  createHash("sha256").update(String(n)).digest("hex").slice(0, 32)
const entryOf = (n: number): LoggedResponse => ({
  key: keyOf(n),
  at: 1_700_000_000_000 + n,
  llm: "OpenAILLM",
  model: "gpt-4o-mini",
  pipeline: "bench",
  run: "r",
  step: "generate",
  row: String(n),
  content: keyOf(n).slice(0, 27),
  used: { input: 20, output: 180, cost: 0.0001 },
  asked: `What is special about the number ${n}?`,
  output: {
    generations: [`${n}. ${answer}`],
    statistics: { input_tokens: [20], output_tokens: [180] }
  }
})

/** Appends from as many fibers at once, each waiting for its answer to be kept. */
const appendAll = (
  count: number,
  append: (n: number) => Effect.Effect<unknown, unknown>
): Promise<void> => {
  let next = 0
  const worker = Effect.gen(function* () {
    while (next < count) yield* append(next++)
  })
  return Effect.runPromise(
    Effect.asVoid(
      Effect.all(
        Array.from({ length: atOnce }, () => worker),
        { concurrency: "unbounded" }
      )
    )
  )
}

const perSecond = async (count: number, work: () => void | Promise<void>): Promise<number> => {
  const start = performance.now()
  await work()
  return (count / (performance.now() - start)) * 1000
}

const looked = async (count: number, find: (key: string) => unknown) => ({
  "found/s": await perSecond(count, () => {
    for (let n = 0; n < count; n++)
      if (find(keyOf((n * 7919) % count)) === undefined) throw new Error(`answer ${n} is lost`)
  }),
  "missed/s": await perSecond(count, () => {
    for (let n = 0; n < count; n++)
      if (find(keyOf(count + n)) !== undefined) throw new Error("found what was never there")
  })
})

const foundIn = (log: ResponseLog, key: string): LoggedResponse | undefined => {
  const [candidate] = log.candidates(key, 65)
  return candidate === undefined ? undefined : log.read(key, candidate)
}

const segments = async (count: number) => {
  const directory = mkdtempSync(join(tmpdir(), "distilabel-journal-"))
  const scope = Scope.makeUnsafe()
  const log = await Effect.runPromise(Scope.provide(ResponseLog.open(directory), scope))
  const appended = await perSecond(count, async () => {
    await appendAll(count, (n) => log.append(entryOf(n)))
    log.indexPending()
  })
  const figures = { "appended/s": appended, ...(await looked(count, (key) => foundIn(log, key))) }
  await Effect.runPromise(Scope.close(scope, Exit.void))
  rmSync(directory, { recursive: true })
  return figures
}

/** The other way: one database with the answers in it, a transaction for all that came at once. */
const sqlite = async (count: number) => {
  const directory = mkdtempSync(join(tmpdir(), "distilabel-journal-"))
  const database = new DatabaseSync(join(directory, "log.db"))
  database.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE entries (key BLOB PRIMARY KEY, entry TEXT NOT NULL)"
  )
  const put = database.prepare("INSERT OR REPLACE INTO entries VALUES (?, ?)")
  const get = database.prepare("SELECT entry FROM entries WHERE key = ?")
  let waiting: Array<{ readonly entry: LoggedResponse; readonly done: () => void }> = []
  const flush = (): void => {
    const now = waiting
    waiting = []
    database.exec("BEGIN")
    for (const { entry } of now) put.run(Buffer.from(entry.key, "hex"), JSON.stringify(entry))
    database.exec("COMMIT")
    for (const { done } of now) done()
  }
  const append = (n: number) =>
    Effect.callback<void>((resume) => {
      if (waiting.length === 0) setImmediate(flush)
      waiting.push({ entry: entryOf(n), done: () => resume(Effect.void) })
    })
  const figures = {
    "appended/s": await perSecond(count, () => appendAll(count, append)),
    ...(await looked(count, (key) => {
      const row = get.get(Buffer.from(key, "hex"))
      return row === undefined ? undefined : JSON.parse(String(row["entry"]))
    }))
  }
  database.close()
  rmSync(directory, { recursive: true })
  return figures
}

/** Short, so that ten million of them fit on a disk: memory does not depend on their length. */
const shortOf = (n: number): LoggedResponse => ({ ...entryOf(n), asked: "?", output: n })

const made = async (directory: string, count: number) => {
  await Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(ResponseLog.open(directory), (log) =>
        Effect.promise(() => appendAll(count, (n) => log.append(shortOf(n))))
      )
    )
  )
  return { "peak MB": process.resourceUsage().maxRSS / 1024 }
}

const opened = async (directory: string, count: number) => {
  const start = performance.now()
  return Effect.runPromise(
    Effect.scoped(
      Effect.map(ResponseLog.open(directory), (log) => {
        const ms = performance.now() - start
        for (let n = 0; n < 1000; n++)
          if (foundIn(log, keyOf(n * (count / 1000))) === undefined)
            throw new Error("an answer is lost")
        return { "open ms": ms, "peak MB": process.resourceUsage().maxRSS / 1024 }
      })
    )
  )
}

const [what, directory = "", count = "200000"] = process.argv.slice(2)
const measurements = {
  segments: () => segments(Number(count)),
  sqlite: () => sqlite(Number(count)),
  make: () => made(directory, Number(count)),
  open: () => opened(directory, Number(count))
}
console.log(JSON.stringify(await measurements[what as keyof typeof measurements]()))
