import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import { parse } from "yaml"
import {
  from,
  fromYamlPromise,
  LoadDataFromDicts,
  MistralLLM,
  OpenAILLM,
  Pipeline,
  TextGeneration,
  toYamlPromise
} from "../../src/index.ts"

/** What Python gets of a task. */
const written = async (options: object): Promise<Readonly<Record<string, unknown>>> => {
  const load = LoadDataFromDicts({ name: "load", data: [{ topic: "a", instruction: "b" }] })
  const text = await toYamlPromise(
    Pipeline(
      "p",
      {},
      from(load).to(
        TextGeneration({ name: "generate", llm: OpenAILLM({ model: "m" }), ...options }) as never
      )
    )
  )
  expect(await toYamlPromise(await fromYamlPromise(text))).toBe(text)
  return (
    parse(text) as {
      readonly pipeline: {
        readonly steps: ReadonlyArray<{ readonly step: Readonly<Record<string, unknown>> }>
      }
    }
  ).pipeline.steps[1]!.step
}

it("the columns of a template are named, which Python wants, and are read off the template when it comes back", async () => {
  expect(await written({ template: "About {{ topic }}" })).toMatchObject({
    columns: ["topic"],
    distilabel_ts: { derived: ["columns"] }
  })
  expect(await written({ template: "Say {{ instruction }}" })).not.toHaveProperty("columns")
})

it("a schema is on the model, where Python has it", async () => {
  const step = await written({ structuredOutput: Schema.Struct({ title: Schema.String }) })
  expect(step).toMatchObject({
    llm: {
      structured_output: {
        schema: { title: "Generation", type: "object", properties: { title: { type: "string" } } }
      },
      distilabel_ts: { derived: ["structured_output"] }
    },
    distilabel_ts: {
      structured_output: {
        type: "object",
        properties: { title: { type: "string" } },
        required: ["title"]
      }
    }
  })
})

it("keyword arguments and limits that Python's class would refuse stand where it does not look", async () => {
  const step = await written({
    llm: MistralLLM({
      model: "m",
      maxConcurrency: 5,
      rowTimeout: 60,
      generationKwargs: { seed: 3, maxNewTokens: 9 }
    })
  })
  expect(step["llm"]).toEqual({
    generation_kwargs: { max_new_tokens: 9 },
    model: "m",
    max_concurrent_requests: 5,
    distilabel_ts: { generation_kwargs: { seed: 3 }, row_timeout: 60 },
    type_info: { module: "distilabel.models.llms.mistral", name: "MistralLLM" }
  })
})

it("runtime parameters are listed under Python's names", async () => {
  expect((await written({}))["runtime_parameters_info"]).toEqual(
    expect.arrayContaining([
      { name: "input_batch_size", optional: true },
      { name: "num_generations", optional: true },
      {
        name: "llm",
        runtime_parameters_info: expect.arrayContaining([
          {
            name: "generation_kwargs",
            keys: expect.arrayContaining([{ name: "max_new_tokens", optional: true }]) as unknown
          },
          { name: "api_key", optional: true },
          { name: "structured_output", optional: true }
        ]) as unknown
      }
    ])
  )
})
