import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, describe, expect, it } from "vitest"
import { openPlace } from "../../src/cluster/openPlace.ts"
import type { RunPlace } from "../../src/cluster/RunPlace.ts"
import { readPlan } from "../../src/cluster/RunPlan.ts"
import { openStore } from "../../src/data/stores/openStore.ts"
import { loadFromDiskPromise } from "../../src/index.ts"
import { command, folder, started } from "../cli/command.ts"
import { connectionTo, startBlobs } from "../data/stores/blobServer.ts"
import { startGcs } from "../data/stores/gcsServer.ts"
import { startS3 } from "../data/stores/s3Server.ts"
import type { StoreServer } from "../data/stores/StoreServer.ts"
import { answering } from "./answering.ts"
import { hashesIn } from "./shardFiles.ts"

const pipeline = "test/cli/pipelines/sharded.ts"
const address = "gs://rows/run1"
const rows = 60
const variable = "STORAGE_EMULATOR_HOST"
const cacheVariable = "DISTILABEL_CACHE_DIR"

/** The environment of a machine, of which there may be several: each has a cache of its own. */
const machine = (url: string, store: StoreServer, flow: string, more: object = {}) => ({
  TEST_URL: url,
  TEST_ROWS: String(rows),
  TEST_FLOW: flow,
  [variable]: store.url,
  [cacheVariable]: folder(),
  ...more
})

const share = (index: number, of: number, at = address): ReadonlyArray<string> => [
  "shard",
  at,
  "--index",
  String(index),
  "--of",
  String(of)
]

interface Service {
  readonly name: string
  readonly at: string
  readonly start: () => Promise<StoreServer>
  /** How a server is found. */
  readonly environment: (server: StoreServer) => Readonly<Record<string, string>>
}

const services: ReadonlyArray<Service> = [
  {
    name: "Google Cloud Storage",
    at: address,
    start: () => startGcs("rows"),
    environment: ({ url }) => ({ [variable]: url })
  },
  {
    name: "Azure Blob Storage",
    at: "az://rows/run1",
    start: () => startBlobs("rows"),
    environment: (server) => ({ AZURE_STORAGE_CONNECTION_STRING: connectionTo(server) })
  },
  {
    name: "S3",
    at: "s3://rows/run1",
    start: () => startS3("rows", folder()),
    environment: ({ url }) => ({
      AWS_ENDPOINT_URL_S3: url,
      AWS_ACCESS_KEY_ID: "S3RVER",
      AWS_SECRET_ACCESS_KEY: "S3RVER"
    })
  }
]

const before = { ...process.env }
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
  Object.assign(process.env, before)
})

/** The names of what lies below the address. */
const stored = async (store: StoreServer): Promise<ReadonlyArray<string>> => {
  process.env[variable] = store.url
  return storedAt(address)
}

const storedAt = async (at: string): Promise<ReadonlyArray<string>> => {
  const opened = await openStore(at)
  return (await opened.store.list("run1/")).map(({ key }) => key.slice("run1/".length))
}

/** The hashes of the rows at an address, as the files of a folder. */
const hashesAt = async (at: string): Promise<Readonly<Record<string, string>>> => {
  const directory = mkdtempSync(join(tmpdir(), "cluster-stores-"))
  const opened = await openStore(at)
  for (const object of await opened.store.list("run1/")) {
    const name = object.key.slice("run1/".length)
    if (!name.includes("/"))
      writeFileSync(
        join(directory, name),
        Buffer.concat(await Array.fromAsync(opened.store.read(object)))
      )
  }
  const hashes = hashesIn(directory)
  rmSync(directory, { recursive: true })
  return hashes
}

