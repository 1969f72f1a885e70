import { randomBytes } from "node:crypto"
import { mkdtempSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  commit,
  createBranch,
  createRepo,
  datasetInfo,
  deleteFile,
  downloadFile,
  fileExists,
  HubApiError,
  listFiles,
  pathsInfo,
  uploadFile,
  whoAmI
} from "@huggingface/hub"
import { describe, expect, it } from "vitest"
import {
  type HubSimulatorOptions,
  SimulatorOptionError,
  startHubSimulator
} from "../../src/simulator/index.ts"

const accessToken = "hf_simulated"
const repo = { type: "dataset", name: "me/rows" } as const
const blob = (content: string | Buffer): Blob => new Blob([content])
const large = Buffer.concat([
  Buffer.from("text that repeats. ".repeat(40_000)),
  randomBytes(300_000)
])

/** Uploads a large and a small file with the Hub's own client, and gives both as they come back. */
const roundTrip = async (options: HubSimulatorOptions): Promise<void> => {
  await using hub = await startHubSimulator(options)
  const client = { hubUrl: hub.url, accessToken }
  await createRepo({ ...client, repo })
  await commit({
    ...client,
    repo,
    title: "two files",
    operations: [
      { operation: "addOrUpdate", path: "data/large.parquet", content: blob(large) },
      { operation: "addOrUpdate", path: "ü/small file#1.txt", content: blob("small") }
    ]
  })
  expect(hub.read("me/rows", "data/large.parquet")!.equals(large)).toBe(true)
  expect(hub.files("me/rows")).toEqual([
    ".gitattributes",
    "data/large.parquet",
    "ü/small file#1.txt"
  ])
  const back = (await downloadFile({ ...client, repo, path: "data/large.parquet" }))!
  expect(back.size).toBe(large.length)
  expect(Buffer.from(await back.arrayBuffer()).equals(large)).toBe(true)
  for (const [from, to] of [
    [0, 1],
    [5, 70_000],
    [700_000, 760_001],
    [large.length - 9, large.length]
  ] as const) {
    expect(
      Buffer.from(await back.slice(from, to).arrayBuffer()).equals(large.subarray(from, to))
    ).toBe(true)
  }
  const small = await downloadFile({
    ...client,
    repo,
    path: encodeURIComponent("ü") + "/" + encodeURIComponent("small file#1.txt")
  })
  expect(await small!.text()).toBe("small")
}

