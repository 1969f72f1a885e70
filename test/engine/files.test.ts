/** Files that steps write while the run goes on, over kills. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readFileSync, truncateSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, it } from "vitest"
import {
  from,
  LoadDataFromFileSystem,
  open,
  Pipeline,
  type Row,
  runPromise
} from "../../src/index.ts"
import { conditions } from "../program.ts"

/** A server whose every answer is another one and that answers in no order. */
let server: Server
let url = ""
let answers = 0

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.setHeader("content-type", "application/json")
      if (request.method === "GET") return response.end(`{"id":"m"}`)
      const message = { role: "assistant", content: `answer ${++answers}` }
      const usage = { prompt_tokens: 1, completion_tokens: 1 }
      const answer = JSON.stringify({
        id: "c",
        choices: [{ index: 0, message, finish_reason: "stop" }],
        usage
      })
      setTimeout(() => response.end(answer), (answers * 7) % 20)
      return undefined
    })
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const count = 5000

/** Starts the process, and kills it at its first checkpoint or lets it come to its end. */
const run = async (folder: string, killed: boolean): Promise<ReadonlyArray<string>> => {
  const child: ChildProcess = spawn(
    process.execPath,
    [
      ...conditions,
      fileURLToPath(new URL("fileProcess.ts", import.meta.url)),
      url,
      folder,
      String(count)
    ],
    { stdio: ["ignore", "pipe", "inherit"] }
  )
  const said: Array<string> = []
  const exit = once(child, "exit")
  for await (const line of createInterface({ input: child.stdout! })) {
    said.push(line)
    if (killed && line.startsWith("checkpoint")) child.kill("SIGKILL")
  }
  expect(await exit).toEqual(killed ? [null, "SIGKILL"] : [0, null])
  return said
}

/** A row as it was before the step after the files. */
const withoutLetters = (row: Row): Row => ({ ...row, letters: undefined })

const linesOf = (path: string): ReadonlyArray<Row> =>
  readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Row)

const read = async (path: string): Promise<ReadonlyArray<Row>> =>
  (
    await runPromise(
      Pipeline(
        "read",
        {},
        from(LoadDataFromFileSystem({ name: "read", dataFiles: path, columns: open() }))
      ),
      { progress: "none", report: false, useCache: false }
    )
  ).default.toArray()

it("a run that is killed twice goes on in the files of its steps: each row once, in order, as in the result", async () => {
  const folder = mkdtempSync(join(tmpdir(), "distilabel-files-"))
  const path = (ending: string): string => join(folder, `rows.${ending}`)

  const first = await run(folder, true)
  expect(first[0]).toBe("checkpoint 2000")
  const partial = linesOf(path("jsonl.partial")).map(({ id }) => id)
  expect(partial.length).toBeGreaterThanOrEqual(2000)
  expect(partial).toEqual(partial.map((_, id) => id))
  expect(["jsonl", "csv", "parquet"].map((ending) => existsSync(path(ending)))).toEqual([
    false,
    false,
    false
  ])

  const second = await run(folder, true)
  expect(second[0]).toBe("resumed 2000")
  const third = await run(folder, false)
  expect(third[0]).toBe("resumed 4000")
  expect(third.at(-1)).toBe(`done ${count}`)

  const result = linesOf(join(folder, "out", "default.jsonl")).map(withoutLetters)
  expect(result.map(({ id }) => id)).toEqual(Array.from({ length: count }, (_, id) => id))
  expect(new Set(result.map(({ generation }) => generation)).size).toBe(count)
  expect(linesOf(path("jsonl"))).toEqual(result)
  const ids = (rows: ReadonlyArray<Row>) =>
    rows.map(({ generation, id }) => `${id as string} ${generation as string}`)
  expect(ids(await read(path("csv")))).toEqual(ids(result))
  expect(ids(await read(path("parquet")))).toEqual(ids(result))
  expect(
    ["jsonl.partial", "csv.rows.jsonl", "csv.rows.jsonl.partial", "parquet.rows.jsonl"].filter(
      (ending) => existsSync(path(ending))
    )
  ).toEqual([])
}, 300_000)

it("a file that someone shortened between kill and resume is made again from the answers, none of which is asked for twice", async () => {
  const folder = mkdtempSync(join(tmpdir(), "distilabel-files-"))
  const before = answers
  await run(folder, true)
  truncateSync(join(folder, "rows.csv.rows.jsonl.partial"), 1000)
  const asked = answers - before
  const rest = await run(folder, false)
  expect(rest[0]).not.toMatch(/^resumed/)
  // Those that were on their way when it was killed may be asked again.
  expect(answers - before).toBeGreaterThanOrEqual(count)
  expect(answers - before).toBeLessThanOrEqual(count + Math.min(asked, 64))
  const result = linesOf(join(folder, "out", "default.jsonl"))
  const rows = linesOf(join(folder, "rows.jsonl"))
  expect(rows).toEqual(result.map(withoutLetters))
  expect((await read(join(folder, "rows.csv"))).map(({ generation }) => generation)).toEqual(
    result.map(({ generation }) => generation)
  )
}, 300_000)
