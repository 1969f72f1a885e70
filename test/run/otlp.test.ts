import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import {
  from,
  LoadDataFromDicts,
  OpenAILLM,
  otlp,
  Pipeline,
  run,
  step,
  TextGeneration
} from "../../src/index.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { collector, valuesOf } from "./collector.ts"

const pipelineAt = (url: string, rows = 3) =>
  Pipeline(
    "traced",
    {},
    from(
      LoadDataFromDicts({
        name: "load",
        data: Array.from({ length: rows }, (_, i) => ({ instruction: `Question ${i}` }))
      })
    )
      .to(
        TextGeneration({
          name: "ask",
          llm: OpenAILLM({
            model: "gpt-4o-mini",
            apiKey: "sk-1",
            baseUrl: `${url}/v1`,
            maxRetries: 1
          })
        })
      )
      .to(
        step({
          name: "shout",
          inputs: { generation: Schema.Unknown },
          outputs: { loud: Schema.String },
          process: (all) =>
            Effect.succeed(all.map(({ generation }) => ({ loud: String(generation) }))).pipe(
              Effect.withSpan("my own work")
            )
        })
      )
  )

const settings = () => ({
  progress: "none" as const,
  report: false,
  cacheDir: mkdtempSync(join(tmpdir(), "distilabel-otlp-")),
  maxErrorRate: 1
})

describe("spans", () => {
  it("of run, steps and requests arrive at a collector, with tokens and costs", async () => {
    await using simulator = await startSimulator()
    await using at = await collector()
    await run(pipelineAt(simulator.url), settings()).pipe(
      Effect.provide(otlp(`${at.url}/`, { serviceName: "nightly" })),
      Effect.runPromise
    )
    const named = (name: string) => at.spans.filter((span) => span.name === name)
    const [whole] = named("run traced")
    const [asking] = named("step ask")
    expect(at.paths).toEqual(new Set(["/v1/traces"]))
    expect(new Set(at.services)).toEqual(new Set(["nightly"]))
    expect(new Set(at.spans.map(({ traceId }) => traceId)).size).toBe(1)
    expect(whole!.parentSpanId).toBeUndefined()
    expect(valuesOf(whole!.attributes)).toMatchObject({
      "distilabel.pipeline": "traced",
      "distilabel.end": "done"
    })
    for (const name of ["step load", "step ask", "step shout"])
      expect(named(name).map(({ parentSpanId }) => parentSpanId)).toEqual([whole!.spanId])
    expect(valuesOf(asking!.attributes)).toMatchObject({
      "distilabel.step.type": "TextGeneration",
      "distilabel.rows.received": 3,
      "distilabel.rows.done": 3,
      "distilabel.rows.failed": 0
    })
    const requests = named("chat gpt-4o-mini")
    expect(requests).toHaveLength(3)
    for (const {
      attributes,
      endTimeUnixNano,
      kind,
      parentSpanId,
      startTimeUnixNano,
      status
    } of requests) {
      expect(parentSpanId).toBe(asking!.spanId)
      expect(kind).toBe(3)
      expect(status.code).toBe(1)
      expect(BigInt(endTimeUnixNano)).toBeGreaterThan(BigInt(startTimeUnixNano))
      const values = valuesOf(attributes)
      expect(values).toMatchObject({
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o-mini",
        "distilabel.step": "ask",
        "distilabel.attempt": 1
      })
      expect(values["gen_ai.usage.input_tokens"]).toBeGreaterThan(0)
      expect(values["gen_ai.usage.output_tokens"]).toBeGreaterThan(0)
      expect(values["distilabel.cost"]).toBeGreaterThan(0)
    }
    const rows = requests.map(({ attributes }) => valuesOf(attributes)["distilabel.row"])
    expect(rows.toSorted()).toEqual(["0", "1", "2"])
    // Spans of a step's own effects are below the step's.
    expect(named("my own work")[0]!.parentSpanId).toBe(named("step shout")[0]!.spanId)
    expect(JSON.stringify(at.spans)).not.toMatch(/Question|sk-1/)
  })

  it("of requests that fail say so and why, each attempt for itself", async () => {
    await using simulator = await startSimulator({
      faults: [{ kind: "server-error", share: 1, permanent: true }]
    })
    await using at = await collector()
    await run(pipelineAt(simulator.url, 1), settings()).pipe(
      Effect.provide(otlp(at.url)),
      Effect.runPromise
    )
    const requests = at.spans.filter(({ name }) => name === "chat gpt-4o-mini")
    expect(requests.length).toBeGreaterThan(1)
    for (const { attributes, status } of requests) {
      expect(status.code).toBe(2)
      expect(valuesOf(attributes)["error.type"]).toBe(status.message)
    }
  })

  it("of a run that fails have the status of an error", async () => {
    await using at = await collector()
    const failing = Pipeline(
      "failing",
      {},
      from(LoadDataFromDicts({ name: "load", data: [{ n: 1 }] })).to(
        step({
          name: "count",
          rowCount: "many-to-one",
          process: () => {
            throw new Error("no counting today")
          }
        })
      )
    )
    await run(failing, settings()).pipe(
      Effect.provide(otlp(at.url)),
      Effect.exit,
      Effect.runPromise
    )
    const whole = at.spans.find(({ name }) => name === "run failing")
    expect(whole!.status.code).toBe(2)
    expect(whole!.status.message).toContain("no counting today")
  })

  it("cost a run nothing where the collector is not there", async () => {
    await using simulator = await startSimulator()
    const distiset = await run(pipelineAt(simulator.url), settings()).pipe(
      Effect.provide(otlp("http://127.0.0.1:9")),
      Effect.runPromise
    )
    expect(distiset.default.length).toBe(3)
  })
})