describe("a run in shards in an object store", () => {
  it.each(services)(
    "of $name, worked on by machines that share nothing else, gives the files of one process byte by byte",
    async ({ at, environment, start }) => {
      await using model = await answering()
      await using store = await start()
      const found = environment(store)
      const [first, second, third] = [1, 2, 3].map(() => machine(model.url, store, "global", found))
      const plan = await command(["run", pipeline, "--shards", "4", "--output", at], first)
      expect([plan.status, plan.stderr]).toEqual([0, expect.not.stringContaining("✗")])
      const single = folder()
      const [alone, ...together] = await Promise.all([
        command(["run", pipeline, "--output", single], machine(model.url, store, "global")),
        command([...share(0, 2, at), "--wait"], second),
        command([...share(1, 2, at), "--wait"], third)
      ])
      expect(alone.status, alone.stderr).toBe(0)
      for (const { status, stderr } of together) expect(status, stderr).toBe(0)
      const merged = await command(["merge", at], first)
      expect(merged.status, merged.stderr).toBe(0)
      expect(merged.stdout).toContain(`uploaded to ${at}`)
      Object.assign(process.env, found)
      expect(await hashesAt(at)).toEqual(hashesIn(single))
      // What the run keeps beside it is none of the dataset's.
      const { subsets } = await loadFromDiskPromise(at)
      expect(Object.keys(subsets)).toEqual(["default"])
      expect(subsets["default"]!.length).toBeGreaterThan(0)
    }
  )

  it("is coordinated from here with --cluster, and merged into the address; again it is there, and a retry asks for what failed", async () => {
    await using model = await answering({ refuses: (asked) => asked <= 3 })
    await using store = await startGcs("rows")
    const env = machine(model.url, store, "plain")
    const run = ["run", pipeline, "--cluster", "local", "--workers", "2", "--output", address]
    const first = await command([...run, "--shards", "4"], env)
    expect(first.status, first.stderr).toBe(0)
    expect(first.stdout).toContain("default: 3 error rows")
    expect(first.stdout).toContain(`uploaded to ${address}`)
    expect(model.asked()).toBe(rows)
    expect(await stored(store)).toContain("report.html")
    // Another machine goes on, and replaces what the first has put there.
    const elsewhere = machine(model.url, store, "plain", { TEST_URL: model.url })
    const again = await command([...run, "--retry-failed"], elsewhere)
    expect(again.status, again.stderr).toBe(0)
    expect(again.stdout).toContain(`default: ${rows} rows`)
    expect(model.asked()).toBe(rows + 3)
    expect(await stored(store)).not.toContain("default.errors.jsonl")
    // Of attempts only those are left that the dataset is made of.
    const attempts = (await stored(store)).filter((name) => name.startsWith(".run/attempts/"))
    expect(new Set(attempts.map((name) => name.split("/").slice(0, 4).join("/"))).size).toBe(4)
    // The first machine sees that shards were put back and made again.
    const back = await command(["merge", address], env)
    expect(back.stdout).toContain(`default: ${rows} rows`)
    expect(model.asked()).toBe(rows + 3)
  })

  it("whose worker is stopped is gone on with by another machine, which asks for none of its answers again", async () => {
    await using model = await answering({ differs: true, latencyMs: () => 60 })
    await using store = await startGcs("rows")
    const first = machine(model.url, store, "plain")
    await command(["run", pipeline, "--shards", "1", "--output", address], first)
    const worker = started(share(0, 1), first)
    await expect.poll(model.answered, { interval: 5 }).toBeGreaterThanOrEqual(12)
    worker.child.kill("SIGTERM")
    expect((await worker.ended)[0]).toBe(143)
    const second = machine(model.url, store, "plain")
    const last = await command(share(0, 1), second)
    expect(last.status, last.stderr).toBe(0)
    expect(model.asked()).toBe(rows)
  })

  it("whose worker is killed loses what it was about to keep: the rest is found by another machine, and all of it on its own", async () => {
    await using model = await answering({ differs: true, latencyMs: () => 400 })
    await using store = await startGcs("rows")
    const first = machine(model.url, store, "plain")
    await command(["run", pipeline, "--shards", "1", "--output", address], first)
    const worker = started(share(0, 1), first)
    const kept = async (): Promise<boolean> =>
      (await stored(store)).some((name) => name.startsWith(".run/answers/"))
    await expect.poll(kept, { interval: 50 }).toBe(true)
    const known = model.answered()
    worker.child.kill("SIGKILL")
    await worker.ended
    await expect.poll(model.inFlight).toBe(0)
    const asked = model.asked()
    const second = started(share(0, 1), machine(model.url, store, "plain"))
    await expect.poll(model.asked).toBeGreaterThan(asked)
    second.child.kill("SIGKILL")
    await second.ended
    await expect.poll(model.inFlight).toBe(0)
    const asksBefore = model.asked()
    const last = await command(share(0, 1), first)
    expect(last.status, last.stderr).toBe(0)
    expect(known).toBeGreaterThan(4)
    // What the first machine had is all there: answered, or in flight when it was killed.
    expect(model.asked() - asksBefore).toBeLessThanOrEqual(rows - known)
  })

  it.each(services)(
    "of $name takes the first of two attempts at a shard, also of two at the same time, and where the store's word of it was lost",
    async ({ at, environment, start }) => {
      await using model = await answering()
      await using store = await start()
      const found = environment(store)
      const env = machine(model.url, store, "plain", found)
      await command(["run", pipeline, "--shards", "3", "--output", at], env)
      const placeOf = async (directory: string): Promise<RunPlace> => {
        Object.assign(process.env, found)
        process.env[cacheVariable] = directory
        return openPlace(at)
      }
      const [one, other] = [await placeOf(folder()), await placeOf(folder())]
      const plan = await Effect.runPromise(readPlan(one.folder))
      const [part] = plan.parts
      const attempt = async (place: RunPlace, name: string): Promise<string> => {
        const directory = join(place.folder, "attempts", name)
        mkdirSync(directory, { recursive: true })
        writeFileSync(join(directory, "default.jsonl"), `"${name}"\n`)
        return directory
      }
      const [mine, theirs] = [await attempt(one, "000000-a"), await attempt(other, "000000-b")]
      expect(await one.commit(part!, 0, mine)).toBe("done")
      expect(await other.commit(part!, 0, theirs)).toBe("another was first")
      const files = (await storedAt(at)).filter((name) => name.startsWith(".run/attempts/"))
      expect(files).toEqual([".run/attempts/000000/000000-a/default.jsonl"])
      // The answer to the marker's upload never comes back, and the client asks again.
      const lost = await attempt(one, "000001-a")
      let isLost = false
      store.losesAnswer = (request) => {
        if (isLost || !/^(?:POST|PUT) .*shards(?:%2F|\/)000001/s.test(request)) return false
        isLost = true
        return true
      }
      expect(await one.commit(part!, 1, lost)).toBe("done")
      expect(isLost).toBe(true)
      // Which of two is first where both come at once is the store's to say.
      const both = await Promise.all([
        one.commit(part!, 2, await attempt(one, "000002-a")),
        other.commit(part!, 2, await attempt(other, "000002-b"))
      ])
      expect(both.toSorted()).toEqual(["another was first", "done"])
      await other.bringDataset(plan)
      const rowsOf = (shard: string): string =>
        readFileSync(join(other.folder, "shards", shard, "default.jsonl"), "utf8")
      const first = both[0] === "done" ? "000002-a" : "000002-b"
      expect(["000000", "000001", "000002"].map(rowsOf)).toEqual(
        ["000000-a", "000001-a", first].map((name) => `"${name}"\n`)
      )
    }
  )

  it("is refused where the address is another run's, holds something else, or is one of the Hub", async () => {
    await using model = await answering()
    await using store = await startGcs("rows")
    const env = machine(model.url, store, "plain")
    const planned = (flow: string, at: string) =>
      command(["run", pipeline, "--shards", "2", "--output", at], { ...env, TEST_FLOW: flow })
    expect((await planned("plain", address)).status).toBe(0)
    expect((await planned("plain", address)).stdout).toContain(`planned before in ${address}`)
    const other = await planned("global", address)
    expect([other.status, other.stderr]).toEqual([
      1,
      expect.stringContaining(`'${address}' holds another run`)
    ])
    const missing = await command(["merge", "gs://rows/none"], env)
    expect([missing.status, missing.stderr]).toEqual([
      1,
      expect.stringContaining("'gs://rows/none' is not the folder of a run in shards")
    ])
    const hub = await planned("plain", "hf://datasets/me/rows/run")
    expect([hub.status, hub.stderr]).toEqual([
      1,
      expect.stringContaining("datasets of the Hub are no place for shards")
    ])
    process.env[variable] = store.url
    const { store: bucket } = await openStore(address)
    await bucket.put([{ key: "full/rows.jsonl", content: { text: "{}\n" } }])
    const full = await planned("plain", "gs://rows/full")
    expect([full.status, full.stderr]).toEqual([
      1,
      expect.stringContaining("'gs://rows/full' is not empty: there is 'rows.jsonl' in it")
    ])
    // Whoever may write there has no way into other folders of who reads.
    const files = { "../../elsewhere": 1 }
    const marker = JSON.stringify({ attempt: "000000-a", files, texts: {} })
    await bucket.put([{ key: "run1/.run/shards/000000", content: { text: marker } }])
    const led = await command(["merge", address], env)
    expect([led.status, led.stderr]).toEqual([
      1,
      expect.stringContaining(`Cannot read '${address}/.run/shards/000000': it is damaged.`)
    ])
    expect(model.asked()).toBe(0)
  })
})
