/**
 * The most calls a second that one process makes through an SDK and the engine, against bare undici
 * with the same questions to the same simulator in the same run.
 */
import { AnthropicLLM, type LLM, MistralLLM, OpenAILLM } from "distilabel-ts"
import { Agent, request } from "undici"
import type { Figure } from "./Figure.ts"
import { answersBy, model, promptOf, simulator } from "./simulated.ts"

/** So many that opening a run and its report, some 200 ms, are next to nothing. */
const calls = 40_000
/** So many that what is compiled late is compiled before. */
const callsBefore = 20_000
const limit = 128
const rounds = 5

interface Asked {
  readonly name: string
  readonly bar: number
  readonly path: string
  readonly body: object
  readonly llm: (url: string) => LLM
}

const providers: ReadonlyArray<Asked> = [
  {
    name: "OpenAI",
    bar: 0.5,
    path: "/v1/chat/completions",
    body: {},
    llm: (url) => OpenAILLM({ model, baseUrl: `${url}/v1`, apiKey: "bench", maxConcurrency: limit })
  },
  {
    name: "Mistral",
    bar: 0.4,
    path: "/v1/chat/completions",
    body: {},
    llm: (url) => MistralLLM({ model, endpoint: url, apiKey: "bench", maxConcurrency: limit })
  },
  {
    name: "Anthropic",
    bar: 0.4,
    path: "/v1/messages",
    body: { max_tokens: 4096 },
    llm: (url) => AnthropicLLM({ model, baseUrl: url, apiKey: "bench", maxConcurrency: limit })
  }
]

/** Time by the clock, which other processes share, and that of the processor, which is ours. */
interface Spent {
  readonly wall: number
  readonly processor: number
}

const spent = async (work: () => Promise<void>): Promise<Spent> => {
  const before = process.cpuUsage()
  const start = performance.now()
  await work()
  const { system, user } = process.cpuUsage(before)
  return { wall: (performance.now() - start) / 1000, processor: (system + user) / 1e6 }
}

const askRaw = async (url: string, { body: more, path }: Asked): Promise<void> => {
  const dispatcher = new Agent({ connections: limit })
  let next = 0
  const worker = async (): Promise<void> => {
    for (let row = next++; row < calls; row = next++) {
      const messages = [{ role: "user", content: promptOf(row) }]
      const answer = await request(url + path, {
        method: "POST",
        dispatcher,
        headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
        body: JSON.stringify({ model, messages, ...more })
      })
      await answer.body.json()
    }
  }
  await Promise.all(Array.from({ length: limit }, worker))
  await dispatcher.close()
}

const askOurs = async (llm: LLM, rows: number): Promise<void> => {
  const { answered } = await answersBy(llm, rows)
  if (answered !== rows) throw new Error(`${answered} rows came out, not ${rows}`)
}

const measured = async (url: string, asked: Asked): Promise<Figure> => {
  const llm = asked.llm(url)
  // Modules are loaded, and functions compiled, before anything is measured.
  await askOurs(llm, callsBefore)
  await askRaw(url, asked)
  // Interleaved, so that what else the machine does falls on both.
  const pairs: Array<{ readonly ours: Spent; readonly raw: Spent }> = []
  for (let round = 0; round < rounds; round++) {
    const raw = await spent(() => askRaw(url, asked))
    pairs.push({ raw, ours: await spent(() => askOurs(llm, calls)) })
  }
  const [median] = pairs
    .toSorted((a, b) => a.raw.wall / a.ours.wall - b.raw.wall / b.ours.wall)
    .slice(Math.floor(rounds / 2))
  const { ours, raw } = median!
  return {
    name: `${asked.name}: calls/s against bare undici`,
    value: raw.wall / ours.wall,
    unit: "of raw",
    bar: asked.bar,
    from: {
      "ours/s": calls / ours.wall,
      "raw/s": calls / raw.wall,
      "of raw by processor time": raw.processor / ours.processor
    }
  }
}

export const ceiling = async (): Promise<ReadonlyArray<Figure>> => {
  await using listening = await simulator("--latency", "none")
  const figures: Array<Figure> = []
  for (const asked of providers) figures.push(await measured(listening.url, asked))
  return figures
}
