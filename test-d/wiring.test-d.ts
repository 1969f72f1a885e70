/** What the types of flows are, and programs that must not compile. What the editor says of those is in `test-messages/`. */
import type * as hidden from "../src/columns/hidden.ts"
import { Context, Effect, Schema, Stream } from "effect"
import { expectAssignable, expectError, expectNotAssignable, expectType } from "tsd"
import {
  CombineColumns,
  CombineOutputs,
  type Flow,
  concat,
  DataSampler,
  defineStep,
  defineTask,
  defineTaskByCase,
  dryRun,
  dryRunPromise,
  estimate,
  estimatePromise,
  ExpandColumns,
  FilterRows,
  from,
  generatorStep,
  globalStep,
  GraphBuilder,
  GroupColumns,
  join,
  KeepColumns,
  LoadDataFromDicts,
  LoadDataFromFileSystem,
  MapRows,
  MergeColumns,
  oneOf,
  open,
  OpenAILLM,
  part,
  Pipeline,
  RenameColumns,
  run,
  runPromise,
  runStep,
  runStepPromise,
  sampleNSteps,
  ScriptedLLM,
  step,
  task,
  TextGeneration,
  UltraFeedback,
  zip
} from "./index.js"

type RowOf<F> = F extends { readonly [hidden.row]?: infer R } ? { [C in keyof R]: R[C] } : never
declare const rowOf: <F>(flow: F) => RowOf<F>
declare const requiredBy: <A, E, R>(effect: Effect.Effect<A, E, R>) => R

const llm = ScriptedLLM({ answers: "x" })
const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "a", score: 1, tags: ["x", "y"] }] })
const rows = from(load)

// Sources.
expectType<{ instruction: string; score: number; tags: string[] }>({} as { -readonly [C in keyof RowOf<typeof rows>]: RowOf<typeof rows>[C] })
const renamed = from(LoadDataFromDicts({ name: "load", data: [{ prompt: "a" }], outputMappings: { prompt: "instruction" } }))
expectType<string>(rowOf(renamed).instruction)
expectError(rowOf(renamed).prompt)

// Text generation: text or null, lists, values of a schema, templates.
expectType<string>(rowOf(rows.to(TextGeneration({ name: "g", llm }))).generation)
expectType<ReadonlyArray<string | null>>(rowOf(rows.to(TextGeneration({ name: "g", llm, groupGenerations: true }))).generation)
const City = Schema.Struct({ name: Schema.String, people: Schema.Number })
expectType<{ readonly name: string; readonly people: number }>(rowOf(rows.to(TextGeneration({ name: "g", llm, structuredOutput: City }))).generation)
expectType<ReadonlyArray<{ readonly name: string; readonly people: number } | null>>(
  rowOf(rows.to(TextGeneration({ name: "g", llm, structuredOutput: City, groupGenerations: true }))).generation
)
rows.to(TextGeneration({ name: "g", llm, template: "{{ instruction | upper }} {{ tags.first }}{% for t in tags %}{{ t }}{{ loop.index }}{% endfor %}{% if score %}!{% endif %}" }))
expectError(rows.to(TextGeneration({ name: "g", llm, template: "{{ instructoin }}" })))
expectError(rows.to(TextGeneration({ name: "g", llm, template: "{% if scor %}{% endif %}" })))
expectError(rows.to(TextGeneration({ name: "g", llm, columns: ["topic"], template: "{{ topic }}" })))

// Outputs that depend on an option's literal.
const judged = rows.to(MapRows({ name: "m", outputs: { generations: Schema.Array(Schema.String) }, map: () => ({ generations: [] }) }))
expectType<ReadonlyArray<number | null>>(rowOf(judged.to(UltraFeedback({ name: "j", llm, aspect: "honesty" }))).ratings)
expectType<ReadonlyArray<number | null>>(rowOf(judged.to(UltraFeedback({ name: "j", llm, aspect: "helpfulness" }))).types)
expectError(rowOf(judged.to(UltraFeedback({ name: "j", llm, aspect: "honesty" }))).types)
expectError(rowOf(judged.to(UltraFeedback({ name: "j", llm }))).types)
const graded = rows.to(task({ name: "t", llm, inputs: { score: Schema.Number }, outputs: { grade: Schema.Number }, prompt: (row) => `${row.score.toFixed()}`, parse: () => ({ grade: 1 }) }))
expectType<number>(rowOf(graded).grade)
expectError(task({ name: "t", llm, outputs: { grade: Schema.Number }, prompt: () => "x", parse: () => ({ grade: "1" }) }))

