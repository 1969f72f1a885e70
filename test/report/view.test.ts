import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { request } from "node:http"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import * as Schema from "effect/Schema"
import { parquetWriteFile } from "hyparquet-writer"
import { describe, expect, it } from "vitest"
import { from, LoadDataFromDicts, MapRows, Pipeline, runPromise } from "../../src/index.ts"
import { Copies } from "../../src/report/view/Copies.ts"
import { serveView } from "../../src/report/view/serveView.ts"
import { viewedHub } from "../../src/report/view/viewedHub.ts"
import { viewedPath } from "../../src/report/view/viewedPath.ts"
import { startHubSimulator } from "../../src/simulator/index.ts"
import { command, started } from "../cli/command.ts"
import { hasBrowser, openPage } from "./browser.ts"
import { awkwardRun, folder } from "./runs.ts"

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

/** A request as it is, whatever a browser would make of it. */
const ask = (
  url: string,
  options: {
    readonly method?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly path?: string
  } = {}
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      const parts: Array<Buffer> = []
      response.on("data", (part: Buffer) => parts.push(part))
      response.on("end", () =>
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          body: Buffer.concat(parts)
        })
      )
    })
    sent.on("error", reject).end()
  })

const piece = (url: string, from: number, to: number): Promise<Answer> =>
  ask(url, { headers: { range: `bytes=${from}-${to}` } })

const rows = Array.from({ length: 1200 }, (_, n) => ({ n, text: `row number ${n}` }))
const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("")

const withRows = (): string => {
  const directory = folder()
  writeFileSync(join(directory, "rows.jsonl"), lines)
  writeFileSync(join(directory, "secret.txt"), "not for the page")
  return directory
}

describe("the server of view", () => {
  it("gives its page and pieces of the files that it shows, under a secret address", async () => {
    const directory = withRows()
    await using server = await serveView(() => viewedPath(directory))
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{16}\/$/)
    const page = await ask(server.url)
    expect(page.status).toBe(200)
    expect(page.body.toString()).toContain("connect-src 'self'")
    const bytes = Buffer.from(lines)
    for (const [from, to] of [
      [0, 0],
      [5, 2000],
      [bytes.length - 10, bytes.length + 500]
    ] as const) {
      const { body, headers, status } = await piece(`${server.url}files/0`, from, to)
      expect([status, body.equals(bytes.subarray(from, to + 1))]).toEqual([206, true])
      expect(headers["content-range"]).toBe(
        `bytes ${from}-${Math.min(to, bytes.length - 1)}/${bytes.length}`
      )
    }
  })

  it("refuses other hosts, other methods, whole files, and whatever it does not show", async () => {
    const directory = withRows()
    await using server = await serveView(() => viewedPath(directory))
    await ask(server.url)
    const { origin, port } = new URL(server.url)
    const refused = async (answer: Promise<Answer>): Promise<number> => (await answer).status
    expect(await refused(ask(server.url, { headers: { host: "evil.example" } }))).toBe(403)
    expect(await refused(ask(server.url, { headers: { host: `evil.example:${port}` } }))).toBe(403)
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
      expect(await refused(ask(server.url, { method }))).toBe(405)
    expect(await refused(ask(`${server.url}files/0`))).toBe(416)
    for (const range of [
      "bytes=-5",
      "bytes=0-",
      "bytes=99999999-999999999",
      "bytes=9-1",
      "rows=0-1",
      "bytes=0-1,3-4"
    ])
      expect([range, await refused(ask(`${server.url}files/0`, { headers: { range } }))]).toEqual([
        range,
        416
      ])
    for (const path of [
      "/",
      "/files/0",
      "/x/files/0",
      `${new URL(server.url).pathname}files/1`,
      `${new URL(server.url).pathname}files/../../secret.txt`,
      `${new URL(server.url).pathname}secret.txt`,
      `${new URL(server.url).pathname}%2e%2e/etc/passwd`,
      "//etc/passwd"
    ]) {
      expect([path, await refused(ask(origin, { path }))]).toEqual([path, 404])
    }
  })

  it("tells the page what went wrong with a file, and gives the next page anew", async () => {
    const directory = withRows()
    await using server = await serveView(() => viewedPath(directory))
    await ask(server.url)
    rmSync(join(directory, "rows.jsonl"))
    expect(await piece(`${server.url}files/0`, 0, 9)).toMatchObject({ status: 502 })
    writeFileSync(join(directory, "rows.jsonl"), lines)
    expect(await piece(`${server.url}files/0`, 0, 9)).toMatchObject({ status: 206 })
  })
})

