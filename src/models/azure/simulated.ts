/** Azure's wire format, for a simulator: OpenAI's, under the name of a deployment. */
import { openAIProtocol } from "../openai/simulated.ts"
import type { Protocol } from "../simulated/Protocol.ts"

export const azureProtocol = {
  ...openAIProtocol,
  address: { name: "azureBaseUrl", path: "" },
  models: ["AzureOpenAILLM"],
  options: (baseUrl) => ({ baseUrl, apiKey: "simulated" }),
  route: ({ method, path }) => {
    const model = /^\/openai\/deployments\/([^/]+)\/chat\/completions$/.exec(path)?.[1]
    if (method === "POST" && model !== undefined)
      return { kind: "answer", name: "azure.chat.completions", model: decodeURIComponent(model) }
    if (method === "GET" && path === "/openai/models")
      return { kind: "models.list", name: "azure.models.list", model: "" }
    return undefined
  }
} as const satisfies Protocol
