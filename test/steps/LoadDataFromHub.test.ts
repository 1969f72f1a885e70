import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { parquetWriteBuffer } from "hyparquet-writer"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { from, LoadDataFromHub, Pipeline, type Row, runPromise } from "../../src/index.ts"
import { type HubFault, type HubSimulator, startHubSimulator } from "../../src/simulator/index.ts"
import { rowsOf } from "../engine/rows.ts"

let hub: HubSimulator
const home = mkdtempSync(join(tmpdir(), "distilabel-hf-"))
const variables = ["HF_ENDPOINT", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HOME", "HF_TOKEN_PATH"]
const before = variables.map((name) => process.env[name])

const use = async (options: Parameters<typeof startHubSimulator>[0] = {}): Promise<void> => {
  await hub?.close()
  hub = await startHubSimulator(options)
  process.env["HF_ENDPOINT"] = hub.url
}
beforeAll(() => use())
beforeEach(() => {
  for (const name of variables.slice(1)) delete process.env[name]
  process.env["HF_HOME"] = home
})
afterAll(async () => {
  await hub.close()
  for (const [i, name] of variables.entries()) {
    if (before[i] === undefined) delete process.env[name]
    else process.env[name] = before[i]
  }
})

type Options = Omit<Parameters<typeof LoadDataFromHub>[0], "name">
const loaded = async (options: Options): Promise<ReadonlyArray<Row>> =>
  (
    await rowsOf(
      Pipeline("p", {}, from(LoadDataFromHub({ name: "load", ...options } as never) as never))
    )
  )["default"]!.rows
const lines = (...rows: ReadonlyArray<Row>): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join("")
const parquet = (...numbers: ReadonlyArray<number>): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "n", data: [...numbers], type: "INT32" },
        { name: "text", data: numbers.map((n) => `row ${n}`), type: "STRING" }
      ]
    })
  )
const row = (n: number): Row => ({ n, text: `row ${n}` })

