/** Ollama: what it brings to its models. */
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import { rawAnswer } from "../http/rawAnswer.ts"
import type { Fetch } from "../http/undiciFetch.ts"
import { record } from "../http/wireValues.ts"
import { defineProvider } from "../provider/defineProvider.ts"
import type { Connection, Server } from "../provider/ProviderDefinition.ts"
import { asking } from "../provider/sdk.ts"
import { ollamaAnswer } from "./ollamaAnswer.ts"
import { ollamaDocument, type OllamaOptions, OllamaParameters } from "./OllamaOptions.ts"
import { ollamaRequest } from "./ollamaRequest.ts"

const connect = async ({
  fetch,
  headers,
  options: { model, stream = false },
  url
}: Server<OllamaOptions>): Promise<Connection> => {
  const { Ollama } = await import("ollama").catch(optionalPackage("ollama", "OllamaLLM"))
  // The SDK can abort streams only: each request has a client of its own, whose fetch knows the signal.
  const clientOver = (over: Fetch, signal: AbortSignal) =>
    new Ollama({ host: url, headers, fetch: (input, init) => over(input, { ...init, signal }) })
  return {
    ask: asking(
      (request, signal) =>
        // The plain response: the SDK takes an error in a stream for a part of the answer.
        rawAnswer(fetch, (keeping): Promise<unknown> => {
          const client = clientOver(keeping, signal)
          const asked = ollamaRequest(model, request)
          return stream
            ? client.chat({ ...asked, stream })
            : client.chat({ ...asked, stream: false })
        }),
      ollamaAnswer
    ),
    lookup: {
      look: (signal) => clientOver(fetch, signal).show({ model }),
      models: async (signal) =>
        (await clientOver(fetch, signal).list()).models.map((each) => String(record(each)["name"]))
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
  priceId: undefined,
  isFree: true,
  parameters: OllamaParameters,
  address: {
    option: "host",
    variable: "OLLAMA_HOST",
    fallback: () => "http://127.0.0.1:11434",
    tidied
  },
  rareFormats: () => ({
    taken: ["choices"],
    fix: "Give choices or a JSON schema: { name, schema }."
  }),
  document: ollamaDocument,
  connect
})
