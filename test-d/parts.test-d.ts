/** Parts of pipelines, helpers that take names and columns, and flows of which only some columns are known. */
import type * as hidden from "../src/columns/hidden.ts"
import { Schema } from "effect"
import { expectAssignable, expectError, expectType } from "tsd"
import {
  CombineColumns,
  CombineOutputs,
  ComplexityScorer,
  DropNulls,
  ExpandColumns,
  FilterRows,
  type Flow,
  from,
  GenerateSentencePair,
  GroupColumns,
  KeepColumns,
  LoadDataFromDicts,
  LoadDataFromDisk,
  LoadDataFromFileSystem,
  LoadDataFromHub,
  MapRows,
  MergeColumns,
  part,
  Pipeline,
  runPromise,
  ScriptedLLM,
  task,
  PairwiseJudge,
  RubricJudge,
  TextClassification,
  TextGeneration
} from "./index.js"

type RowOf<F> = F extends { readonly [hidden.row]?: infer R } ? { [C in keyof R]: R[C] } : never
declare const rowOf: <F>(flow: F) => RowOf<F>

const rows = from(LoadDataFromDicts({ name: "load", data: [{ text: "x", n: 1, instruction: "a" }] }))
const long = <const N extends string>(name: N) =>
  FilterRows({ name, inputs: { text: Schema.String }, where: (row) => row.text.length > 3 })
const counted = <const N extends string>(name: N) =>
  MapRows({ name, inputs: { text: Schema.String }, outputs: { chars: Schema.Number }, map: (row) => ({ chars: row.text.length }) })

// A part lets the columns pass that it does not know.
const clean = part({ text: Schema.String }, (flow) => flow.to(long("long")).to(counted("counted")))
const cleaned = clean(rows)
expectType<{ readonly text: string; readonly chars: number; readonly n: number; readonly instruction: string }>(rowOf(cleaned))
const pipeline = Pipeline("p", {}, cleaned.to(KeepColumns({ name: "kept", columns: ["n", "chars"] })))
runPromise(pipeline, { parameters: { load: { batchSize: 2 }, counted: { inputBatchSize: 2 } } })
expectError(runPromise(pipeline, { parameters: { cuonted: { inputBatchSize: 2 } } }))
expectError(runPromise(pipeline, { parameters: { laod: { batchSize: 2 } } }))

// Unless one of its steps drops them.
const only = part({ text: Schema.String }, (flow) => flow.to(KeepColumns({ name: "only", columns: ["text"] })))
expectType<{ readonly text: string }>(rowOf(only(rows)))
expectError(only(rows).to(KeepColumns({ name: "kept", columns: ["n"] })))

// Branches within a part.
const both = part({ text: Schema.String }, (flow) =>
  flow.branch([counted("a"), MapRows({ name: "b", outputs: { b: Schema.Boolean }, map: () => ({ b: true }) })]).join(CombineOutputs({ name: "both" }))
)
expectAssignable<{ readonly text: string; readonly chars: number; readonly b: boolean; readonly n: number }>(rowOf(both(rows)))

// What the flow lacks, what a part's steps lack, a name within it, and a name that both have.
expectError(clean(from(LoadDataFromDicts({ name: "other", data: [{ n: 1 }] }))))
expectError(clean(from(LoadDataFromDicts({ name: "other", data: [{ text: 1 }] }))))
expectError(part({ text: Schema.String }, (flow) => flow.to(KeepColumns({ name: "kept", columns: ["n"] }))))
expectError(part({ text: Schema.String }, (flow) => flow.to(long("long")).to(long("long"))))
expectError(cleaned.to(long("long")))

// A plain function of a flow: what comes out has the columns that the function knows.
const plainly = <F extends Flow<{ readonly text: string }>>(flow: F) => flow.to(long("long")).to(counted("counted"))
expectType<{ readonly text: string; readonly chars: number }>(rowOf(plainly(rows)))
Pipeline("p", {}, plainly(rows).to(counted("again")))
// The steps before it, with their parameters, are those of the flow that it is given.
runPromise(Pipeline("p", {}, plainly(rows)), { parameters: { load: { batchSize: 2 }, counted: { inputBatchSize: 2 } } })
expectError(runPromise(Pipeline("p", {}, plainly(rows)), { parameters: { cuonted: { inputBatchSize: 2 } } }))
expectError(runPromise(Pipeline("p", {}, plainly(rows)), { parameters: { laod: { batchSize: 2 } } }))
const branching = <F extends Flow<{ readonly text: string }>>(flow: F) =>
  flow.branch([counted("a"), counted("b")]).join(CombineOutputs({ name: "both" }))
