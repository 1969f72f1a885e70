import { once } from "node:events"
import { readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { expect, it, onTestFinished } from "vitest"
import { completion, json, serve } from "../models/wire.ts"
import { command, folder } from "./command.ts"

const list = [
  {
    id: "openai",
    name: "OpenAI",
    api_pattern: "openai",
    models: [
      {
        id: "model-of-tomorrow",
        match: { equals: "model-of-tomorrow" },
        prices: { input_mtok: 3, output_mtok: 5 }
      }
    ]
  }
]

it("fetches the newest list, which runs with its cache directory use, and tells when it cannot", async () => {
  let fetched: unknown = list
  const publisher = createServer((_, response) => json(response, fetched)).listen(0, "127.0.0.1")
  onTestFinished(() => void publisher.close())
  await once(publisher, "listening")
  const { port } = publisher.address() as AddressInfo
  await using wire = await serve((_, response) =>
    json(response, completion("Hi.", { usage: { prompt_tokens: 1_000_000, completion_tokens: 0 } }))
  )
  const cache = folder()
  const env = {
    DISTILABEL_CACHE_DIR: cache,
    TEST_URL: `${wire.url}/v1`,
    TEST_MODEL: "model-of-tomorrow",
    TEST_ROWS: "1",
    OPENAI_API_KEY: "k"
  }
  const update = () =>
    command(["prices", "update", "--from", `http://127.0.0.1:${port}/data.json`], env)
  const estimated = () =>
    command(["estimate", "test/cli/pipelines/asking.ts", "--json", "--cache-dir", cache], env)
  expect(JSON.parse((await estimated()).stdout)).toMatchObject({ unpriced: ["model-of-tomorrow"] })

  expect(await update()).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("1 model of 1 provider")
  })
  expect(JSON.parse((await estimated()).stdout)).toMatchObject({
    unpriced: [],
    costBy: { online: { expected: 3 } }
  })

  fetched = { message: "moved" }
  const refused = await update()
  expect(refused.status).toBe(1)
  expect(refused.stderr).toContain("what is there is not such a list")
  const path = join(cache, "prices.json")
  writeFileSync(path, readFileSync(path, "utf8").replace("3", "4"))
  const damaged = await estimated()
  expect(damaged.stdout + damaged.stderr).toContain("is damaged, and that of the package is used")
})

it("says in one sentence that nobody answers", async () => {
  const unreachable = await command([
    "prices",
    "update",
    "--from",
    "http://127.0.0.1:9/data.json",
    "--dir",
    folder()
  ])
  expect(unreachable.status).toBe(1)
  expect(unreachable.stderr.trim().split("\n")).toHaveLength(1)
  expect(unreachable.stderr).toContain("could not be fetched from http://127.0.0.1:9/data.json")
})
