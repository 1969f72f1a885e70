/** Ollama: what it brings to its models. */
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import { choicesToo } from "../asking/modelOptions.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import type { Fetch } from "../http/Fetch.ts"
import { rawAnswer } from "../http/rawAnswer.ts"
import { defineProvider } from "../provider/defineProvider.ts"
import { headersField, withoutMagpie } from "../provider/ModelDocument.ts"
import type { Connection, Server } from "../provider/ProviderDefinition.ts"
import { asking } from "../provider/sdk.ts"
import { ollamaAnswer } from "./ollamaAnswer.ts"
import { type OllamaOptions, OllamaParameters } from "./OllamaOptions.ts"
import { ollamaRequest } from "./ollamaRequest.ts"

const connect = async (server: Server<OllamaOptions>): Promise<Connection> => {
  const missing = optionalPackage("ollama", "OllamaLLM")
  const { Ollama } = await import("ollama").catch(missing)
  const { fetch, headers, options, url } = server
  const { model, stream = false } = options
  // The SDK can abort streams only: each request has a client of its own, whose fetch knows the signal.
  const client = (signal: AbortSignal, over: Fetch = fetch) =>
    new Ollama({ host: url, headers, fetch: (input, init) => over(input, { ...init, signal }) })
  // The plain response: the SDK takes an error in a stream for a part of the answer.
  const send = (request: GenerateRequest, signal: AbortSignal) =>
    rawAnswer(fetch, (over) => client(signal, over).chat(ollamaRequest(model, request, stream)))
  return {
    ask: asking(send, ollamaAnswer),
    lookup: {
      look: (signal) => client(signal).show({ model }),
      models: async (signal) => (await client(signal).list()).models.map(({ name }) => String(name))
    }
  }
}

/** People write the host as Ollama's own tools take it: without a scheme, or a port. */
const tidied = (host: string): string => {
  if (host.includes("://")) return host.replace(/\/+$/, "")
  const named = host.startsWith(":") ? `127.0.0.1${host}` : host
  return `http://${/:\d+$/.test(named) ? named : `${named}:11434`}`
}

export const ollama = defineProvider<OllamaOptions>({
  type: "OllamaLLM",
  name: "Ollama",
  providerId: "ollama",
  hosts: /(^|\.)ollama\.com$/,
  isFree: true,
  parameters: OllamaParameters,
  address: {
    option: "host",
    variable: "OLLAMA_HOST",
    fallback: () => "http://127.0.0.1:11434",
    tidied
  },
  rareFormats: choicesToo,
  document: {
    pythonKwargs: ["format", "options", "keep_alive"],
    fields: [{ key: "host", holds: "address", python: true }, headersField],
    pythonShares: ["timeout", "structured_output"],
    ignores: { follow_redirects: [true], tokenizer_id: [null], ...withoutMagpie }
  },
  connect
})
