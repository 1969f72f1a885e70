/** Servers that a run starts: a stand-in for their command, which really serves, crashes and hangs. */
import { mkdtempSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import {
  EmbeddingGeneration,
  from,
  fromYamlPromise,
  LoadDataFromDicts,
  MlxLLM,
  Pipeline,
  runPromise,
  runStepPromise,
  SGLang,
  TextGeneration,
  toYamlPromise,
  vLLM,
  vLLMEmbeddings
} from "../../src/index.ts"
import type { AnyLLM } from "../../src/models/chat/LLM.ts"
import { ServerProcess, usualWatch } from "../../src/models/owned/ServerProcess.ts"
import { conditions } from "../program.ts"
import { ask, failure } from "./asking.ts"
import { completion, json, serve } from "./wire.ts"

const standIn = join(import.meta.dirname, "ownedStandIn.ts")
const command = [process.execPath, ...conditions, standIn]
const folder = () => mkdtempSync(join(tmpdir(), "owned-"))

/** A model of the stand-in, and the processes that were started for it. */
const served = (variables: Readonly<Record<string, string>> = {}, options: object = {}) => {
  const marks = folder()
  const llm = vLLM({
    model: "m",
    command,
    env: { MARKS: marks, ...variables },
    startTimeout: 60,
    ...options
  })
  const started = (): ReadonlyArray<number> =>
    readFileSync(join(marks, "started"), "utf8").trim().split("\n").map(Number)
  return { llm, marks, started }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const rowsOf = async (llms: ReadonlyArray<AnyLLM>, count: number, cacheDir = folder()) => {
  const load = LoadDataFromDicts({
    name: "load",
    data: Array.from({ length: count }, (_, i) => ({ instruction: `Name ${i} rivers.` }))
  })
  const distiset = await runPromise(
    Pipeline(
      "p",
      {},
      llms.map((llm, i) => from(load).to(TextGeneration({ name: `t${i}`, llm })))
    ),
    { cacheDir, progress: "none", report: false }
  )
  const subsets = distiset.subsets as Readonly<Record<string, AsyncIterable<object>>>
  const rows: Array<object> = []
  for (const subset of Object.values(subsets)) for await (const row of subset) rows.push(row)
  return rows
}

describe("a server that a run starts", () => {
  it("is one for all steps that want the same, and ends with the run", async () => {
    const { llm, marks, started } = served()
    const other = vLLM({
      model: "m",
      command,
      env: { MARKS: marks },
      generationKwargs: { maxNewTokens: 5 }
    })
    expect(await rowsOf([llm, other], 5)).toHaveLength(10)
    expect(started()).toHaveLength(1)
    await expect.poll(() => isAlive(started()[0]!)).toBe(false)
  })

  it("is started again when it dies, and rows in flight are asked again", async () => {
    const { llm, started } = served({ CRASH_AFTER: "12" })
    const rows = await rowsOf([llm], 40)
    expect(rows).toHaveLength(40)
    expect(rows).toEqual(rows.map((row) => ({ ...row, generation: expect.stringMatching(/\w/) })))
    expect(started()).toHaveLength(2)
    await expect.poll(() => started().some(isAlive)).toBe(false)
  })

  it("gives its answers to later runs, whatever its port is then", async () => {
    const { llm, started } = served()
    const cacheDir = folder()
    const first = await rowsOf([llm], 3, cacheDir)
    const again = await rowsOf([llm], 4, cacheDir)
    expect(again.slice(0, 3)).toEqual(first)
    expect(started()).toHaveLength(2)
  })

  it("embeds texts, too", async () => {
    const marks = folder()
    const embed = EmbeddingGeneration({
      name: "embed",
      llm: vLLMEmbeddings({ model: "m", command, env: { MARKS: marks }, startTimeout: 60 })
    })
    const { errors, rows } = await runStepPromise(embed, [{ text: "a" }, { text: "b" }])
    expect(errors).toEqual([])
    expect(rows.map(({ embedding }) => embedding.length > 1)).toEqual([true, true])
    const [pid] = readFileSync(join(marks, "started"), "utf8").trim().split("\n").map(Number)
    await expect.poll(() => isAlive(pid!)).toBe(false)
  })

  it("ends the run with its last words and the place of its log where it cannot be started", async () => {
    const { llm } = served({ FAIL: "1" })
    const error = await failure(llm)
    expect(error).toMatchObject({ reason: "Unreachable", fatal: true })
    expect(error.message).toMatch(
      /vLLM ended with exit code 3.*ValueError: no GPU was found Its log: .*log\.txt.*Run it by hand/s
    )
    const [, log] = /Its log: (\S+log\.txt)/.exec(error.message)!
    expect(readFileSync(log!, "utf8")).toContain("loading serve m --host 127.0.0.1 --port")
  })

  it("says how to come by a command that is not there", async () => {
    expect(await failure(SGLang({ model: "m", command: "no-such-command" }))).toMatchObject({
      reason: "Unreachable",
      detail: `the command 'no-such-command' is not installed (pip install "sglang[all]")`
    })
  })

  it("says so where it does not answer in time", async () => {
    const error = await failure(
      vLLM({
        model: "m",
        command: [process.execPath, "-e", "setInterval(() => {}, 1000)"],
        startTimeout: 1
      })
    )
    expect(error.detail).toMatch(/^vLLM did not answer within 1 seconds\. It wrote nothing\./)
  })

  it("is not started where one runs already", async () => {
    await using wire = await serve((_, response) => json(response, completion("Hi.")))
    const llm = vLLM({
      model: "m",
      baseUrl: `${wire.url}/v1`,
      command: "no-such-command",
      generationKwargs: { topK: 4, maxNewTokens: 9 }
    })
    await ask(llm, "Hi", { structuredOutput: { choices: ["a", "b"] } })
    expect(wire.asked[0]!.body).toMatchObject({
      top_k: 4,
      max_tokens: 9,
      structured_outputs: { choice: ["a", "b"] }
    })
  })
})

describe("the process of a server", () => {
  const start = (variables: Readonly<Record<string, string>>, watch = {}) => {
    const marks = folder()
    return ServerProcess.start(
      {
        name: "stand-in",
        command: command[0]!,
        args: (port) => [...command.slice(1), "--port", String(port)],
        env: { MARKS: marks, ...variables },
        readyPath: "/health",
        install: ""
      },
      { ...usualWatch, startMs: 60_000, lookMs: 200, lookTimeoutMs: 300, ...watch },
      new AbortController().signal
    ).then((server) => ({
      server,
      started: () => readFileSync(join(marks, "started"), "utf8").trim().split("\n").length
    }))
  }
  const answer = (url: string) =>
    fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hi" }] }),
      signal: AbortSignal.timeout(500)
    }).then(
      ({ status }) => status,
      () => 0
    )

  it("that hangs is ended and started again at the same place", async () => {
    const { server, started } = await start({ HANG_AFTER: "1" })
    expect(await answer(server.url)).toBe(200)
    expect(await answer(server.url)).toBe(0)
    await expect.poll(() => answer(server.url)).toBe(200)
    expect(started()).toBe(2)
    await server.end()
    expect(readFileSync(server.logFile, "utf8")).toContain("hangs: it is ended")
  })

  it("that keeps dying is given up, with the reason", async () => {
    const { server } = await start({ CRASH_AFTER: "0" }, { mostRestarts: 0 })
    await answer(server.url)
    await expect.poll(() => server.failure).toMatch(/^stand-in ended with exit code 139/)
    await server.end()
  })
})

it("Python's documents with vLLM and MlxLLM come back as they were", async () => {
  const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "Hi" }] })
  for (const llm of [
    vLLM({
      model: "m",
      dtype: "bfloat16",
      extraKwargs: { tensor_parallel_size: 2 },
      generationKwargs: { maxNewTokens: 9, topK: 4 }
    }),
    MlxLLM({ model: "mlx-community/x", adapterPath: "a" })
  ]) {
    const text = await toYamlPromise(
      Pipeline("p", {}, from(load).to(TextGeneration({ name: "t", llm })))
    )
    expect(text).toContain(`module: distilabel.models.llms.${llm.type === "vLLM" ? "vllm" : "mlx"}`)
    expect(await toYamlPromise(await fromYamlPromise(text))).toBe(text)
  }
})
