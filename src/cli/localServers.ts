/**
 * Models that are served on this machine already: looked for where a key is missing, and offered in
 * a line each. Nothing is asked of them, and nothing is changed.
 */

/** A server that was found, with models that it has. */
interface LocalServer {
  readonly name: string
  readonly models: ReadonlyArray<string>
  /** How a pipeline takes one of them. */
  readonly taken: (model: string) => string
}

interface Usual {
  readonly name: string
  readonly port: number
  readonly path: string
  /** Names of models in what the server says; undefined where it is another server. */
  readonly modelsIn: (json: Readonly<Record<string, unknown>>) => ReadonlyArray<string> | undefined
  readonly taken: (url: string) => (model: string) => string
}

const mostMs = 500

const byOpenAI = (url: string) => (model: string) =>
  `OpenAILLM({ model: ${JSON.stringify(model)}, baseUrl: ${JSON.stringify(`${url}/v1`)} })`

const namesIn = (list: unknown, key: string): ReadonlyArray<string> | undefined =>
  Array.isArray(list)
    ? list.flatMap((each: unknown) => {
        const name =
          typeof each === "object" && each !== null
            ? (each as Readonly<Record<string, unknown>>)[key]
            : undefined
        return typeof name === "string" ? [name] : []
      })
    : undefined

const usual: ReadonlyArray<Usual> = [
  {
    name: "Ollama",
    port: 11_434,
    path: "/api/tags",
    modelsIn: ({ models }) => namesIn(models, "name"),
    taken: () => (model) => `OllamaLLM({ model: ${JSON.stringify(model)} })`
  },
  {
    name: "LM Studio",
    port: 1234,
    path: "/v1/models",
    modelsIn: ({ data }) => namesIn(data, "id"),
    taken: byOpenAI
  },
  {
    name: "llama-server",
    port: 8080,
    path: "/v1/models",
    // Many other servers listen there.
    modelsIn: ({ data }) =>
      namesIn(data, "owned_by")?.includes("llamacpp") === true ? namesIn(data, "id") : undefined,
    taken: byOpenAI
  }
]

/** The servers that answer on this machine; `ports` in place of the usual ones. */
export const localServers = async (
  ports: Readonly<Record<string, number>> = {}
): Promise<ReadonlyArray<LocalServer>> => {
  const found = await Promise.all(
    usual.map(async ({ modelsIn, name, path, port, taken }) => {
      const url = `http://127.0.0.1:${ports[name] ?? port}`
      try {
        const response = await fetch(url + path, { signal: AbortSignal.timeout(mostMs) })
        const models = modelsIn((await response.json()) as Readonly<Record<string, unknown>>)
        return models === undefined || models.length === 0
          ? []
          : [{ name, models, taken: taken(url) }]
      } catch {
        return []
      }
    })
  )
  return found.flat()
}

const mostNamed = 4

/** What to write in place of the model that has no key, a line for each server; "" without any. */
export const localOffer = (servers: ReadonlyArray<LocalServer>): string =>
  servers
    .map(({ models, name, taken }) => {
      const more = models.length > mostNamed ? ", …" : ""
      return `${name} runs on this machine (${models.slice(0, mostNamed).join(", ")}${more}): ${taken(models[0]!)} needs no key.`
    })
    .join("\n")
