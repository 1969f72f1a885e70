/** Wrong runs: parameters that no step has, or that lack; and results read for what they do not hold. */
import { Context, Effect, Schema } from "effect"
import {
  CombineColumns,
  concat,
  dryRun,
  from,
  LoadDataFromDicts,
  LoadDataFromFileSystem,
  LoadHubDataset,
  MistralLLM,
  OpenAILLM,
  Pipeline,
  run,
  runPromise,
  runStepPromise,
  sampleNSteps,
  step,
  TextGeneration
} from "../src/index.ts"

const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "a" }] })
const gen = TextGeneration({ name: "gen", llm: OpenAILLM({ model: "gpt-4o-mini" }) })
const pipeline = Pipeline("p", {}, from(load).to(gen))
const many = Pipeline("many", {}, from(load).route(sampleNSteps(1), ["a", "b"].map((model) =>
  TextGeneration({ name: `text_generation_with_${model}`, llm: OpenAILLM({ model }) }))).join(CombineColumns({ name: "combine", columns: ["generation"] })))
const files = Pipeline("files", {}, from(LoadDataFromFileSystem({ name: "files", columns: { instruction: Schema.String } })).to(gen))
const hub = Pipeline("hub", {}, from(LoadHubDataset({ name: "load_dataset", columns: { instruction: Schema.String } })).to(gen))
const two = Pipeline("two", {}, concat([from(load), from(LoadDataFromDicts({ name: "other", data: [{ instruction: "b" }] }))]))
const scaled = Pipeline("scaled", {}, from(load).to(step({ name: "scale", parameters: { factor: Schema.Number }, process: (rows) => rows })))

// A step, a parameter or a path that is not there; a value of another type.
run(pipeline, { parameters: { genn: {} } })
//~ at: genn
//~ Object literal may only specify known properties, but 'genn' does not exist in type '{ readonly gen?: TaskParameters<OpenAILLM<"gpt-4o-mini">>; readonly load?: GeneratorParameters; }'. Did you mean to write 'gen'?
run(pipeline, { parameters: { gen: { lm: {} } } })
//~ at: lm
//~ Object literal may only specify known properties, and 'lm' does not exist in type 'TaskParameters<OpenAILLM<"gpt-4o-mini">>'.
run(pipeline, { parameters: { gen: { llm: { generationKwarg: {} } } } })
//~ at: generationKwarg
//~ Object literal may only specify known properties, but 'generationKwarg' does not exist in type 'OpenAIParameters'. Did you mean to write 'generationKwargs'?
run(pipeline, { parameters: { gen: { llm: { generationKwargs: { temprature: 1 } } } } })
//~ at: temprature
//~ Object literal may only specify known properties, but 'temprature' does not exist in type 'OpenAIGenerationKwargs'. Did you mean to write 'temperature'?
run(pipeline, { parameters: { gen: { llm: { generationKwargs: { temperature: "hot" } } } } })
//~ at: temperature
//~ Type 'string' is not assignable to type 'number'.
run(pipeline, { parameters: { gen: { numGenerations: "3" } } })
//~ at: numGenerations
//~ Type 'string' is not assignable to type 'number'.
run(pipeline, { parameters: { load: { batchSiz: 3 } } })
//~ at: batchSiz
//~ Object literal may only specify known properties, but 'batchSiz' does not exist in type 'GeneratorParameters'. Did you mean to write 'batchSize'?
run(many, { parameters: { text_generatoin_with_a: {} } })
//~ at: text_generatoin_with_a
//~ Object literal may only specify known properties, and 'text_generatoin_with_a' does not exist in type '{ readonly [x: `text_generation_with_${string}`]: TaskParameters<OpenAILLM<string>> | undefined; readonly combine?: StepParameters; readonly load?: GeneratorParameters; }'.
dryRun(pipeline, { parameters: { genn: {} } })
//~ at: genn
//~ Object literal may only specify known properties, but 'genn' does not exist in type '{ readonly gen?: TaskParameters<OpenAILLM<"gpt-4o-mini">>; readonly load?: GeneratorParameters; }'. Did you mean to write 'gen'?
run(pipeline, { parametrs: {} })
//~ at: parametrs
//~ Object literal may only specify known properties, but 'parametrs' does not exist in type 'OptionsOfRun<{ readonly gen: TaskParameters<OpenAILLM<"gpt-4o-mini">>; readonly load: GeneratorParameters; }, never, "gen" | "load", never, never>'. Did you mean to write 'parameters'?

// A dataset in the place of the generator: rows that lack a column, or have it with another type; a generator that is not there.
run(pipeline, { dataset: [{ instructoin: "a" }] })
//~ at: instructoin
//~ Object literal may only specify known properties, but 'instructoin' does not exist in type '{ readonly instruction: string; }'. Did you mean to write 'instruction'?
run(files, { dataset: [{ instruction: 5 }] })
//~ at: instruction
//~ Type 'number' is not assignable to type 'string'.
run(files, { dataset: [{ instruction: "a" }], parameters: { gne: {} } })
//~ at: gne
//~ Object literal may only specify known properties, and 'gne' does not exist in type '{ readonly gen?: TaskParameters<OpenAILLM<"gpt-4o-mini">>; }'.
run(two, { dataset: { laod: [] } })
//~ at: laod
//~ Object literal may only specify known properties, and 'laod' does not exist in type '{ readonly load?: Dataset<{ readonly instruction: string; }>; readonly other?: Dataset<{ readonly instruction: string; }>; }'.