describe("what is looked at", () => {
  it("is each file of a folder with its errors, the splits of a dataset, or a file alone", async () => {
    const directory = withRows()
    writeFileSync(join(directory, "rows.errors.jsonl"), "{}\n")
    writeFileSync(join(directory, "table.csv"), "a,b\n")
    expect(
      (await viewedPath(directory)).subsets.map(({ errors, name, rows }) => [
        name,
        rows.length,
        errors.length
      ])
    ).toEqual([
      ["rows", 1, 1],
      ["table", 0, 0]
    ])
    writeFileSync(join(directory, "rows.csv"), "a,b\n")
    expect(
      (await viewedPath(directory)).subsets.map(({ errors, name }) => [name, errors.length])
    ).toEqual([
      ["rows.csv", 1],
      ["rows.jsonl", 0],
      ["table", 0]
    ])
    expect((await viewedPath(join(directory, "rows.jsonl"))).subsets).toMatchObject([
      { name: "rows.jsonl" }
    ])
    const dataset = folder()
    mkdirSync(join(dataset, "data"))
    for (const name of ["train-00000-of-00002", "train-00001-of-00002", "test-00000-of-00001"])
      parquetWriteFile({
        filename: join(dataset, "data", `${name}.parquet`),
        columnData: [{ name: "n", data: [1], type: "INT32" }]
      })
    writeFileSync(join(dataset, "README.md"), "---\nlicense: mit\n---\n")
    expect(
      (await viewedPath(dataset)).subsets.map(({ name, rows }) => [name, rows.length])
    ).toEqual([
      ["train", 2],
      ["test", 1]
    ])
  })

  it("is a saved Distiset, with the rows that failed", async () => {
    const directory = join(folder(), "saved")
    const pipeline = Pipeline(
      "p",
      {},
      from(LoadDataFromDicts({ name: "load", data: [{ n: 1 }, { n: 2 }] })).to(
        MapRows({
          name: "own",
          inputs: { n: Schema.Number },
          outputs: { m: Schema.Number },
          map: ({ n }) => {
            if (n === 1) throw new Error("not this one")
            return { m: n }
          }
        })
      )
    )
    await (
      await runPromise(pipeline, { progress: "none", outputDir: folder() })
    ).saveToDisk(directory)
    expect(
      (await viewedPath(directory)).subsets.map(({ errors, name, rows }) => [
        name,
        rows.map((file) => file.type),
        errors.map((file) => file.name)
      ])
    ).toEqual([["train", ["parquet"], ["errors/default.jsonl"]]])
  })

  it("is a file that no page can read piece by piece, by a copy of its rows that is gone at the end", async () => {
    const directory = folder()
    const copied: Array<string> = []
    const pipeline = Pipeline("p", {}, from(LoadDataFromDicts({ name: "load", data: rows })))
    const distiset = await runPromise(pipeline, { progress: "none", outputDir: folder() })
    await distiset.saveToDisk(join(directory, "arrow"), { format: "arrow" })
    await distiset.saveToDisk(join(directory, "csv"), { format: "csv" })
    writeFileSync(join(directory, "rows.jsonl.gz"), gzipSync(lines))
    writeFileSync(join(directory, "rows.csv"), 'n,text\n1,"a ""b"""\n')
    let path = ""
    {
      using copies = new Copies((file) => copied.push(file.slice(directory.length + 1)))
      for (const [what, subset] of [
        ["arrow", "train"],
        ["csv", "train"],
        ["rows.jsonl.gz", "rows.jsonl.gz"]
      ] as const) {
        const {
          notShown,
          subsets: [shown]
        } = await viewedPath(join(directory, what), copies)
        expect([shown!.name, shown!.rows[0]!.type, notShown]).toEqual([subset, "jsonl", []])
        path = shown!.rows[0]!.source.name
        // A number of CSV is text.
        expect(readFileSync(path, "utf8")).toBe(
          what === "csv" ? lines.replaceAll(/"n":(\d+)/g, '"n":"$1"') : lines
        )
      }
      const both = await viewedPath(directory, copies)
      expect(both.subsets.map(({ name }) => name)).toEqual(["rows.csv", "rows.jsonl.gz"])
      await viewedPath(directory, copies)
      expect(copied).toEqual([
        "arrow/default/train/data-00000-of-00001.arrow",
        "csv/data/train-00000-of-00001.csv",
        "rows.jsonl.gz",
        "rows.csv"
      ])
    }
    expect(existsSync(path)).toBe(false)
  })

  it("is nothing that a link leads to outside of the folder, and nothing hidden", async () => {
    const [directory, outside] = [folder(), withRows()]
    symlinkSync(join(outside, "rows.jsonl"), join(directory, "linked.jsonl"))
    writeFileSync(join(directory, ".hidden.jsonl"), lines)
    writeFileSync(join(directory, "own.jsonl"), lines)
    expect((await viewedPath(directory)).subsets.map(({ name }) => name)).toEqual(["own"])
  })

  it("says what is wrong", async () => {
    await expect(viewedPath("no/such/folder")).rejects.toThrow("Cannot read 'no/such/folder'")
    await expect(viewedPath(folder())).rejects.toThrow("there are no rows in this folder")
    await expect(viewedPath("LICENSE")).rejects.toThrow("its ending says no known type")
    using copies = new Copies()
    const broken = join(folder(), "broken.csv")
    writeFileSync(broken, 'a,b\n1,"never closed\n')
    await expect(viewedPath(broken, copies)).rejects.toThrow(`Cannot read '${broken}'`)
  })
})