runPromise(Pipeline("p", {}, branching(rows)), { parameters: { load: { batchSize: 2 }, a: { inputBatchSize: 2 } } })
expectError(runPromise(Pipeline("p", {}, branching(rows)), { parameters: { c: { inputBatchSize: 2 } } }))
const inPlace = <F extends Flow<{ readonly text: string }>>(flow: F) =>
  flow
    .to(FilterRows({ name: "long", inputs: { text: Schema.String }, where: (row) => row.text.length > 3 }))
    .to(MapRows({ name: "counted", inputs: { text: Schema.String }, outputs: { chars: Schema.Number }, map: (row) => ({ chars: row.text.length }) }))
expectType<{ readonly text: string; readonly chars: number }>(rowOf(inPlace(rows)))
expectError(plainly(from(LoadDataFromDicts({ name: "other", data: [{ n: 1 }] }))))
expectError(<F extends Flow<{ readonly text: string }>>(flow: F) => flow.to(KeepColumns({ name: "kept", columns: ["n"] })))

// Columns that are named by an argument: run time tells where they are not there.
const nonEmpty = <const N extends string, const C extends string>(name: N, column: C) =>
  FilterRows({ name, inputs: { [column]: Schema.String }, where: (row) => row[column] !== "" })
rows.to(nonEmpty("non_empty", "text")).to(counted("counted"))

// Helpers whose names are known at run time only.
const llm = ScriptedLLM({ answers: "x" })
const ask = (name: string, model: string) => TextGeneration({ name, llm: ScriptedLLM({ model, answers: "x" }) })
rows.to(ask("a", "1")).to(ask("b", "2"))
rows.branch([ask("a", "1"), ask("b", "2")]).join(CombineColumns({ name: "c", columns: ["generation"] }))
rows.branch(["1", "2"].map((model) => ask(model, model))).join(CombineColumns({ name: "c", columns: ["generation"] }))
expectError(rows.branch([TextGeneration({ name: "a", llm }), TextGeneration({ name: "a", llm })]))

// Paths from variables are given paths; without one, run must be told.
declare const path: string
declare const paths: ReadonlyArray<string>
for (const load of [
  LoadDataFromDisk({ name: "load", datasetPath: path }),
  LoadDataFromDisk({ name: "load", datasetPath: `${path}/x`, split: "train" }),
  LoadDataFromHub({ name: "load", repoId: path }),
  LoadDataFromFileSystem({ name: "load", dataFiles: path }),
  LoadDataFromFileSystem({ name: "load", dataFiles: paths }),
  LoadDataFromFileSystem({ name: "load", dataFiles: [path, "b.jsonl"] })
] as const)
  runPromise(Pipeline("p", {}, from(load)))
expectError(runPromise(Pipeline("p", {}, from(LoadDataFromDisk({ name: "load" })))))
expectError(runPromise(Pipeline("p", {}, from(LoadDataFromHub({ name: "load" })))))
expectError(runPromise(Pipeline("p", {}, from(LoadDataFromFileSystem({ name: "load" })))))
expectError(LoadDataFromDisk({ name: "load", datasetPath: 1 }))

// No null by default: the answer of one model is the instruction of the next.
const question = TextGeneration({ name: "question", llm, outputMappings: { generation: "question" } })
const answer = TextGeneration({ name: "answer", llm, inputMappings: { instruction: "question" }, outputMappings: { generation: "answer" } })
expectType<string>(rowOf(rows.to(question).to(answer)).answer)
const perhaps = TextGeneration({ name: "question", llm, nulls: "keep", outputMappings: { generation: "question" } })
expectType<string | null>(rowOf(rows.to(perhaps)).question)
expectError(rows.to(perhaps).to(answer))
expectError(TextGeneration({ name: "g", llm, nulls: "drop" }))

