import crypto from "node:crypto"
import { cpSync, globSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it, onTestFinished, vi } from "vitest"
import { openStore } from "../../../src/data/stores/openStore.ts"
import { startS3 } from "./s3Server.ts"

it("an S3 gives a thousand objects a page, and all pages are read", async () => {
  const directory = mkdtempSync(join(tmpdir(), "distilabel-listing-"))
  onTestFinished(() => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
    rmSync(directory, { recursive: true })
  })
  // The server writes its tokens with a cipher that OpenSSL no longer has: this is the same one.
  for (const name of ["createCipheriv", "createDecipheriv"] as const) {
    const cipher = crypto[name] as (...args: ReadonlyArray<unknown>) => unknown
    vi.spyOn(crypto, name).mockImplementation(((_: string, key: Buffer, iv: Buffer) =>
      cipher("des-ede3-cbc", Buffer.concat([key, key, key]), iv)) as never)
  }
  await using server = await startS3("rows", directory)
  vi.stubEnv("AWS_ENDPOINT_URL_S3", server.url)
  vi.stubEnv("AWS_ACCESS_KEY_ID", "S3RVER")
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "S3RVER")
  const { store } = await openStore("s3://rows/many")
  await store.put([{ key: "many/0.jsonl", content: { text: '{"n":0}\n' } }])
  // The server keeps an object in a few files that begin with its key.
  const kept = globSync("rows/many/0.jsonl*", { cwd: directory })
  for (let i = 1; i < 2100; i++)
    for (const file of kept)
      cpSync(join(directory, file), join(directory, file.replace("0.jsonl", `${i}.jsonl`)))
  const keys = new Set((await store.list("many/")).map(({ key }) => key))
  expect(keys.size).toBe(2100)
  expect(server.requests.filter((request) => request.startsWith("GET")).length).toBe(3)
})
