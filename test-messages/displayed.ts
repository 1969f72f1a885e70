/** What hovering shows: each value is held against `never`, so that the compiler prints its type. */
import { Schema } from "effect"
import {
  CombineColumns,
  concat,
  from,
  join,
  CombineOutputs,
  LoadHubDataset,
  LoadDataFromDicts,
  MistralLLM,
  OpenAILLM,
  Pipeline,
  runPromise,
  sampleNSteps,
  step,
  TextGeneration,
  VertexAILLM,
  zip
} from "../src/index.ts"

// The seed pipeline.
const loadDataset = LoadHubDataset({
  name: "load_dataset",
  columns: { prompt: Schema.String, completion: Schema.String, meta: Schema.Unknown },
  outputMappings: { prompt: "instruction" },
  batchSize: 10
})
const tasks = [OpenAILLM({ model: "gpt-4-0125-preview" }), MistralLLM({ model: "mistral-large-2402" }), VertexAILLM({ model: "gemini-1.5-pro" })]
  .map((llm) => TextGeneration({ name: `text_generation_with_${llm.model}`, llm, inputBatchSize: 5 }))
const combine = CombineColumns({ name: "combine_generations", columns: ["generation", "model_name"], outputColumns: ["generations", "model_names"] })

const loaded: never = from(loadDataset)
//~ Flow<{ readonly completion: string; readonly instruction: string; readonly meta: unknown; }, "load_dataset", NamedSource<"load_dataset", HubParametersToSet, { readonly completion: string; readonly instruction: string; readonly meta: unknown; }>, "load_dataset">
const routed: never = from(loadDataset).route(sampleNSteps(2), tasks)
//~ Branches<readonly ({ readonly completion: string; readonly instruction: string; readonly meta: unknown; } & Generation<string | null> & { readonly model_name: string; readonly distilabel_metadata: Metadata; })[], readonly ("text_generation_with_gemini-1.5-pro" | "text_generation_with_gpt-4-0125-preview" | "text_generation_with_mistral-large-2402")[], Named<"text_generation_with_gemini-1.5-pro" | "text_generation_with_gpt-4-0125-preview" | "text_generation_with_mistral-large-2402", TaskParameters<MistralLLM<"mistral-large-2402"> | OpenAILLM<"gpt-4-0125-preview"> | VertexAILLM<"gemini-1.5-pro">>> | NamedSource<"load_dataset", HubParametersToSet, { readonly completion: string; readonly instruction: string; readonly meta: unknown; }>, "load_dataset" | "text_generation_with_gemini-1.5-pro" | "text_generation_with_gpt-4-0125-preview" | "text_generation_with_mistral-large-2402">
const combined: never = from(loadDataset).route(sampleNSteps(2), tasks).join(combine)
//~ Flow<{ readonly completion: string; readonly distilabel_metadata: Metadata; readonly instruction: string; readonly meta: unknown; } & { readonly generations: readonly (string | null)[]; readonly model_names: readonly string[]; }, "combine_generations", Named<"combine_generations", StepParameters> | Named<"text_generation_with_gemini-1.5-pro" | "text_generation_with_gpt-4-0125-preview" | "text_generation_with_mistral-large-2402", TaskParameters<MistralLLM<"mistral-large-2402"> | OpenAILLM<"gpt-4-0125-preview"> | VertexAILLM<"gemini-1.5-pro">>> | NamedSource<"load_dataset", HubParametersToSet, { readonly completion: string; readonly instruction: string; readonly meta: unknown; }>, "combine_generations" | "load_dataset" | "text_generation_with_gemini-1.5-pro" | "text_generation_with_gpt-4-0125-preview" | "text_generation_with_mistral-large-2402">
const pipeline = Pipeline("pipe-name", { description: "My first pipe" }, from(loadDataset).route(sampleNSteps(2), tasks).join(combine))
const result: never = await runPromise(pipeline, { parameters: { load_dataset: { repoId: "owner/name" } } })
//~ Distiset<{ readonly default: { readonly completion: string; readonly distilabel_metadata: Metadata; readonly instruction: string; readonly meta: unknown; } & { readonly generations: readonly (string | null)[]; readonly model_names: readonly string[]; }; }>
const made: never = step({ name: "words", inputs: { text: Schema.String }, outputs: { words: Schema.Number }, process: (rows) => rows.map(() => ({ words: 1 })) })
//~ Step<"words", { readonly text: string; }, Adds<{ readonly words: number; }>, OwnStepParameters, never>

// Overwritten columns, joins of all kinds: columns, not the names of our helper types.
const load = LoadDataFromDicts({ name: "load", data: [{ text: "a", n: 1 }] })
const other = LoadDataFromDicts({ name: "other", data: [{ text: "b", m: true }] })
const a = step({ name: "a", inputs: { text: Schema.String }, outputs: { n: Schema.String }, process: () => [] })
const b = step({ name: "b", inputs: { text: Schema.String }, outputs: { k: Schema.Boolean }, process: () => [] })
const overwritten: never = from(load).to(a)
//~ Flow<{ readonly text: string; readonly n: string; }, "a", Named<"a", OwnStepParameters> | NamedSource<"load", GeneratorParameters, { readonly text: string; readonly n: number; }>, "a" | "load">
const both: never = join([from(load).to(step({ name: "c", outputs: { q: Schema.Number }, process: () => [] })), from(load).to(b)], CombineOutputs({ name: "both" }))
//~ Flow<{ readonly k: boolean; readonly n: number; readonly q: number; readonly text: string; }, "both", Named<"b", OwnStepParameters> | Named<"both", StepParameters> | Named<"c", OwnStepParameters> | NamedSource<"load", GeneratorParameters, { readonly text: string; readonly n: number; }>, "b" | "both" | "c" | "load">
const grouped: never = from(load).branch([b, step({ name: "c", outputs: { q: Schema.Number }, process: () => [] })]).join(CombineColumns({ name: "group", columns: ["n"] }))
//~ Flow<{ readonly k?: boolean; readonly q?: number; readonly text: string; } & { readonly grouped_n: readonly number[]; }, "group", Named<"b", OwnStepParameters> | Named<"c", OwnStepParameters> | Named<"group", StepParameters> | NamedSource<"load", GeneratorParameters, { readonly text: string; readonly n: number; }>, "b" | "c" | "group" | "load">
const all: never = concat([from(load), from(other)])
//~ Flow<{ readonly m: boolean | null; readonly n: number | null; readonly text: string; }, "concat", Named<"concat", {}> | NamedSource<"load", GeneratorParameters, { readonly text: string; readonly n: number; }> | NamedSource<"other", GeneratorParameters, { readonly text: string; readonly m: boolean; }>, "concat" | "load" | "other">
const pairs: never = zip([from(load), from(other)], CombineOutputs({ name: "pairs" }))
//~ Flow<{ readonly m: boolean; readonly n: number; readonly text: string; }, "pairs", Named<"pairs", StepParameters> | NamedSource<"load", GeneratorParameters, { readonly text: string; readonly n: number; }> | NamedSource<"other", GeneratorParameters, { readonly text: string; readonly m: boolean; }>, "load" | "other" | "pairs">