// So it is with each class of tasks, and with values of a schema.
const questions = rows.to(question)
const hardness = ComplexityScorer({ name: "hardness", llm, nulls: "keep", inputMappings: { instructions: "questions" } })
const listed = rows.to(GroupColumns({ name: "group", columns: ["text"], outputColumns: ["questions"] }))
expectType<ReadonlyArray<number | null> | null>(rowOf(listed.to(hardness)).scores)
expectType<ReadonlyArray<number | null>>(rowOf(listed.to(ComplexityScorer({ name: "hardness", llm, inputMappings: { instructions: "questions" } }))).scores)
const label = { name: "label", llm, inputMappings: { text: "question" } } as const
expectType<string | null>(rowOf(questions.to(TextClassification({ ...label, nulls: "keep" }))).labels)
expectType<readonly string[] | null>(rowOf(questions.to(TextClassification({ ...label, n: 2, nulls: "keep" }))).labels)
expectType<string>(rowOf(questions.to(TextClassification({ ...label, nulls: "error" }))).labels)
const pair = { name: "pair", llm, action: "query", inputMappings: { anchor: "question" } } as const
const pairs = rowOf(questions.to(GenerateSentencePair({ ...pair, triplet: true, reasoning: true, nulls: "keep" })))
expectType<string | null>(pairs.positive)
expectType<string | null>(pairs.negative)
expectType<string | null>(pairs.reasoning)
expectType<string>(pairs.model_name)
expectType<string>(rowOf(questions.to(GenerateSentencePair(pair))).positive)
// A list has a null for an answer that is missing, whatever becomes of rows without any.
expectType<readonly (string | null)[]>(rowOf(questions.to(GenerateSentencePair({ ...pair, groupGenerations: true, nulls: "keep" }))).positive)
const rated = { name: "rated", llm, inputs: { text: Schema.String }, outputs: { grade: Schema.Number }, prompt: () => "", parse: () => ({ grade: 1 }) } as const
expectType<number | null>(rowOf(rows.to(task({ ...rated, nulls: "keep" }))).grade)
expectType<number>(rowOf(rows.to(task(rated))).grade)
const structured = { name: "structured", llm, template: "{{ text }}", structuredOutput: Schema.Struct({ age: Schema.Number }) } as const
expectType<{ readonly age: number } | null>(rowOf(rows.to(TextGeneration({ ...structured, nulls: "keep" }))).generation)
expectType<{ readonly age: number }>(rowOf(rows.to(TextGeneration(structured))).generation)
// Not known before run time: null may be there.
declare const either: "error" | "keep"
expectType<number | null>(rowOf(rows.to(task({ ...rated, nulls: either }))).grade)

// What is null ends here, and is no longer in the type.
expectType<string>(rowOf(rows.to(perhaps).to(DropNulls({ name: "given", columns: ["question"] })).to(answer)).question)
expectError(rows.to(perhaps).to(DropNulls({ name: "given", columns: ["quetsion"] })))

// Steps that take columns take mappings too: they read and give the flow's columns under their own names.
const lists = from(LoadDataFromDicts({ name: "lists", data: [{ xs: ["a"], items: 1, id: 2 }] }))
const expanded = lists.to(ExpandColumns({ name: "e", columns: ["items"], inputMappings: { items: "xs" }, outputMappings: { items: "item" } }))
expectType<{ readonly item: string; readonly items: number; readonly id: number }>(rowOf(expanded))
expectType<{ readonly items: string; readonly xs: string[]; readonly id: number; readonly one: number }>(
  rowOf(from(LoadDataFromDicts({ name: "lists", data: [{ xs: ["a"], items: 3, one: 1, id: 2 }] })).to(ExpandColumns({ name: "e", columns: { xs: "one" }, outputMappings: { one: "items" } })))
)
const kept = expanded.to(KeepColumns({ name: "k", columns: ["text", "id"], inputMappings: { text: "item" }, outputMappings: { id: "number" } }))
expectType<{ readonly item: string; readonly number: number }>(rowOf(kept))
expectError(expanded.to(KeepColumns({ name: "k", columns: ["text", "id"], inputMappings: { text: "itme" } })))
expectError(KeepColumns({ name: "k", columns: ["text", "id"], inputMappings: { txt: "item" } }))
expectError(KeepColumns({ name: "k", columns: ["text", "id"], outputMappings: { txt: "item" } }))
const named = <const N extends string>(name: N) => TextGeneration({ name, llm, inputMappings: { instruction: "item" }, outputMappings: { generation: "answer" } })
const grouped = expanded.branch([named("a"), named("b")])
  .join(GroupColumns({ name: "g", columns: ["text", "model_name"], outputColumns: ["answers", "models"], inputMappings: { text: "answer" }, outputMappings: { answers: "generations" } }))