// A parameter that must be set.
runPromise(files)
//~ at: runPromise
//~ Expected 2 arguments, but got 1.
runPromise(files, {})
//~ at: {
//~ Argument of type '{}' is not assignable to parameter of type 'RunSettings & GivenDataset<never> & { readonly parameters: { readonly files: FileSystemParametersToSet; } & { readonly gen?: TaskParameters<OpenAILLM<"gpt-4o-mini">>; }; } & OnMachines<never, never> & { readonly signal?: AbortSignal; }'.
runPromise(files, { parameters: {} })
//~ at: parameters
//~ Type '{}' is not assignable to type '{ readonly files: FileSystemParametersToSet; } & { readonly gen?: TaskParameters<OpenAILLM<"gpt-4o-mini">>; }'.
runPromise(hub, { parameters: { load_dataset: { split: "test" } } })
//~ at: load_dataset
//~ Property 'repoId' is missing in type '{ split: string; }' but required in type 'HubParametersToSet'.
runPromise(scaled, { parameters: { scale: {} } })
//~ at: scale
//~ Type '{}' is not assignable to type 'OwnStepParameters & { readonly factor: number; } & {}'.
runPromise(scaled, { parameters: { scale: { factor: "2" } } })
//~ at: factor
//~ Type 'string' is not assignable to type 'number'.

// Models and tasks alone.
OpenAILLM({ modl: "gpt-4o-mini" })
//~ at: modl
//~ Object literal may only specify known properties, but 'modl' does not exist in type 'OpenAIOptions<string>'. Did you mean to write 'model'?
OpenAILLM({ model: "gpt-4o-mini", generationKwargs: { max_new_tokens: 5 } })
//~ at: max_new_tokens
//~ Object literal may only specify known properties, but 'max_new_tokens' does not exist in type 'OpenAIGenerationKwargs'. Did you mean to write 'maxNewTokens'?
MistralLLM({ model: "mistral-large-2402", generationKwargs: { frequencyPenalty: 1 } })
//~ at: frequencyPenalty
//~ Object literal may only specify known properties, and 'frequencyPenalty' does not exist in type 'MistralGenerationKwargs'.
runStepPromise(gen, [{ prompt: "a" }])
//~ at: gen
//~ Step 'gen' needs column 'instruction', which no earlier step gives
//~ { readonly choose: "prompt"; }
TextGeneration({ name: "gen" })
//~ at: {
//~ Property 'llm' is missing in type '{ name: "gen"; }' but required in type 'TextGenerationOptions<"gen", AnyLLM, never, never, never, false, Names<InstructionRow>, Names<Generation<string> & { readonly model_name: string; readonly distilabel_metadata: Metadata; }>, false, "error", never>'.

// Services that a promise cannot provide, or that nobody provided.
class Db extends Context.Service<Db, { readonly name: string }>()("Db") {}
const found = step({ name: "found", outputs: { found: Schema.String }, process: (rows) => Effect.map(Db, ({ name }) => rows.map(() => ({ found: name }))) })
const finding = Pipeline("finding", {}, from(load).to(found))
runPromise(finding)
//~ at: finding
//~ Steps require services that a promise cannot provide: use run, estimate or runStep with Effect.provide
//~ { readonly requires: Db; }
runStepPromise(found, [{ instruction: "a" }])
//~ at: found
//~ Steps require services that a promise cannot provide: use run, estimate or runStep with Effect.provide
//~ { readonly requires: Db; }
Effect.runPromise(run(finding))
//~ at: run
//~ Type 'Db' is not assignable to type 'never'.
step({ name: "s", outputs: { n: Schema.Number }, process: (rows) => Effect.map(Db, ({ name }) => rows.map(() => ({ n: name }))) })
//~ Type 'string' is not assignable to type 'number'.

// What a result does not hold.
const result = await runPromise(pipeline)
result.defalt
//~ at: defalt
//~ Property 'defalt' does not exist on type 'Distiset<{ readonly default: { readonly instruction: string; } & Generation<string> & { readonly model_name: string; readonly distilabel_metadata: Metadata; }; }>'. Did you mean 'default'?
const [row] = await result.default.head(1)
row!.generatoin
//~ at: generatoin
//~ Property 'generatoin' does not exist on type '{ readonly instruction: string; } & Generation<string> & { readonly model_name: string; readonly distilabel_metadata: Metadata; }'. Did you mean 'generation'?
row!.generation.lenght
//~ at: lenght
//~ Property 'lenght' does not exist on type 'string'. Did you mean 'length'?