// Tasks and steps that are defined once.
const Scores = defineTask({
  type: "Scores",
  about: "Scores a text.",
  reads: { instruction: Schema.String },
  adds: { scores: Schema.Array(Schema.Number) },
  options: { scale: Schema.optionalKey(Schema.Int), tone: Schema.String },
  defaults: { scale: 5 },
  prompt: ({ instruction }, { scale, tone }) => `${instruction} ${tone} ${scale.toFixed()}`,
  parse: () => ({ scores: [1] })
})
expectType<ReadonlyArray<number>>(rowOf(rows.to(Scores({ name: "s", llm, tone: "" }))).scores)
expectType<ReadonlyArray<ReadonlyArray<number> | null>>(rowOf(rows.to(Scores({ name: "s", llm, tone: "", groupGenerations: true }))).scores)
expectType<string | null>(rowOf(rows.to(Scores({ name: "s", llm, tone: "", reasoning: true }))).reasoning)
expectError(rowOf(rows.to(Scores({ name: "s", llm, tone: "" }))).reasoning)
expectType<ReadonlyArray<number>>(rowOf(rows.to(Scores({ name: "s", llm, tone: "", outputMappings: { scores: "points" } }))).points)
expectError(rows.to(Scores({ name: "s", llm, tone: "", inputMappings: { instruction: "score" } })))
expectError(Scores({ name: "s", llm }))
expectError(Scores({ name: "s", llm, tone: "", scal: 3 }))
expectError(Scores({ name: "s", llm, tone: "", outputMappings: { score: "x" } }))
expectType<"Scores">(Scores({ name: "s", llm, tone: "" }).type)
const counting = {
  type: "Counting",
  about: "Counts.",
  reads: { instruction: Schema.String },
  options: { scale: Schema.optionalKey(Schema.Int) },
  defaults: {},
  prompt: () => "a"
} as const
defineTask({ ...counting, adds: { n: Schema.Number }, parse: () => ({ n: 1 }) })
expectError(defineTask({ ...counting, adds: { n: Schema.Number }, parse: () => ({ m: 1 }) }))
expectError(defineTask({ ...counting, adds: { n: Schema.Number }, parse: () => ({ n: "1" }) }))
expectError(defineTask({ ...counting, adds: {}, parse: () => ({}), prompt: ({ question }) => question }))
expectError(defineTask({ ...counting, adds: {}, parse: () => ({}), defaults: { scael: 1 } }))
expectError(defineTask({ ...counting, adds: {}, parse: () => ({}), defaults: { scale: "1" } }))
expectError(defineTask({ ...counting, adds: {}, parse: () => ({}), python: { lacks: ["scael"] } }))
const Verdict = defineTaskByCase({
  type: "Verdict",
  about: "Judges a text.",
  reads: { instruction: Schema.String },
  adds: { by: "detail", of: { short: { good: Schema.Boolean }, long: { good: Schema.Boolean, reason: Schema.String } } },
  options: { detail: Schema.optionalKey(Schema.Literals(["short", "long"])) },
  defaults: { detail: "short" },
  prompt: () => "a",
  parse: (_, __, { detail }) => detail === "long" ? { good: true, reason: "" } : { good: true }
})
expectType<string>(rowOf(rows.to(Verdict({ name: "v", llm, detail: "long" }))).reason)
expectError(rowOf(rows.to(Verdict({ name: "v", llm }))).reason)
expectError(Verdict({ name: "v", llm, detail: "longer" }))
const Truncate = defineStep({
  type: "Truncate",
  about: "Cuts texts.",
  reads: { instruction: Schema.String },
  adds: { short: Schema.String },
  options: { maxLength: Schema.Int },
  defaults: {},
  process: (rows, { maxLength }) => rows.map(({ instruction }) => ({ short: instruction.slice(0, maxLength) }))
})
expectType<string>(rowOf(rows.to(Truncate({ name: "t", maxLength: 1 }))).short)
expectError(Truncate({ name: "t" }))
expectError(rows.to(Truncate({ name: "t", maxLength: 1, inputMappings: { instruction: "score" } })))