describe("the Hub's own client at the simulated Hub", () => {
  it("pushes and reads large files by xet", () => roundTrip({}))
  it("pushes and reads large files by Git LFS", () => roundTrip({ xet: false }))
  it("pushes and reads large files in parts", () =>
    roundTrip({ xet: false, multipartAbove: 100_000 }))
  it("follows a large file to another host", () => roundTrip({ xet: false, redirect: true }))

  it("lists, describes, branches and deletes", async () => {
    await using hub = await startHubSimulator()
    const client = { hubUrl: hub.url, accessToken }
    hub.put("me/rows", { "README.md": "# rows", "a/b/c.jsonl": "{}\n", "a/d.parquet": "PAR1" })
    const listed = await Array.fromAsync(listFiles({ ...client, repo, recursive: true }))
    expect(listed.map(({ path, type }) => `${type} ${path}`)).toEqual([
      "file .gitattributes",
      "file README.md",
      "directory a",
      "directory a/b",
      "file a/b/c.jsonl",
      "file a/d.parquet"
    ])
    expect(
      (await Array.fromAsync(listFiles({ ...client, repo, path: "a" }))).map(({ path }) => path)
    ).toEqual(["a/b", "a/d.parquet"])
    const [info] = await pathsInfo({ ...client, repo, paths: ["a/d.parquet"] })
    expect(info).toMatchObject({ path: "a/d.parquet", size: 4, lfs: { size: 4 } })
    const before = await datasetInfo({ ...client, name: repo.name, additionalFields: ["sha"] })
    await createBranch({ ...client, repo, branch: "next" })
    await uploadFile({
      ...client,
      repo,
      branch: "next",
      file: { path: "new.txt", content: blob("new") }
    })
    await deleteFile({ ...client, repo, path: "README.md" })
    expect(await fileExists({ ...client, repo, path: "README.md" })).toBe(false)
    expect(await fileExists({ ...client, repo, path: "README.md", revision: before.sha })).toBe(
      true
    )
    expect(hub.files("me/rows", "next")).toContain("new.txt")
    expect(hub.files("me/rows")).not.toContain("new.txt")
    expect((await whoAmI(client)).name).toBe("simulated-user")
  })

  it("lists more files than one page has", async () => {
    await using hub = await startHubSimulator()
    hub.put(
      "me/rows",
      Object.fromEntries(Array.from({ length: 2500 }, (_, i) => [`f/${i}.txt`, ""]))
    )
    expect(
      await Array.fromAsync(listFiles({ hubUrl: hub.url, repo, recursive: true }))
    ).toHaveLength(2502)
  })

  it("is refused: a repository that exists, a commit that comes too late, a file that was never uploaded", async () => {
    await using hub = await startHubSimulator()
    const client = { hubUrl: hub.url, accessToken }
    const first = hub.put("me/rows", { "a.txt": "1" })
    hub.put("me/rows", { "a.txt": "2" })
    await expect(createRepo({ ...client, repo })).rejects.toMatchObject({ statusCode: 409 })
    await expect(
      uploadFile({
        ...client,
        repo,
        parentCommit: first,
        file: { path: "a.txt", content: blob("3") }
      })
    ).rejects.toMatchObject({ statusCode: 412 })
    expect(hub.read("me/rows", "a.txt")!.toString()).toBe("2")
    expect(await downloadFile({ ...client, repo, path: "none.txt" })).toBe(null)
    const lfs = `{"key":"header","value":{"summary":"x"}}\n{"key":"lfsFile","value":{"path":"b.bin","oid":"${"0".repeat(64)}"}}\n`
    const response = await fetch(`${hub.url}/api/datasets/me/rows/commit/main`, {
      method: "POST",
      headers: { authorization: `Bearer ${accessToken}` },
      body: lfs
    })
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: `LFS object ${"0".repeat(64)} was not uploaded` }
    ])
  })
})

