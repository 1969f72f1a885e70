import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  from,
  LoadDataFromDicts,
  Pipeline,
  runPromise,
  RunStopped,
  TextGeneration,
  VertexAILLM
} from "../../src/index.ts"
import type { BatchApi } from "../../src/models/asking/BatchApi.ts"
import { CurrentBatches } from "../../src/models/asking/Batches.ts"
import type { GenerateOutput, GenerateRequest, LLM } from "../../src/models/chat/LLM.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { asking, batchModels } from "../engine/batchPrograms.ts"
import { candidates, json, serve } from "./wire.ts"

type Api = BatchApi<GenerateRequest, GenerateOutput>

/** Works with what a model's provider brings to deliver its requests as jobs. */
const withApi = <A>(llm: LLM, work: (api: Api) => Promise<A> | A): Promise<A> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        let api: unknown
        yield* Effect.provideService(llm.open, CurrentBatches, {
          takes: () => false,
          opened: ({ batches }) => Effect.sync(() => void (api = batches)),
          deliver: () => Effect.succeed(undefined)
        })
        return yield* Effect.promise(async () => work(api as Api))
      })
    )
  )

/** What holds no connection: lines, and how they are read. */
const apiOf = (llm: LLM): Promise<Api> => withApi(llm, (api) => api)

const settings = () => ({
  cacheDir: mkdtempSync(join(tmpdir(), "batch-apis-")),
  progress: "none" as const,
  report: false
})

describe("jobs of Vertex AI", () => {
  it("hold each request as it goes to the model at once", async () => {
    await using wire = await serve((_, response) => json(response, candidates("Hi.")))
    const llm = VertexAILLM({
      model: "gemini-2.5-flash",
      baseUrl: wire.url,
      accessToken: "t",
      project: "p",
      preflight: false,
      batchFolder: "gs://b/f"
    })
    const api = await apiOf(llm)
    const word = fc.stringMatching(/^[a-z]{1,9}$/)
    const kwargs = fc.record(
      {
        temperature: fc.constantFrom(0, 0.5),
        topP: fc.constant(0.9),
        maxOutputTokens: fc.constant(64),
        stopSequences: fc.array(word, { maxLength: 2 }),
        seed: fc.nat(9),
        safetySettings: fc.constant([
          { category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }
        ]),
        thinkingConfig: fc.constant({ includeThoughts: true, thinkingBudget: 1024 })
      },
      { requiredKeys: [] }
    )
    const user = fc.oneof(
      word,
      word.map((text) => [
        { type: "text" as const, text },
        { type: "image_url" as const, image_url: { url: "data:image/png;base64,UE5H" } }
      ])
    )
    const schema = { type: "object", properties: { a: { type: "string" } } } as const
    const requests = fc.record({
      generationKwargs: kwargs,
      messages: fc
        .tuple(fc.option(word), user)
        .map(([system, content]) => [
          ...(system === null ? [] : [{ role: "system" as const, content: system }]),
          { role: "user" as const, content }
        ]),
      structuredOutput: fc.option(
        fc.oneof(fc.constant({ name: "a", schema }), fc.constant({ choices: ["a", "b"] })),
        { nil: undefined }
      ),
      tools: fc.option(fc.constant([{ name: "f", description: "F.", parameters: schema }]), {
        nil: undefined
      }),
      numGenerations: fc.constant(1)
    })
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        await Effect.runPromise(
          Effect.scoped(
            Effect.flatMap(llm.open, (client) => client.generate(request as GenerateRequest))
          )
        )
        const { request: line } = JSON.parse(api.line("a-name", request)) as {
          readonly request: object
        }
        expect(line).toEqual({ ...wire.asked.at(-1)!.body, labels: { distilabel: "a-name" } })
      }),
      { numRuns: 40 }
    )
  })

  it("are looked at in the project and at the location where they were made", async () => {
    await using wire = await serve(
      (_, response) => json(response, candidates("Hi.")),
      ({ path }, response) =>
        json(response, path.includes("batchPredictionJobs") ? { state: "JOB_STATE_SUCCEEDED" } : {})
    )
    const llm = VertexAILLM({
      model: "m",
      baseUrl: wire.url,
      accessToken: "t",
      project: "another",
      preflight: false
    })
    const name = "projects/mine/locations/europe-west4/batchPredictionJobs/17"
    expect(await withApi(llm, (api) => Effect.runPromise(api.look(name)))).toEqual({
      kind: "ended"
    })
    expect([...wire.asked, ...wire.lookedUp].at(-1)!.path).toBe(`/v1/${name}`)
  })

  it("need a folder of Cloud Storage, and say so before anything is asked", async () => {
    await using simulator = await startSimulator()
    const llm = (batchFolder?: string) =>
      VertexAILLM({
        model: "m",
        baseUrl: simulator.url,
        accessToken: "k",
        project: "p",
        ...(batchFolder === undefined ? {} : { batchFolder })
      })
    await expect(runPromise(asking(llm(), "batch"), settings())).rejects.toThrow(
      /Vertex AI's batch jobs read and write files in Cloud Storage\. Say where, by option batchFolder/
    )
    await expect(runPromise(asking(llm("/tmp/jobs"), "batch"), settings())).rejects.toThrow(
      /option batchFolder is '\/tmp\/jobs', which is not a folder in Cloud Storage/
    )
    expect(simulator.stats().requests).toBe(0)
  })

  it("say what went wrong with a request: refusals are not asked again, all else is", async () => {
    const api = await apiOf(
      VertexAILLM({ model: "m", accessToken: "k", project: "p", preflight: false })
    )
    const read = (status: string, response: object = {}) =>
      api.read(JSON.stringify({ status, request: { labels: { distilabel: "id" } }, response }))
        .answer
    expect(
      read(
        'Bad Request: {"error": {"code": 400, "message": "No such role.", "status": "INVALID_ARGUMENT"}}'
      )
    ).toMatchObject({ reason: "InvalidRequest", detail: "No such role.", status: 400 })
    expect(read('{"error": {"code": 429, "message": "Too many."}}')).toMatchObject({
      reason: "RateLimited"
    })
    expect(read("The service is currently unavailable.")).toMatchObject({ reason: "ServerError" })
    expect(read("Bad Request: what is it?")).toMatchObject({ reason: "InvalidRequest" })
    expect(read("", candidates("Hi."))).toMatchObject({ answers: [{ text: "Hi." }] })
  })
})

