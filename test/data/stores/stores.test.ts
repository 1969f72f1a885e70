import { type ChildProcess, spawn } from "node:child_process"
import { hash } from "node:crypto"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { parquetWriteBuffer } from "hyparquet-writer"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Row } from "../../../src/columns/Row.ts"
import { loadFromDiskPromise } from "../../../src/data/distiset/loadFromDisk.ts"
import { openStore } from "../../../src/data/stores/openStore.ts"
import { filesBelow, StoreFolder } from "../../../src/data/stores/StoreFolder.ts"
import {
  from,
  LoadDataFromDicts,
  LoadDataFromDisk,
  LoadDataFromFileSystem,
  Pipeline,
  runPromise
} from "../../../src/index.ts"
import { startHubSimulator } from "../../../src/simulator/index.ts"
import type { GeneratorStep } from "../../../src/step/Step.ts"
import { conditions } from "../../program.ts"
import { connectionTo, startBlobs } from "./blobServer.ts"
import { startGcs } from "./gcsServer.ts"
import { startS3 } from "./s3Server.ts"

interface Service {
  readonly name: string
  /** An address, and one of a bucket that is not there. */
  readonly root: string
  readonly missing: string
  /** Where nobody listens. */
  readonly nowhere: Readonly<Record<string, string>>
  readonly start: (directory: string) => Promise<Started>
}

interface Started extends AsyncDisposable {
  readonly environment: Readonly<Record<string, string>>
  /** Bytes that were sent, if they are counted. */
  readonly sent?: () => number
  readonly cutNext?: () => void
}