const { generations, models, item } = rowOf(grouped)
expectType<readonly string[]>(generations)
expectType<readonly string[]>(models)
expectType<string>(item)
expectError(rowOf(grouped).answers)
expectError(rowOf(grouped).answer)
expectError(GroupColumns({ name: "g", columns: ["text"], outputColumns: ["answers"], outputMappings: { text: "generations" } }))
const merged = grouped.to(MergeColumns({ name: "m", columns: ["first", "models"], outputColumn: "both", inputMappings: { first: "generations" }, outputMappings: { both: "all" } }))
expectType<readonly string[]>(rowOf(merged).all)
expectError(rowOf(merged).generations)
const dropped = rows.to(perhaps).to(DropNulls({ name: "given", columns: ["value"], inputMappings: { value: "question" } }))
expectType<string>(rowOf(dropped).question)
expectError(rowOf(dropped).value)
expectType<string>(rowOf(rows.to(perhaps).to(DropNulls({ name: "given", columns: ["question"], outputMappings: { question: "asked" } }))).asked)
const overlaid = rows.branch([counted("c"), long("d")]).join(CombineOutputs({ name: "o", outputMappings: { text: "words" } }))
expectType<{ readonly words: string; readonly n: number; readonly instruction: string; readonly chars: number }>(rowOf(overlaid))

// A rubric's criteria say what its verdicts are.
const criteria = { faithful: { question: "Is it true?", labels: ["yes", "no"] }, clear: { question: "Is it clear?", scale: [1, 5] } } as const
const answered = rows.to(question).to(answer)
const asRubric = { name: "judge", llm, inputMappings: { instruction: "question", generation: "answer" } } as const
const rubric = rowOf(answered.to(RubricJudge({ ...asRubric, criteria })))
expectType<"yes" | "no">(rubric.verdicts.faithful)
expectType<number>(rubric.verdicts.clear)
expectType<string>(rubric.evidence.clear)
expectType<number>(rubric.agreement.faithful)
expectError(rubric.verdicts.kind)
expectError(rubric.hits)
const toned = rowOf(answered.to(RubricJudge({ ...asRubric, criteria: { tone: { question: "Which tone?", labels: ["warm", "cold"] } } })))
expectType<"warm" | "cold">(toned.verdicts.tone)
const people = from(LoadDataFromDicts({ name: "load", data: [{ instruction: "a", generation: "b", gold: { faithful: "yes", clear: 4 }, wrong: { clear: "4" } }] }))
expectType<boolean | null>(rowOf(people.to(RubricJudge({ name: "judge", llm, criteria, gold: true }))).hits.clear)
expectError(answered.to(RubricJudge({ ...asRubric, criteria, gold: true })))
expectError(people.to(RubricJudge({ name: "judge", llm, criteria, gold: true, inputMappings: { gold: "wrong" } })))
expectError(RubricJudge({ name: "judge", llm, criteria: { clear: { question: "Is it clear?" } } }))
expectError(RubricJudge({ name: "judge", llm, criteria: { clear: { question: "Is it clear?", scale: [1] } } }))
expectError(RubricJudge({ name: "judge", llm }))

// Two answers come as a list or as two columns.
const twoAnswers = from(LoadDataFromDicts({ name: "load", data: [{ instruction: "a", responses: ["b", "c"], b: "b", c: "c" }] }))
const compared = rowOf(twoAnswers.to(PairwiseJudge({ name: "judge", llm, both: true })))
expectType<"first" | "second" | "tie">(compared.winner)
expectType<boolean | null>(compared.flipped)
expectError(rows.to(PairwiseJudge({ name: "judge", llm })))
expectError(PairwiseJudge({ name: "judge", llm, both: "yes" }))