describe("jobs of OpenRouter", () => {
  it("cannot be cancelled: rows that are to be asked at once wait for theirs, and nothing is asked twice", async () => {
    await using simulator = await startSimulator({ batches: { after: "on command" } })
    const options = settings()
    const llm = batchModels["OpenRouterLLM"]!(simulator.url)
    await expect(runPromise(asking(llm, "batch"), options)).rejects.toThrow(RunStopped)
    const running = runPromise(asking(llm, "online"), {
      ...options,
      batches: { wait: true, look: 0.05 }
    })
    setTimeout(() => simulator.batches.advance(), 300)
    expect((await running).default.length).toBe(20)
    expect(simulator.batches.jobs().map(({ requests }) => requests.length)).toEqual([20])
    expect(simulator.stats().requests).toBe(0)
  })

  it("say what went wrong with a request: what may pass goes into the next job", async () => {
    const api = await apiOf(
      batchModels["OpenRouterLLM"]!("http://localhost:1").configure({ preflight: false })
    )
    const read = (error_type: string) =>
      api.read(
        JSON.stringify({
          custom_id: "id",
          response: null,
          error: { type: "error", message: "Said.", param: null, error_type }
        })
      )
    expect(read("invalid_prompt")).toMatchObject({
      id: "id",
      answer: { reason: "InvalidRequest", detail: "Said." }
    })
    expect(read("provider_overloaded")).toMatchObject({ answer: { reason: "ServerError" } })
    expect(read("payment_required")).toMatchObject({ answer: { reason: "QuotaExhausted" } })
  })

  it("cost what OpenRouter says, else half of the price", async () => {
    await using simulator = await startSimulator({ batches: { after: 0 } })
    let cost = 0
    await runPromise(
      Pipeline(
        "p",
        {},
        from(LoadDataFromDicts({ name: "load", data: [{ instruction: "Hi" }] })).to(
          TextGeneration({
            name: "say",
            llm: batchModels["OpenRouterLLM"]!(simulator.url),
            delivery: "batch"
          })
        )
      ),
      {
        ...settings(),
        batches: { wait: true, look: 0.05 },
        prices: { m: { input: 0, output: 1_000_000 } },
        onSummary: ({ steps }) => {
          cost = steps.reduce((sum, step) => sum + step.cost / Math.max(1, step.outputTokens), 0)
        }
      }
    )
    expect(cost).toBeCloseTo(0.5)
  })
})