const services: ReadonlyArray<Service> = [
  {
    name: "s3",
    root: "s3://rows",
    missing: "s3://elsewhere/rows.jsonl",
    nowhere: { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:59" },
    start: async (directory) => {
      const server = await startS3("rows", directory)
      return {
        ...disposing(server),
        sent: server.sent,
        cutNext: () => {
          server.cutNext = true
        },
        environment: {
          AWS_ENDPOINT_URL_S3: server.url,
          AWS_ACCESS_KEY_ID: "S3RVER",
          AWS_SECRET_ACCESS_KEY: "S3RVER"
        }
      }
    }
  },
  {
    name: "gs",
    root: "gs://rows",
    missing: "gs://elsewhere/rows.jsonl",
    nowhere: { STORAGE_EMULATOR_HOST: "http://127.0.0.1:59" },
    start: async () => {
      const server = await startGcs("rows")
      return {
        ...disposing(server),
        sent: server.sent,
        cutNext: () => {
          server.cutNext = true
        },
        environment: { STORAGE_EMULATOR_HOST: server.url }
      }
    }
  },
  {
    name: "az",
    root: "az://rows",
    missing: "az://elsewhere/rows.jsonl",
    nowhere: {
      AZURE_STORAGE_CONNECTION_STRING:
        "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:59/a;"
    },
    start: async () => {
      const server = await startBlobs("rows")
      return {
        ...disposing(server),
        sent: server.sent,
        cutNext: () => {
          server.cutNext = true
        },
        environment: { AZURE_STORAGE_CONNECTION_STRING: connectionTo(server) }
      }
    }
  },
  {
    name: "hf",
    root: "hf://datasets/me/rows",
    missing: "hf://datasets/me/elsewhere/rows.jsonl",
    nowhere: { HF_ENDPOINT: "http://127.0.0.1:59" },
    start: async () => {
      const hub = await startHubSimulator()
      hub.put("me/rows", { "README.md": "# Rows\n" })
      return { ...disposing(hub), environment: { HF_ENDPOINT: hub.url, HF_TOKEN: "hf_simulated" } }
    }
  }
]

const disposing = (server: AsyncDisposable): AsyncDisposable => ({
  [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]()
})

/** Sets variables while something is done. */
const within = async <A>(
  environment: Readonly<Record<string, string>>,
  action: () => Promise<A>
): Promise<A> => {
  const before = Object.keys(environment).map((name) => [name, process.env[name]] as const)
  Object.assign(process.env, environment)
  try {
    return await action()
  } finally {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
  }
}

const quiet = { progress: "none", report: false } as const

const rowsOf = async (source: GeneratorStep<"load", {}, object>): Promise<ReadonlyArray<Row>> => {
  const { default: rows } = await runPromise(Pipeline("reads", {}, from(source)), {
    ...quiet,
    useCache: false
  })
  return rows.toArray()
}

const load = (dataFiles: string | ReadonlyArray<string>, more: object = {}) =>
  rowsOf(LoadDataFromFileSystem({ name: "load", dataFiles, ...more }))

const messageOf = async (action: () => Promise<unknown>): Promise<string> => {
  try {
    await action()
  } catch (thrown) {
    return (thrown as Error).message
  }
  throw new Error("it did not fail")
}

const text = (from_: number, to: number): string =>
  Array.from(
    { length: to - from_ },
    (_, i) => `${JSON.stringify({ id: from_ + i, text: `row ${from_ + i}` })}\n`
  ).join("")

const large = Buffer.from(
  parquetWriteBuffer({
    columnData: [
      { name: "id", data: Int32Array.from({ length: 120_000 }, (_, i) => i), type: "INT32" },
      {
        name: "text",
        data: Array.from({ length: 120_000 }, (_, i) => hash("sha512", String(i), "base64")),
        type: "STRING"
      }
    ],
    rowGroupSize: 2000
  })
)

describe.each(services)("$name", ({ missing, nowhere, root, start }) => {
  let started: Started
  let directory: string
  let local: string
  /** Services are asked for long where nobody answers. */
  let unanswered: Promise<string>

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "stores-"))
    local = join(directory, "local")
    mkdirSync(join(local, "data"), { recursive: true })
    writeFileSync(join(local, "data/train-00000-of-00002.jsonl"), text(0, 500))
    writeFileSync(join(local, "data/train-00001-of-00002.jsonl.gz"), gzipSync(text(500, 900)))
    writeFileSync(join(local, "data/test-00000-of-00001.jsonl"), text(900, 1000))
    writeFileSync(join(local, "table.csv"), "id,text\n1,one\n2,two\n")
    writeFileSync(join(local, "large.parquet"), large)
    started = await start(join(directory, "server"))
    const { key, store } = await within(nowhere, () => openStore(`${root}/in/table.csv`))
    unanswered = messageOf(() => store.find(key))
    await within(started.environment, async () => {
      const folder = await StoreFolder.open(`${root}/in`)
      await folder.fill(local, filesBelow(local))
    })
  })

  afterAll(async () => {
    await started[Symbol.asyncDispose]()
    rmSync(directory, { recursive: true, force: true })
  })

  const here = <A>(action: () => Promise<A>): Promise<A> => within(started.environment, action)

  it("gives the rows of files, folders, splits and patterns as they are on disk", () =>
    here(async () => {
      for (const [what, more] of [
        ["data/train-00000-of-00002.jsonl", {}],
        ["data", { split: "train" }],
        ["data/*.jsonl", {}],
        ["**/{train,test}-*", {}],
        ["table.csv", {}]
      ] as const) {
        const expected = await load(join(local, what), more)
        expect(expected.length).toBeGreaterThan(0)
        expect(await load(`${root}/in/${what}`, more)).toEqual(expected)
      }
    }))

  it("reads a small part of a large Parquet file for a few of its rows", () =>
    here(async () => {
      const before = started.sent?.()
      const rows = await load(`${root}/in/large.parquet`, { numExamples: 10 })
      expect(rows.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      if (before !== undefined) {
        const share = (started.sent!() - before) / readFileSync(join(local, "large.parquet")).length
        expect(share).toBeLessThan(0.15)
      }
      const { key, store } = await openStore(`${root}/in/large.parquet`)
      const object = await store.expect(key)
      const piece = Buffer.concat(await Array.fromAsync(store.read(object, 1000, 3000)))
      expect(piece.equals(large.subarray(1000, 3000))).toBe(true)
    }))

  it("goes on where a connection broke", () =>
    here(async () => {
      const { key, store } = await openStore(`${root}/in/large.parquet`)
      const object = await store.expect(key)
      started.cutNext?.()
      const bytes = Buffer.concat(await Array.fromAsync(store.read(object)))
      expect(bytes.equals(large)).toBe(true)
    }))

  it("fails where an object is replaced while it is read, and names it", () =>
    here(async () => {
      const { key, store } = await openStore(`${root}/changing/rows.jsonl`)
      await store.put([{ key, content: { text: text(0, 10) } }])
      const object = await store.expect(key)
      await store.put([{ key, content: { text: text(10, 30) } }])
      const read = Array.fromAsync(store.read(object))
      // The Hub and Google keep or drop a version; none gives bytes of another.
      if (root.startsWith("hf")) expect(Buffer.concat(await read).toString()).toBe(text(0, 10))
      else await expect(read).rejects.toThrow(`${root}/changing/rows.jsonl`)
    }))

  it("notices an object that was replaced between two runs", () =>
    here(async () => {
      const { key, store } = await openStore(`${root}/replaced/rows.jsonl`)
      const source = LoadDataFromFileSystem({ name: "load", dataFiles: store.addressOf(key) })
      for (const to of [10, 30]) {
        await store.put([{ key, content: { text: text(0, to) } }])
        const { default: rows } = await runPromise(Pipeline("replaced", {}, from(source)), quiet)
        expect(rows.length).toBe(to)
      }
    }))

  it("saves a dataset that is read back with all that lies beside it", () =>
    here(async () => {
      const distiset = await runPromise(
        Pipeline(
          "saves",
          {},
          from(LoadDataFromDicts({ name: "rows", data: [{ a: 1 }, { a: 2 }, { a: 3 }] }))
        ),
        { ...quiet, useCache: false }
      )
      const address = `${root}/saved`
      for (const format of ["parquet", "arrow"] as const) {
        await distiset.saveToDisk(address, { format, overwrite: true })
        expect(await rowsOf(LoadDataFromDisk({ name: "load", datasetPath: address }))).toEqual([
          { a: 1 },
          { a: 2 },
          { a: 3 }
        ])
        const loaded = await loadFromDiskPromise(address)
        expect(await loaded["default"]!.toArray()).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }])
      }
      const names = await (await StoreFolder.open(address)).names()
      expect(names.filter((name) => name.endsWith(".parquet"))).toEqual([])
      expect(await messageOf(() => distiset.saveToDisk(address))).toMatch(
        /the folder is there already, and holds \d+ objects\. Save to another one, or with \{ overwrite: true \}/
      )
    }))

  it("gives no rows of an upload that is not complete", () =>
    here(async () => {
      const folder = await StoreFolder.open(`${root}/half`)
      await folder.take("somebody", false)
      await folder.fill(local, ["table.csv", "data/test-00000-of-00001.jsonl"])
      for (const read of [
        () => load(`${root}/half/*.csv`),
        () => load(`${root}/half/data`),
        () => load(`${root}/**/table.csv`),
        () => rowsOf(LoadDataFromDisk({ name: "load", datasetPath: `${root}/half/data` }))
      ])
        expect(await messageOf(read)).toMatch(/its upload from .+ is not complete/)
      expect(await messageOf(() => folder.take("another", false))).toMatch(
        /has been writing there since/
      )
      await folder.release()
      expect(await load(`${root}/half/*.csv`)).toHaveLength(2)
    }))

  it("takes the results of a run, which the same run replaces and no other", () =>
    here(async () => {
      const cacheDir = join(directory, "cache")
      const outputDir = `${root}/run1`
      const of = (data: ReadonlyArray<Row>, more: object = {}) =>
        runPromise(Pipeline("delivers", {}, from(LoadDataFromDicts({ name: "rows", data }))), {
          progress: "none",
          cacheDir,
          outputDir,
          ...more
        })
      await of([{ a: 1 }])
      await of([{ a: 1 }, { a: 2 }])
      const names = await (await StoreFolder.open(outputDir)).names()
      expect(names).toEqual([".checksums", ".figures", "default.jsonl", "report.html"])
      expect(await rowsOf(LoadDataFromDisk({ name: "load", datasetPath: outputDir }))).toEqual([
        { a: 1 },
        { a: 2 }
      ])
      expect(await messageOf(() => of([{ a: 3 }], { cacheDir: join(directory, "other") }))).toMatch(
        /the folder holds 4 objects, and what was last uploaded from here is something else/
      )
      expect(await load(`${outputDir}/default.jsonl`)).toHaveLength(2)
    }))

  it("says in a sentence what is wrong", () =>
    here(async () => {
      expect(await messageOf(() => load(missing))).toMatch(
        /there is no such (bucket|container|dataset)/
      )
      expect(await messageOf(() => load(`${root}/in/no-such-folder`))).toContain(
        "there is neither an object nor a folder of this name. Check the address."
      )
      expect(await unanswered).toMatch(
        /cannot be reached \(ECONNREFUSED\)\. Check the network, and [A-Z\d_]+ if it is set\./
      )
    }))
})