// An overwritten column changes its type; removed, kept, renamed ones come and go.
expectType<string>(rowOf(rows.to(MapRows({ name: "m", inputs: { score: Schema.Number }, outputs: { score: Schema.String }, map: (row) => ({ score: row.score.toFixed() }) }))).score)
expectType<{ readonly score: number }>(rowOf(rows.to(KeepColumns({ name: "k", columns: ["score"] }))))
expectError(rows.to(KeepColumns({ name: "k", columns: ["score"] })).to(TextGeneration({ name: "g", llm })))
expectError(rowOf(rows.to(MapRows({ name: "m", outputs: {}, removes: ["score"], map: () => ({}) }))).score)
const renaming = rows.to(RenameColumns({ name: "r", columns: { score: "points" } }))
expectType<number>(rowOf(renaming).points)
expectError(rowOf(renaming).score)
expectType<{ readonly total: number }>(rowOf(rows.to(globalStep({ name: "s", outputs: { total: Schema.Number }, replaces: true, process: () => [{ total: 1 }] }))))
expectType<number>(rowOf(rows.to(FilterRows({ name: "f", where: () => true }))).score)

// Lists: grouped, expanded, merged.
const generated = (name: "a" | "b") => TextGeneration({ name, llm })
const grouped = rows.branch([TextGeneration({ name: "a", llm }), TextGeneration({ name: "b", llm })])
  .join(CombineColumns({ name: "c", columns: ["generation", "model_name"], outputColumns: ["generations", "models"] }))
expectType<ReadonlyArray<string>>(rowOf(grouped).generations)
expectType<ReadonlyArray<string>>(rowOf(grouped).models)
expectError(rowOf(grouped).generation)
expectType<ReadonlyArray<string>>(rowOf(rows.to(generated("a")).to(GroupColumns({ name: "c", columns: ["generation"] }))).grouped_generation)
expectType<string>(rowOf(grouped.to(ExpandColumns({ name: "e", columns: ["generations"] }))).generations)
const expanded = grouped.to(ExpandColumns({ name: "e", columns: { generations: "generation" } }))
expectType<string>(rowOf(expanded).generation)
expectType<ReadonlyArray<string>>(rowOf(expanded).generations)
expectType<unknown>(rowOf(rows.to(ExpandColumns({ name: "e", columns: ["instruction"], encoded: true }))).instruction)
expectError(rows.to(ExpandColumns({ name: "e", columns: ["score"] })))
expectType<ReadonlyArray<string | number>>(rowOf(rows.to(MergeColumns({ name: "m", columns: ["tags", "score"], outputColumn: "all" }))).all)
expectError(rowOf(rows.to(MergeColumns({ name: "m", columns: ["tags", "score"] }))).tags)

// Joins: what all branches have is there, what one has may not be; CombineOutputs has one row of each.
const left = step({ name: "left", outputs: { l: Schema.Number }, process: (rows) => rows.map(() => ({ l: 1 })) })
const right = step({ name: "right", outputs: { r: Schema.String }, process: (rows) => rows.map(() => ({ r: "" })) })
expectType<number | undefined>(rowOf(rows.branch([left, right]).join(GroupColumns({ name: "c", columns: ["score"] }))).l)
expectType<number>(rowOf(rows.branch([left, right]).join(CombineOutputs({ name: "c" }))).l)
expectType<string>(rowOf(join([rows.to(left), rows.to(right)], CombineOutputs({ name: "c" }))).r)
const other = LoadDataFromDicts({ name: "other", data: [{ instruction: "b", lang: "en" }] })
expectType<string>(rowOf(zip([rows, from(other)], CombineOutputs({ name: "z" }))).lang)
const noColumns = generatorStep({ name: "none", outputs: {}, process: () => [{}] })
expectType<string>(rowOf(zip([from(noColumns), from(other)], CombineOutputs({ name: "z" }))).lang)
expectType<string | null>(rowOf(concat([rows, from(other)])).lang)
expectType<string | null>(rowOf(concat([from(noColumns), from(other)])).lang)
expectType<string>(rowOf(concat([rows, from(other)], { name: "all" })).instruction)
expectError(join([rows, from(other)], CombineOutputs({ name: "c" })))
expectError(rows.branch([left]).join(right))
expectError(rows.branch([left, MapRows({ name: "x", outputs: { l: Schema.String }, map: () => ({ l: "" }) })]).join(CombineOutputs({ name: "c" })))