describe.runIf(hasBrowser)("view in the browser", () => {
  it("reads a dataset of the Hub in pieces, with a token that the page never sees", async () => {
    await using hub = await startHubSimulator({ token: "hf_private" })
    const directory = folder()
    parquetWriteFile({
      filename: join(directory, "a.parquet"),
      rowGroupSize: 100,
      columnData: [
        { name: "n", data: rows.map(({ n }) => n), type: "INT32" },
        { name: "text", data: rows.map(({ text }) => text), type: "STRING" }
      ]
    })
    hub.put("me/rows", {
      "README.md": "# rows\n",
      "data/train-00000-of-00002.parquet": readFileSync(join(directory, "a.parquet")),
      "data/train-00001-of-00002.parquet": readFileSync(join(directory, "a.parquet")),
      "test.jsonl": lines
    })
    const before = { ...process.env }
    Object.assign(process.env, { HF_ENDPOINT: hub.url, HF_TOKEN: "hf_private" })
    try {
      await using server = await serveView(() => viewedHub("me/rows"))
      const { complaints, page, requests } = await openPage(server.url)
      await expect.poll(() => page.locator(".status").innerText()).toMatch(/^2,400 rows/)
      await page.locator("#search").fill("number 1199")
      await expect.poll(() => page.locator(".status").innerText()).toMatch(/^2 rows found/)
      expect(await page.locator(".data tbody tr").allInnerTexts()).toEqual([
        expect.stringMatching(/^1,200\s/),
        expect.stringMatching(/^2,400\s/)
      ])
      expect(requests.every((url) => url.startsWith(server.url))).toBe(true)
      expect(await page.content()).not.toContain("hf_private")
      expect(complaints).toEqual([])
      await page.close()
    } finally {
      process.env = before
    }
  })

  it("shows a run that goes on from its folder, all of its rows and what it did", async () => {
    const directory = await awkwardRun(400)
    await using server = await serveView(() => viewedPath(directory))
    const { complaints, page } = await openPage(server.url)
    await expect.poll(() => page.locator(".summary").innerText()).toMatch(/from 400 source rows/)
    await page.getByRole("link", { name: /^Rows/ }).click()
    await expect.poll(() => page.locator(".status").innerText()).toMatch(/^397 rows/)
    await page.locator("#search").fill("Question 399")
    await page.locator(".data tbody tr", { hasText: "Question 399" }).click()
    await page.getByRole("button", { name: "Lineage" }).click()
    expect(await page.locator(".lineage").innerText()).toContain(
      "Question 399: what is 399 times 7?"
    )
    await page.getByRole("link", { name: /^Errors/ }).click()
    await expect.poll(() => page.locator(".data tbody tr").count()).toBe(3)
    expect(complaints).toEqual([])
    await page.close()
  })
})

describe("distilabel-ts view", () => {
  it("prints its address, answers, and ends with Ctrl+C", async () => {
    const directory = withRows()
    const { child, ended, told } = started(["view", directory])
    await expect.poll(() => told.stdout).toMatch(/ is at (http:\S+)\nCtrl\+C ends it\.\n/)
    expect((await ask(/http:\S+/.exec(told.stdout)![0])).status).toBe(200)
    child.kill("SIGINT")
    expect(await ended).toEqual([0, null])
    expect(told.stderr).toBe("")
  })

  it("leaves no copy behind that it was stopped in the middle of", async () => {
    const [directory, temporary] = [folder(), folder()]
    const path = join(directory, "rows.csv")
    writeFileSync(path, `text\n${`${"word ".repeat(400)}\n`.repeat(60_000)}`)
    const { child, ended, told } = started(["view", path], { TMPDIR: temporary })
    await expect
      .poll(() => told.stderr + readdirSync(temporary).join())
      .toMatch(/Copying the rows of .*distilabel-view-/s)
    child.kill("SIGINT")
    expect(await ended).toEqual([130, null])
    expect(told.stdout).toBe("")
    expect(readdirSync(temporary).filter((name) => name.startsWith("distilabel-view-"))).toEqual([])
    rmSync(directory, { recursive: true })
  })

  it("tells wrong use and what cannot be opened in a sentence", async () => {
    expect(await command(["view"])).toMatchObject({
      status: 2,
      stderr: "No WHAT is given. See: distilabel-ts view --help\n"
    })
    expect(await command(["view", "no/such"])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^Cannot read 'no\/such'/)
    })
    expect(await command(["view", ".", "--port", "70000"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("--port takes a number up to 65535")
    })
  })
})