it("an upload that was killed is no dataset, and is done again without working on a row again", async () => {
  await using server = await startGcs("rows")
  const directory = mkdtempSync(join(tmpdir(), "stores-"))
  const worked = join(directory, "worked")
  const address = "gs://rows/run1"
  const environment = { STORAGE_EMULATOR_HOST: server.url }
  const start = (): ChildProcess =>
    spawn(
      process.execPath,
      [
        ...conditions,
        join(import.meta.dirname, "deliverProcess.ts"),
        worked,
        join(directory, "cache"),
        address
      ],
      { env: { ...process.env, ...environment }, stdio: ["ignore", "ignore", "inherit"] }
    )
  const reads = () =>
    within(environment, () => rowsOf(LoadDataFromDisk({ name: "load", datasetPath: address })))
  try {
    let held = ""
    server.holds = (request) => {
      if (!request.includes("report.html")) return false
      held = request
      return true
    }
    const first = start()
    await expect.poll(() => held).not.toBe("")
    first.kill("SIGKILL")
    await once(first, "exit")
    expect(await messageOf(reads)).toMatch(/its upload from .+ is not complete/)

    server.holds = () => false
    const [code] = (await once(start(), "exit")) as [number | null]
    expect(code).toBe(0)
    expect(await reads()).toHaveLength(20)
    expect(readFileSync(worked, "utf8").split("\n")).toHaveLength(21)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})

it("refuses addresses where a disk is needed, and schemes that nobody knows", async () => {
  const pipeline = Pipeline("p", {}, from(LoadDataFromDicts({ name: "rows", data: [{ a: 1 }] })))
  expect(
    await messageOf(() => runPromise(pipeline, { ...quiet, cacheDir: "s3://rows/cache" }))
  ).toContain(`Option cacheDir is "s3://rows/cache". Give a folder of this machine`)
  expect(
    await messageOf(() =>
      runPromise(pipeline, { ...quiet, cacheDir: "s3://rows/cache", outputDir: "s3://rows/out" })
    )
  ).toContain(`Option cacheDir is "s3://rows/cache"`)
  expect(await messageOf(() => load("gopher://rows/in"))).toContain(
    "addresses that begin with 'gopher://' are not supported"
  )
  expect(await messageOf(() => load("hf://me/rows"))).toContain(
    "Write hf://datasets/OWNER/NAME/PATH"
  )
})
