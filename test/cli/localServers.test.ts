import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, it, onTestFinished } from "vitest"
import { localOffer, localServers } from "../../src/cli/localServers.ts"
import { json } from "../models/wire.ts"

const serving = async (answer: (path: string) => unknown): Promise<number> => {
  const server = createServer(({ url = "" }, response) => json(response, answer(url)))
  server.listen(0, "127.0.0.1")
  onTestFinished(() => void server.close())
  await once(server, "listening")
  return (server.address() as AddressInfo).port
}

it("offers the models of servers on this machine, and takes no other server for one", async () => {
  const ports = {
    Ollama: await serving((path) =>
      path === "/api/tags" ? { models: [{ name: "llama3.2:3b" }, { name: "qwen3:8b" }] } : {}
    ),
    "LM Studio": await serving((path) =>
      path === "/v1/models" ? { object: "list", data: [{ id: "gemma-3" }] } : {}
    ),
    // Somebody's own service.
    "llama-server": await serving(() => ({ data: [{ id: "users" }] }))
  }
  expect(localOffer(await localServers(ports)).split("\n")).toEqual([
    'Ollama runs on this machine (llama3.2:3b, qwen3:8b): OllamaLLM({ model: "llama3.2:3b" }) needs no key.',
    `LM Studio runs on this machine (gemma-3): OpenAILLM({ model: "gemma-3", baseUrl: "http://127.0.0.1:${ports["LM Studio"]}/v1" }) needs no key.`
  ])
  const llama = await serving(() => ({ data: [{ id: "model.gguf", owned_by: "llamacpp" }] }))
  expect(
    localOffer(await localServers({ Ollama: 9, "LM Studio": 9, "llama-server": llama }))
  ).toContain('model: "model.gguf"')
  expect(localOffer(await localServers({ Ollama: 9, "LM Studio": 9, "llama-server": 9 }))).toBe("")
})
