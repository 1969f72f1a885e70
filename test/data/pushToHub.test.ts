import { spawn } from "node:child_process"
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { parse } from "yaml"
import {
  from,
  HubError,
  LoadDataFromDicts,
  LoadDataFromHub,
  loadFromDiskPromise,
  MapRows,
  Pipeline,
  pushToHub,
  pushToHubPromise,
  runPromise
} from "../../src/index.ts"
import { secretFinder } from "../../src/secrets/secretFinder.ts"
import {
  type HubSimulator,
  type HubSimulatorOptions,
  startHubSimulator
} from "../../src/simulator/index.ts"
import { numbers, rowsOf } from "../engine/rows.ts"
import { conditions } from "../program.ts"

const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-push-test-"))
const variables = ["HF_ENDPOINT", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HOME", "HF_TOKEN_PATH"]
const before = variables.map((name) => process.env[name])
const token = "hf_right"

let hub: HubSimulator
const use = async (options: HubSimulatorOptions = {}): Promise<HubSimulator> => {
  await hub?.close()
  hub = await startHubSimulator({ token, ...options })
  process.env["HF_ENDPOINT"] = hub.url
  return hub
}
beforeEach(async () => {
  for (const name of variables) delete process.env[name]
  process.env["HF_HOME"] = folder()
  await use()
})
afterEach(async () => {
  await hub.close()
  for (const [i, name] of variables.entries()) {
    if (before[i] === undefined) delete process.env[name]
    else process.env[name] = before[i]
  }
})

const ran = async (count: number, outputDir = folder()) =>
  runPromise(
    Pipeline(
      "counting",
      {},
      from(numbers(count)).to(
        MapRows({
          name: "at",
          inputs: { n: Schema.Number },
          outputs: { at: Schema.Date },
          map: ({ n }) => ({ at: new Date(n) })
        })
      )
    ),
    { progress: "none", outputDir }
  )
const metadata = (repo: string): Record<string, unknown> =>
  parse(/^---\n(.*?)\n---\n/s.exec(hub.read(repo, "README.md")!.toString())![1]!) as Record<
    string,
    unknown
  >
const sentShards = (): number =>
  hub.log().filter(({ method, path }) => method === "PUT" || path.includes("/v1/xorbs/")).length

describe("a push", () => {
  it("makes a dataset that others load, in shards, with all that is needed to read it", async () => {
    for (const xet of [true, false]) {
      await use({ xet })
      const distiset = await ran(250)
      const pushed = await distiset.pushToHub("numbers", {
        token: Redacted.make(token),
        rowsPerShard: 100
      })
      expect(pushed).toMatchObject({
        url: `${hub.url}/datasets/simulated-user/numbers`,
        sent: 3,
        kept: 0
      })
      expect(hub.files("simulated-user/numbers")).toEqual([
        ".gitattributes",
        "README.md",
        ...[0, 1, 2].map((i) => `data/train-0000${i}-of-00003.parquet`),
        ...["log", "svg", "yaml"].map((ending) => `pipeline.${ending}`)
      ])
      expect(metadata("simulated-user/numbers")).toMatchObject({
        size_categories: ["n<1K"],
        dataset_info: { splits: [{ name: "train", num_examples: 250 }] }
      })
      expect(readdirSync(distiset.directory).filter((name) => name.startsWith(".push"))).toEqual([])
      const load = LoadDataFromHub({
        name: "load",
        repoId: "simulated-user/numbers",
        columns: { n: Schema.Number, at: Schema.Date }
      })
      expect((await rowsOf(Pipeline("p", {}, from(load))))["default"]!.rows).toEqual(
        await distiset.default.toArray()
      )
    }
  })

  it("sends nothing that is there, takes away what is no longer part of it, and leaves alone what others put there", async () => {
    hub.put("me/numbers", {
      "README.md":
        "---\nlicense: mit\ntags: [mine]\nconfigs:\n- config_name: other\n  data_files: other.jsonl\n---\n# My words\n",
      "other.jsonl": "{}\n"
    })
    const distiset = await ran(250)
    process.env["HF_TOKEN"] = token
    await distiset.pushToHub("me/numbers", { rowsPerShard: 100 })
    hub.reset()
    expect(await distiset.pushToHub("me/numbers", { rowsPerShard: 100 })).toMatchObject({
      sent: 0,
      kept: 3
    })
    expect(sentShards()).toBe(0)
    expect(
      await pushToHubPromise(distiset, "me/numbers", { rowsPerShard: 200, generateCard: false })
    ).toMatchObject({ sent: 2, kept: 0 })
    expect(hub.files("me/numbers").filter((path) => path.endsWith(".parquet"))).toEqual([
      "data/train-00000-of-00002.parquet",
      "data/train-00001-of-00002.parquet"
    ])
    expect(await pushToHubPromise(distiset, "me/numbers", { split: "validation" })).toMatchObject({
      sent: 1
    })
    expect(metadata("me/numbers")).toMatchObject({
      license: "mit",
      tags: expect.arrayContaining(["mine", "synthetic"]),
      configs: [{ config_name: "default" }, { config_name: "other", data_files: "other.jsonl" }]
    })
    expect(hub.files("me/numbers")).toContain("other.jsonl")
  })

  it("of splits, to a branch, private", async () => {
    const distiset = (await ran(100)).trainTestSplit({ testSize: 0.25 })
    await Effect.runPromise(
      pushToHub(distiset, "me/split", { token, private: true, revision: "next" })
    )
    expect(hub.files("me/split", "next")).toContain("data/test-00000-of-00001.parquet")
    expect(hub.files("me/split")).not.toContain("README.md")
    const { status } = await fetch(`${hub.url}/api/datasets/me/split`)
    expect(status).toBe(401)
  })

  it("goes through rate limits, server errors and lost connections", async () => {
    await use({
      xet: false,
      seed: 5,
      faults: [
        { kind: "rate-limit", share: 0.25, retryAfterSeconds: 0 },
        { kind: "server-error", share: 0.2 },
        { kind: "reset", share: 0.1 }
      ]
    })
    await (await ran(120)).pushToHub("me/faulty", { token, rowsPerShard: 30 })
    expect(hub.log().some(({ fault }) => fault !== null)).toBe(true)
    const load = LoadDataFromHub({ name: "load", repoId: "me/faulty", token })
    expect((await rowsOf(Pipeline("p", {}, from(load))))["default"]!.rows).toHaveLength(120)
  })

  it("that is killed in the middle is completed by the same call, which sends only the rest", async () => {
    await use({ xet: false })
    const distiset = await ran(800)
    const commits = (): number => hub.log().filter(({ path }) => path.includes("/commit/")).length
    const child = spawn(
      process.execPath,
      [
        ...conditions,
        fileURLToPath(new URL("pushProcess.ts", import.meta.url)),
        distiset.directory,
        "me/killed"
      ],
      { stdio: "ignore" }
    )
    const gone = new Promise((resolve) => child.once("exit", resolve))
    while (commits() < 1 && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 2))
    child.kill("SIGKILL")
    await gone
    expect(hub.files("me/killed")).not.toContain("README.md")
    const pushed = await distiset.pushToHub("me/killed", { token, rowsPerShard: 100 })
    expect(pushed.kept).toBeGreaterThanOrEqual(2)
    expect(pushed.sent + pushed.kept).toBe(8)
    const load = LoadDataFromHub({ name: "load", repoId: "me/killed", token })
    expect((await rowsOf(Pipeline("p", {}, from(load))))["default"]!.rows).toHaveLength(800)
  })
})