// Optional and alternative inputs, open rows.
rows.to(step({ name: "o", inputs: { instruction: Schema.String, lang: Schema.optionalKey(Schema.String) }, process: (rows) => rows }))
expectError(rows.to(step({ name: "o", inputs: { score: Schema.optionalKey(Schema.String) }, process: (rows) => rows })))
rows.to(step({ name: "o", inputs: oneOf({ text: Schema.String }, { instruction: Schema.String }), process: (rows) => rows }))
expectError(rows.to(step({ name: "o", inputs: oneOf({ text: Schema.String }, { score: Schema.String }), process: (rows) => rows })))
const anyColumns = from(generatorStep({ name: "s", outputs: open({ id: Schema.Number }), process: () => [] }))
anyColumns.to(TextGeneration({ name: "g", llm }))
expectError(anyColumns.to(step({ name: "o", inputs: { id: Schema.String }, process: (rows) => rows })))
from(LoadDataFromFileSystem({ name: "f", dataFiles: "x.jsonl" })).to(TextGeneration({ name: "g", llm }))

// Mappings.
rows.to(TextGeneration({ name: "g", llm, template: "{{ topic }}" }), { input: { topic: "instruction" } })
expectError(rows.to(TextGeneration({ name: "g", llm }), { input: { instruction: "score" } }))
expectType<string>(rowOf(rows.to(TextGeneration({ name: "g", llm, outputMappings: { generation: "answer" } }))).answer)
expectError(TextGeneration({ name: "g", llm, inputMappings: { instructions: "x" } }))

// Names, roots, routing.
expectError(rows.to(left).to(left))
expectError(rows.branch([left, FilterRows({ name: "left", where: () => true })]))
expectError(from(left))
expectError(rows.to(other))
expectError(rows.route(sampleNSteps(1), left))
rows.route((row) => row.score > 1 ? "left" : ["left", "right"], [left, right])
expectError(rows.route(() => "middle", [left, right]))

// A flow used twice is two flows of the same steps.
const shared = rows.to(left)
expectAssignable<{ readonly l: number; readonly r: string }>(rowOf(join([shared, shared.to(right)], CombineOutputs({ name: "c" }))))

// Results, by leaf.
const one = Pipeline("p", {}, rows.to(left))
const two = Pipeline("p", {}, [rows.to(left), rows.to(right)])
const results = async () => {
  const [row] = await (await runPromise(two)).left.head(1)
  expectType<number>(row!.l)
  const { right: subset } = await runPromise(two)
  expectType<string>((await subset.toArray())[0]!.r)
  expectError((await runPromise(two)).default)
  expectError((await runPromise(one)).left)
}
void results
expectNotAssignable<{ readonly default: unknown }>(two)

// Parameters, by step, down to the model's.
run(Pipeline("p", {}, rows.to(TextGeneration({ name: "g", llm }))), { parameters: { g: { numGenerations: 2, llm: { generationKwargs: { temperature: 1 } } }, load: { batchSize: 5 } } })
expectError(run(one, { parameters: { lft: {} } }))
expectError(run(one, { parameters: { left: { inputBatchSize: "5" } } }))
const named = Pipeline("p", {}, rows.route(sampleNSteps(1), ["x", "y"].map((m) => TextGeneration({ name: `text_generation_with_${m}`, llm }))).flows)
run(named, { parameters: { text_generation_with_x: { numGenerations: 2 } } })
expectError(run(named, { parameters: { text_generatoin_with_x: {} } }))
const demanding = Pipeline("p", {}, from(generatorStep({ name: "d", outputs: { n: Schema.Number }, parameters: { count: Schema.Number, step: Schema.Number }, defaults: { step: 1 }, process: () => [] })))
run(demanding, { parameters: { d: { count: 3 } } })
expectError(run(demanding))
expectError(run(demanding, { parameters: { d: { step: 2 } } }))

// Rows in the place of a generator's, with the columns that the flow has after it.
const loaded = from(LoadDataFromFileSystem({ name: "files", columns: { prompt: Schema.String }, outputMappings: { prompt: "instruction" } }))
const fed = Pipeline("p", {}, loaded.to(TextGeneration({ name: "g", llm })))
run(fed, { dataset: [{ instruction: "a" }] })
run(fed, { dataset: new Set([{ instruction: "a", more: 1 }]), parameters: { g: { numGenerations: 2 } } })
run(fed, { parameters: { files: { dataFiles: "a.jsonl" } } })
expectError(run(fed))
expectError(run(fed, { dataset: [{ prompt: "a" }] }))
expectError(run(fed, { dataset: [{ instruction: 1 }] }))
expectError(run(fed, { dataset: "rows.jsonl" }))
const chained = async () => run(one, { dataset: (await runPromise(Pipeline("p", {}, rows))).default })
void chained
run(Pipeline("p", {}, concat([loaded, rows])), { dataset: { files: [{ instruction: "a" }] } })
expectError(run(Pipeline("p", {}, concat([loaded, rows])), { dataset: [{ instruction: "a" }] }))