describe("files of a dataset of the Hub", () => {
  it.each([false, true])(
    "are images with their metadata, one row for each (streamed: %s)",
    async (streaming) => {
      const repoId = `me/images-${streaming}`
      const png = Buffer.from("89504e470d0a1a0a00", "hex")
      hub.put(repoId, {
        "train/metadata.jsonl": lines(
          { file_name: "a/1.png", label: "cat" },
          { file_name: "2.png", label: "dog" }
        ),
        "train/a/1.png": png,
        "train/2.png": Buffer.concat([png, png]),
        "test/metadata.csv": "file_name,label\nmissing.png,cat\n"
      })
      const image = (path: string, bytes: Buffer) => ({ path, bytes: bytes.toString("base64") })
      expect(await loaded({ repoId, streaming })).toEqual([
        { image: image("a/1.png", png), label: "cat" },
        { image: image("2.png", Buffer.concat([png, png])), label: "dog" }
      ])
      await expect(loaded({ repoId, streaming, split: "test" })).rejects.toThrow(
        "it names 'missing.png', which cannot be read: there is no such file."
      )
    }
  )

  it("are the shards of a split in their order, downloaded once", async () => {
    const repoId = "me/shards"
    hub.put(repoId, {
      "data/train-00000-of-00002.parquet": parquet(1, 2),
      "data/train-00001-of-00002.parquet": parquet(3),
      "data/test-00000-of-00001.parquet": parquet(4),
      "notes.txt": "no rows"
    })
    expect(await loaded({ repoId })).toEqual([1, 2, 3].map(row))
    expect(await loaded({ repoId, split: "test" })).toEqual([row(4)])
    hub.reset()
    expect(await loaded({ repoId, columns: { n: Schema.Number } })).toEqual([
      { n: 1 },
      { n: 2 },
      { n: 3 }
    ])
    expect(hub.log().filter(({ path }) => path.includes("/resolve/"))).toEqual([])
    expect(readdirSync(join(process.env["DISTILABEL_CACHE_DIR"]!, "hub"))).toContain(
      "datasets--me--shards"
    )
  })

  it("are downloaded again when one is not as it was downloaded", async () => {
    const repoId = "me/harmed"
    hub.put(repoId, { "data/train-00000-of-00001.jsonl": lines(row(1), row(2)) })
    await loaded({ repoId })
    const below = join(process.env["DISTILABEL_CACHE_DIR"]!, "hub", "datasets--me--harmed")
    const [path = "", sum = ""] = [
      "train-00000-of-00001.jsonl",
      ".train-00000-of-00001.jsonl.sum"
    ].map((name) =>
      join(
        below,
        readdirSync(below, { recursive: true, encoding: "utf8" }).find(
          (each) => basename(each) === name
        )!
      )
    )
    const harms = [
      () => writeFileSync(path, readFileSync(path, "utf8").replace("row 1", "row 7")),
      () => writeFileSync(path, ""),
      () => writeFileSync(sum, "garbage"),
      () => {
        rmSync(path)
        mkdirSync(join(path, "held"), { recursive: true })
      },
      () => rmSync(sum)
    ]
    for (const harm of harms) {
      harm()
      hub.reset()
      expect(await loaded({ repoId })).toEqual([row(1), row(2)])
      expect(
        hub.log().filter(({ path: asked }) => asked.includes("/resolve/")).length
      ).toBeGreaterThan(0)
    }
  })

  it("are those that the README's configurations name", async () => {
    const repoId = "me/configured"
    hub.put(repoId, {
      "README.md":
        "---\nconfigs:\n- config_name: easy\n  data_files:\n  - split: train\n    path: [easy/b*.jsonl, easy/a.jsonl]\n- config_name: hard\n  data_dir: hard\n---\n# Rows\n",
      "easy/a.jsonl": lines({ n: 3 }),
      "easy/b1.jsonl": lines({ n: 1 }),
      "easy/b2.jsonl": lines({ n: 2 }),
      "hard/validation.csv": "n\n4\n"
    })
    expect(await loaded({ repoId, config: "easy" })).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
    expect(
      await loaded({ repoId, config: "hard", split: "validation", columns: { n: Schema.Number } })
    ).toEqual([{ n: 4 }])
    await expect(loaded({ repoId })).rejects.toThrow(
      /it has several configurations: choose one with config \(easy, hard\)/
    )
    await expect(loaded({ repoId, config: "eazy" })).rejects.toThrow(
      /no configuration 'eazy' \(there are: easy, hard\)\. Did you mean 'easy'\?/
    )
    await expect(loaded({ repoId, config: "hard", split: "valid" })).rejects.toThrow(
      /configuration 'hard' has no split 'valid' \(there are: validation\)\. Did you mean 'validation'\?/
    )
  })

  it("are those of the Parquet branch where the dataset's own cannot be read", async () => {
    const repoId = "me/script"
    hub.put(repoId, { "script.py": "…", "images.tar": "…" })
    await expect(loaded({ repoId })).rejects.toThrow(
      /it has no files that can be read, and the Hub has not converted it to Parquet\. It has: images\.tar, script\.py\./
    )
    hub.put(
      repoId,
      {
        "plain/train/0001.parquet": parquet(2),
        "plain/train/0000.parquet": parquet(1),
        "fancy/test/0000.parquet": parquet(3)
      },
      { revision: "refs/convert/parquet" }
    )
    expect(await loaded({ repoId, config: "plain" })).toEqual([row(1), row(2)])
    await expect(loaded({ repoId, config: "plane" })).rejects.toThrow(/Did you mean 'plain'/)
    await expect(loaded({ repoId, config: "fancy" })).rejects.toThrow(
      /no split 'train' \(there are: test\)/
    )
  })

  it("are those of a revision, a branch or a commit", async () => {
    const repoId = "me/revisions"
    const first = hub.put(repoId, { "rows.jsonl": lines({ n: 1 }) })
    hub.put(repoId, { "rows.jsonl": lines({ n: 2 }) })
    hub.put(repoId, { "rows.jsonl": lines({ n: 3 }) }, { revision: "next/one" })
    expect(await loaded({ repoId })).toEqual([{ n: 2 }])
    expect(await loaded({ repoId, revision: first })).toEqual([{ n: 1 }])
    expect(await loaded({ repoId, revision: "next/one" })).toEqual([{ n: 3 }])
    await expect(loaded({ repoId, revision: "nxt" })).rejects.toThrow(/no revision 'nxt'/)
  })

  it("may have names of any letters", async () => {
    const repoId = "me/names"
    hub.put(repoId, { "dåtä/tráin file #1 (100%).jsonl": lines({ n: 1 }) })
    expect(await loaded({ repoId })).toEqual([{ n: 1 }])
    expect(await loaded({ repoId, streaming: true })).toEqual([{ n: 1 }])
  })
})