describe("a push says what is wrong", () => {
  const refusal = async (
    options: Parameters<typeof pushToHubPromise>[2],
    repo = "me/numbers"
  ): Promise<HubError> => {
    const error = await pushToHubPromise(await ran(3), repo, options).then(
      () => undefined,
      (thrown: unknown) => thrown
    )
    expect(error).toBeInstanceOf(HubError)
    expect((error as HubError).message).not.toContain("hf_")
    return error as HubError
  }

  it("without a token, with a wrong one, with a name that is none, where nobody listens", async () => {
    expect(
      (
        (await pushToHubPromise(await ran(3), "me/numbers").catch(
          (error: HubError) => error
        )) as HubError
      ).message
    ).toMatch(/there must be a token: option token, HF_TOKEN, or what 'hf auth login' leaves/)
    expect(await refusal({ token: "hf_wrong" })).toMatchObject({
      reason: "Unauthorized",
      detail: expect.stringMatching(/does not accept the token \(option token\).*with write access/)
    })
    expect(await refusal({ token }, "not a name")).toMatchObject({
      reason: "NoSuchRepo",
      detail: expect.stringMatching(/no name of a dataset/)
    })
    expect(hub.files("me/numbers")).toEqual([])
    process.env["HF_ENDPOINT"] = "http://127.0.0.1:9"
    expect(await refusal({ token })).toMatchObject({ reason: "Unreachable" })
  })

  it("of what looks like a key in the rows, before anything is sent, without showing it", async () => {
    const key = `sk-proj-${"a1B2".repeat(10)}`
    const rows = LoadDataFromDicts({
      name: "load",
      data: [
        { text: "fine", messages: [{ content: "x" }] },
        { text: "x", messages: [{ content: `Use ${key} for it` }] }
      ]
    })
    const distiset = await runPromise(Pipeline("leaky", {}, from(rows)), {
      progress: "none",
      outputDir: folder()
    })
    const error = (await distiset
      .pushToHub("me/leaky", { token })
      .catch((thrown: HubError) => thrown)) as HubError
    expect(error.message).toMatch(
      /column 'messages' of row 2 holds what looks like a key of OpenAI \(sk-…\)/
    )
    expect(error.message).not.toContain(key)
    expect(hub.files("me/leaky")).toEqual([])
    await distiset.pushToHub("me/leaky", { token, allowSecrets: true })
    expect(hub.files("me/leaky")).toContain("README.md")
  })

  it("of columns with values of several types", async () => {
    const directory = folder()
    writeFileSync(join(directory, "default.jsonl"), '{"a":1}\n{"a":"x"}\n')
    await expect(
      (await loadFromDiskPromise(directory)).pushToHub("me/mixed", { token })
    ).rejects.toThrow(/column 'a' holds whole numbers \(row 1\) and text \(row 2\)/)
  })
})

describe("secrets are found", () => {
  const found = secretFinder({
    MISTRAL_API_KEY: "0123456789abcdef0123",
    HOME: "/home/someone/quite/long",
    SHORT_KEY: "abc"
  })
  it("by what keys look like and what the environment holds, and words are none", () => {
    for (const text of [
      `hf_${"a".repeat(34)}`,
      `x AIza${"b".repeat(35)}`,
      `AKIA${"Z".repeat(16)}`,
      `ghp_${"c".repeat(36)}`,
      `sk-ant-api03-${"d".repeat(40)}`,
      "-----BEGIN RSA PRIVATE KEY-----",
      "the key 0123456789abcdef0123."
    ])
      expect(found(text)).toBeDefined()
    for (const text of [
      "",
      "a task-oriented answer",
      "hf_dataset",
      "sk-learn is a library",
      "/home/someone/quite/long",
      "abc",
      "BEGIN PRIVATE KEY"
    ])
      expect(found(text)).toBeUndefined()
  })
})