// Rows with lists of what was drawn.
expectAssignable<{ readonly a: ReadonlyArray<string>; readonly b: ReadonlyArray<number | null> }>(
  rowOf(from(DataSampler({ name: "sampled", data: [{ a: "x", b: 1 }, { a: "y" }] })))
)

// Graphs by name are untyped, but pipelines.
run(new GraphBuilder("b").add(load).build(), { parameters: {} })

// What own steps require, run requires; a promise takes steps that require nothing.
class Db extends Context.Service<Db, { readonly find: (text: string) => Effect.Effect<string, Error> }>()("Db") {}
class Mail extends Context.Service<Mail, { readonly send: Effect.Effect<void> }>()("Mail") {}
const finding = step({
  name: "finding",
  inputs: { instruction: Schema.String },
  outputs: { found: Schema.String },
  process: (rows) =>
    Effect.gen(function* () {
      const db = yield* Db
      return yield* Effect.forEach(rows, (row) => Effect.map(db.find(row.instruction), (found) => ({ found })))
    })
})
const mailing = step({
  name: "mailing",
  outputs: { sent: Schema.Boolean },
  process: (rows) => Stream.fromIterable(rows).pipe(Stream.mapEffect(() => Effect.gen(function* () {
    yield* (yield* Mail).send
    return { sent: true }
  })))
})
const servants = Pipeline("p", {}, rows.to(finding).to(mailing))
expectType<Db | Mail>(requiredBy(run(servants)))
expectType<Db | Mail>(requiredBy(dryRun(servants)))
expectType<Db | Mail>(requiredBy(estimate(servants)))
expectType<Db>(requiredBy(runStep(finding, [{ instruction: "a" }])))
expectType<never>(requiredBy(run(one)))
expectType<never>(requiredBy(runStep(left, [{ instruction: "a" }])))
expectType<Mail>(requiredBy(run(servants).pipe(Effect.provideService(Db, { find: Effect.succeed }))))
expectType<Db>(requiredBy(run(Pipeline("p", {}, rows.branch([finding, left]).join(CombineOutputs({ name: "c" }))))))
expectType<Db>(requiredBy(run(Pipeline("p", {}, rows.branch(["a", "b"].map((name) => ({ ...finding, name }))).flows))))
// A part of a pipeline requires what its steps do, beside what the flow does.
const searched = part({ instruction: Schema.String }, (flow) => flow.to(finding))
expectType<Db>(requiredBy(run(Pipeline("p", {}, searched(rows)))))
expectType<Db | Mail>(requiredBy(run(Pipeline("p", {}, searched(rows.to(mailing))))))
expectError(runPromise(Pipeline("p", {}, searched(rows))))
const passing = part({ instruction: Schema.String }, (flow) => flow.to(left))
expectType<Mail>(requiredBy(run(Pipeline("p", {}, passing(rows.to(mailing))))))
runPromise(Pipeline("p", {}, passing(rows)))
// So does a plain function of a flow.
const plainly = <F extends Flow<{ readonly instruction: string }>>(flow: F) => flow.to(finding)
expectType<Db>(requiredBy(run(Pipeline("p", {}, plainly(rows)))))
expectType<Db | Mail>(requiredBy(run(Pipeline("p", {}, plainly(rows.to(mailing))))))
expectError(runPromise(Pipeline("p", {}, plainly(rows))))
// One whose parameter is no type of its own knows the services of its own steps, and nothing of those before.
const itself = (flow: Flow<{ readonly instruction: string }>) => flow.to(finding)
expectType<Db>(requiredBy(run(Pipeline("p", {}, itself(rows)))))
expectType<Db>(requiredBy(run(Pipeline("p", {}, itself(rows.to(mailing))))))
expectError(runPromise(Pipeline("p", {}, itself(rows))))
const unasked = (flow: Flow<{ readonly instruction: string }>) => flow.to(left)
runPromise(Pipeline("p", {}, unasked(rows)), { parameters: { load: { batchSize: 2 }, left: { inputBatchSize: 2 } } })
const forked = (flow: Flow<{ readonly instruction: string }>) => flow.branch([left, finding]).join(CombineOutputs({ name: "both" }))
expectType<Db>(requiredBy(run(Pipeline("p", {}, forked(rows)))))
const branching = <F extends Flow<{ readonly instruction: string }>>(flow: F) =>
  flow.branch([left, finding]).join(CombineOutputs({ name: "both" }))