describe("a dataset that is streamed", () => {
  it("leaves no file behind, and reads no more of a Parquet file than is wanted", async () => {
    await use({ xet: false })
    const numbers = Array.from({ length: 200_000 }, (_, n) => n)
    const file = new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: "n", data: numbers, type: "INT32" },
          {
            name: "text",
            data: numbers.map((n) => `a long text of row ${n * 7919}`),
            type: "STRING"
          }
        ],
        rowGroupSize: 5000
      })
    )
    hub.put("me/streamed", { "data/train-00000-of-00001.parquet": file })
    const rows = await loaded({
      repoId: "me/streamed",
      streaming: true,
      numExamples: 3,
      columns: { n: Schema.Number }
    })
    expect(rows).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }])
    expect(
      existsSync(join(process.env["DISTILABEL_CACHE_DIR"]!, "hub", "datasets--me--streamed"))
    ).toBe(false)
    const bytes = hub
      .log()
      .flatMap(({ range }) => {
        const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? []
        return start === undefined ? [] : [Number(end) - Number(start) + 1]
      })
      .reduce((sum, count) => sum + count, 0)
    expect(bytes).toBeLessThan(file.length / 10)
  })
})

describe("a Hub that fails now and then", () => {
  const kinds: ReadonlyArray<HubFault> = [
    { kind: "rate-limit", share: 0.2, retryAfterSeconds: 0 },
    { kind: "server-error", share: 0.15 },
    { kind: "reset", share: 0.15 },
    { kind: "cut-body", share: 0.15 }
  ]

  for (const streaming of [false, true]) {
    it(`gives all rows in order all the same, ${streaming ? "streamed" : "downloaded"}`, async () => {
      const files = Object.fromEntries(
        Array.from({ length: 4 }, (_, i) => [
          `data/train-0000${i}-of-00004.jsonl`,
          lines(...Array.from({ length: 3000 }, (__, n) => ({ n: i * 3000 + n })))
        ])
      )
      for (const seed of [1, 2]) {
        await use({ seed, faults: kinds })
        hub.put("me/faulty", files)
        const rows = await loaded({ repoId: "me/faulty", streaming })
        expect(rows).toHaveLength(12_000)
        expect(rows.every(({ n }, i) => n === i)).toBe(true)
        expect(hub.log().filter(({ fault }) => fault !== null).length).toBeGreaterThan(0)
        rmSync(join(process.env["DISTILABEL_CACHE_DIR"]!, "hub"), { recursive: true, force: true })
      }
    })
  }

  it("is told in one sentence if it goes on", async () => {
    await use({ faults: [{ kind: "server-error", share: 1, status: 500, permanent: true }] })
    await expect(loaded({ repoId: "me/down" })).rejects.toThrow(
      /could not start \(HubFailed\): Dataset 'me\/down': the Hub answers with status 500/
    )
    await hub.close()
    await expect(loaded({ repoId: "me/down" })).rejects.toThrow(
      /\(Unreachable\): .*http:\/\/127\.0\.0\.1:\d+ cannot be reached \(.+\)\. Check the network, and HF_ENDPOINT/
    )
  }, 60_000)
})