describe("a simulated Hub", () => {
  it("hides private datasets, and files of gated ones, from those without a token, and refuses other tokens", async () => {
    await using hub = await startHubSimulator({ token: "hf_right" })
    hub.put("me/secret", { "a.txt": "1" }, { private: true })
    hub.put("me/gated", { "a.txt": "1" }, { gated: true })
    const status = async (
      path: string,
      token?: string
    ): Promise<readonly [number, string | null]> => {
      const { headers, status: code } = await fetch(
        hub.url + path,
        token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }
      )
      return [code, headers.get("x-error-code")]
    }
    expect(await status("/api/datasets/me/secret")).toEqual([401, "RepoNotFound"])
    expect(await status("/api/datasets/me/secret", "hf_wrong")).toEqual([401, null])
    expect(await status("/api/datasets/me/secret", "hf_right")).toEqual([200, null])
    expect(await status("/api/datasets/me/none", "hf_right")).toEqual([404, "RepoNotFound"])
    expect(await status("/api/datasets/me/gated")).toEqual([200, null])
    expect(await status("/datasets/me/gated/resolve/main/a.txt")).toEqual([401, "GatedRepo"])
    expect(await status("/datasets/me/gated/resolve/main/a.txt", "hf_right")).toEqual([200, null])
    expect(await status("/api/datasets/me/gated/revision/none")).toEqual([404, "RevisionNotFound"])
    await expect(
      createRepo({ hubUrl: hub.url, accessToken: "hf_wrong", repo })
    ).rejects.toBeInstanceOf(HubApiError)
    expect(JSON.stringify(hub.log())).not.toContain("hf_")
  })

  it("answers the viewer's questions: splits, rows, Parquet files, sizes", async () => {
    await using hub = await startHubSimulator()
    hub.put("me/rows", {
      "README.md":
        "---\nconfigs:\n- config_name: easy\n  data_files:\n  - split: train\n    path: easy/*.jsonl\n  - split: test\n    path: easy-test.jsonl\n- config_name: hard\n  data_files: hard.json\n---\n",
      "easy/1.jsonl": '{"n":1}\n{"n":2}\n',
      "easy/2.jsonl": '{"n":3}\n',
      "easy-test.jsonl": '{"n":4}\n',
      "hard.json": '[{"n":5}]'
    })
    const ask = async (path: string): Promise<unknown> => (await fetch(hub.url + path)).json()
    expect(await ask("/splits?dataset=me/rows")).toMatchObject({
      splits: [
        { dataset: "me/rows", config: "easy", split: "train" },
        { config: "easy", split: "test" },
        { config: "hard", split: "train" }
      ]
    })
    expect(
      await ask("/rows?dataset=me/rows&config=easy&split=train&offset=1&length=5")
    ).toMatchObject({
      rows: [
        { row_idx: 1, row: { n: 2 } },
        { row_idx: 2, row: { n: 3 } }
      ],
      num_rows_total: 3
    })
    expect(await ask("/first-rows?dataset=me/rows&config=hard&split=train")).toMatchObject({
      features: [{ name: "n" }],
      rows: [{ row: { n: 5 } }]
    })
    expect(await ask("/size?dataset=me/rows")).toMatchObject({ size: { dataset: { num_rows: 5 } } })
    expect(await ask("/parquet?dataset=me/rows")).toEqual({
      parquet_files: [],
      pending: [],
      failed: [],
      partial: false
    })
    expect(await ask("/rows?dataset=me/rows")).toMatchObject({
      error: expect.stringContaining("required")
    })
    hub.put("me/rows", { "easy/train/0000.parquet": "PAR1" }, { revision: "refs/convert/parquet" })
    expect(await ask("/parquet?dataset=me/rows&config=easy")).toMatchObject({
      error: expect.any(String)
    })
    hub.put(
      "me/rows",
      { "easy/test/0000.parquet": "PAR1", "hard/train/0000.parquet": "PAR1" },
      { revision: "refs/convert/parquet" }
    )
    expect(await ask("/parquet?dataset=me/rows")).toMatchObject({
      parquet_files: [
        { config: "easy", split: "train", filename: "0000.parquet", size: 4 },
        { config: "easy", split: "test" },
        {
          config: "hard",
          url: `${hub.url}/datasets/me/rows/resolve/refs%2Fconvert%2Fparquet/hard/train/0000.parquet`
        }
      ]
    })
  })

  it("meets the same faults again with the same seed, each once unless it is permanent", async () => {
    const statuses = async (seed: number): Promise<ReadonlyArray<number>> => {
      await using hub = await startHubSimulator({
        seed,
        faults: [
          { kind: "rate-limit", share: 0.3, retryAfterSeconds: 7 },
          { kind: "server-error", share: 0.3 }
        ]
      })
      hub.put("me/rows", { "a.txt": "1" })
      const all: Array<number> = []
      for (let i = 0; i < 40; i++)
        all.push((await fetch(`${hub.url}/datasets/me/rows/resolve/main/a.txt?n=${i >> 1}`)).status)
      return all
    }
    const first = await statuses(1)
    expect(await statuses(1)).toEqual(first)
    expect(await statuses(2)).not.toEqual(first)
    expect(new Set(first)).toEqual(new Set([200, 429, 503]))
    expect(first.filter((_, i) => i % 2 === 1).every((status) => status === 200)).toBe(true)
  })

  it("serves a folder of datasets and writes there what is pushed", async () => {
    const directory = mkdtempSync(join(tmpdir(), "distilabel-hub-"))
    {
      await using hub = await startHubSimulator({ directory })
      const client = { hubUrl: hub.url, accessToken }
      await createRepo({ ...client, repo })
      await uploadFile({ ...client, repo, file: { path: "data/a.jsonl", content: blob("{}\n") } })
    }
    expect(readFileSync(join(directory, "me", "rows", "data", "a.jsonl"), "utf8")).toBe("{}\n")
    await using again = await startHubSimulator({ directory })
    expect(again.read("me/rows", "data/a.jsonl")!.toString()).toBe("{}\n")
  })

  it("refuses options that it cannot work with", async () => {
    await expect(startHubSimulator({ port: -1 })).rejects.toBeInstanceOf(SimulatorOptionError)
    await expect(
      startHubSimulator({
        faults: [
          { kind: "reset", share: 0.6 },
          { kind: "cut-body", share: 0.6 }
        ]
      })
    ).rejects.toThrow(/add up to at most 1/)
  })
})