expectType<Db | Mail>(requiredBy(run(Pipeline("p", {}, branching(rows.to(mailing))))))
expectError(runPromise(Pipeline("p", {}, branching(rows))))
const routing = <F extends Flow<{ readonly instruction: string }>>(flow: F) =>
  flow.route(() => "left", [left, mailing]).join(CombineOutputs({ name: "both" }))
expectType<Db | Mail>(requiredBy(run(Pipeline("p", {}, routing(rows.to(finding))))))
const drawn = generatorStep({ name: "drawn", outputs: { n: Schema.Number }, process: () => Effect.as(Db, [{ n: 1 }]) })
const summed = globalStep({ name: "summed", inputs: { n: Schema.Number }, process: (rows) => Effect.as(Mail, rows) })
expectType<Db | Mail>(requiredBy(run(Pipeline("p", {}, from(drawn).to(summed)))))
const consulting = task({
  name: "consulting",
  llm: OpenAILLM({ model: "m" }),
  inputs: { instruction: Schema.String },
  outputs: { found: Schema.String },
  prompt: ({ instruction }) => Effect.flatMap(Db, (db) => db.find(instruction)),
  parse: (answer) => Effect.as(Effect.flatMap(Mail, (mail) => mail.send), { found: answer ?? "" })
})
expectType<Db | Mail>(requiredBy(run(Pipeline("p", {}, rows.to(consulting)))))
expectError(runPromise(Pipeline("p", {}, rows.to(consulting))))
const alone = { llm: OpenAILLM({ model: "m" }), outputs: { found: Schema.String } }
const promising = task({ ...alone, name: "promising", prompt: async () => "?", parse: async () => ({ found: "" }) })
runPromise(Pipeline("p", {}, rows.to(promising)))
expectError(task({ ...alone, name: "t", prompt: () => "?", parse: () => Effect.as(Db, { found: 1 }) }))
expectError(task({ ...alone, name: "t", prompt: async () => 1, parse: () => ({ found: "" }) }))
const Consults = defineTask({
  type: "Consults",
  about: "Asks about what a register holds.",
  reads: { instruction: Schema.String },
  adds: { found: Schema.String },
  options: { tone: Schema.optionalKey(Schema.String) },
  defaults: {},
  prompt: ({ instruction }) => Effect.flatMap(Db, (db) => db.find(instruction)),
  parse: (answer) => Effect.as(Effect.flatMap(Mail, (mail) => mail.send), { found: answer ?? "" })
})
const consulted = Pipeline("p", {}, rows.to(Consults({ name: "consults", llm })))
expectType<Db | Mail>(requiredBy(run(consulted)))
expectError(runPromise(consulted))
const promised = { type: "T", about: "Asks.", reads: {}, adds: { found: Schema.String }, options: {}, defaults: {} } as const
runPromise(Pipeline("p", {}, rows.to(defineTask({ ...promised, prompt: async () => "?", parse: async () => ({ found: "" }) })({ name: "t", llm }))))
expectError(defineTask({ ...promised, prompt: async () => 1, parse: () => ({ found: "" }) }))
expectError(defineTask({ ...promised, prompt: () => "?", parse: async () => ({ found: 1 }) }))
expectError(runPromise(servants))
expectError(dryRunPromise(servants))
expectError(estimatePromise(servants))
expectError(runStepPromise(finding, [{ instruction: "a" }]))
expectError(Effect.runPromise(run(servants)))
// The rows are checked as ever.
expectError(step({ name: "s", outputs: { sent: Schema.Boolean }, process: (rows) => Effect.as(Db, rows.map(() => ({ sent: 1 }))) }))
expectError(step({ name: "s", outputs: { sent: Schema.Boolean }, process: (rows) => Stream.fromIterable(rows).pipe(Stream.map(() => ({ sent: 1 }))) }))