describe("who may read", () => {
  const secret = "hf_very_secret_token"

  it("is decided by the option, HF_TOKEN, or the token that was left by logging in", async () => {
    await use({ token: secret })
    hub.put("me/private", { "rows.jsonl": lines({ n: 1 }) }, { private: true })
    await expect(loaded({ repoId: "me/private" })).rejects.toThrow(
      /\(NoSuchRepo\): .*there is no such dataset at http.*If it is private, set HF_TOKEN/
    )
    expect(await loaded({ repoId: "me/private", token: secret })).toEqual([{ n: 1 }])
    expect(await loaded({ repoId: "me/private", token: Redacted.make(secret) })).toEqual([{ n: 1 }])
    process.env["HF_TOKEN"] = secret
    expect(await loaded({ repoId: "me/private" })).toEqual([{ n: 1 }])
    delete process.env["HF_TOKEN"]
    writeFileSync(join(home, "token"), `${secret}\n`)
    expect(await loaded({ repoId: "me/private" })).toEqual([{ n: 1 }])
    rmSync(join(home, "token"))
    const pipeline = Pipeline("p", {}, from(LoadDataFromHub({ name: "load" })))
    expect(
      await (
        await runPromise(pipeline, {
          parameters: { load: { repoId: "me/private", token: secret } },
          progress: "none"
        })
      ).default.toArray()
    ).toEqual([{ n: 1 }])
  })

  it("is told in one sentence that never shows the token", async () => {
    await use({ token: secret, letIn: false })
    hub.put("me/gated", { "rows.jsonl": lines({ n: 1 }) }, { gated: true })
    const message = async (options: Options): Promise<string> =>
      loaded(options).then(
        () => "",
        (thrown: Error) => `${thrown.message} ${JSON.stringify(thrown)}`
      )
    const wrong = "hf_another_secret_token"
    const messages = [
      await message({ repoId: "me/gated" }),
      await message({ repoId: "me/gated", token: secret }),
      await message({ repoId: "me/gated", token: wrong }),
      await message({ repoId: "me/missing", token: secret }),
      await message({ repoId: "me/gated", token: "sk-of-another-place" }),
      await message({ repoId: "not a/name/at all", token: secret })
    ]
    expect(messages[0]).toMatch(
      /\(Gated\): .*its owner lets in only who has asked\. Ask at .*\/datasets\/me\/gated, then set HF_TOKEN/
    )
    expect(messages[1]).toMatch(/\(Gated\): .*has not let you in yet \(token: option token\)/)
    expect(messages[2]).toMatch(/\(Unauthorized\): .*does not accept the token \(option token\)/)
    expect(messages[3]).toMatch(
      /\(NoSuchRepo\): .*If it is private, the token \(option token\) has no access to it/
    )
    expect(messages[4]).toMatch(
      /\(Unauthorized\): .*the token \(option token\) is none of the Hub's: they begin with 'hf_'/
    )
    expect(messages[5]).toMatch(
      /\(NoSuchRepo\): .*this is no name of a dataset\. Write OWNER\/NAME/
    )
    for (const text of messages)
      for (const token of [secret, wrong, "sk-of-another-place"]) expect(text).not.toContain(token)
    const step = LoadDataFromHub({ name: "load", repoId: "me/gated", token: secret })
    expect(JSON.stringify(step.options) + JSON.stringify(step.values)).not.toContain(secret)
  })
})

describe("columns of a dataset of the Hub", () => {
  it("are checked before anything runs", async () => {
    await use()
    hub.put("me/columns", { "data/train-00000-of-00001.parquet": parquet(1) })
    await expect(
      loaded({ repoId: "me/columns", columns: { n: Schema.Boolean, txt: Schema.String } })
    ).rejects.toThrow(
      /column 'n' is number, not boolean; column 'txt' is missing \(there are: n, text; did you mean 'text'\?\)/
    )
    await expect(
      loaded({ repoId: "me/columns", columns: { text: Schema.Number } })
    ).rejects.toThrow(
      /could not start \(CannotRead\): Cannot read 'http.*train-00000-of-00001\.parquet': column 'text' is string, not number\. Correct the columns/
    )
  })
})
