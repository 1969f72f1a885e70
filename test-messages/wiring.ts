/** Wrong wiring: each line is a mistake that a user makes, with what the editor says below it. */
import { Schema } from "effect"
import {
  CombineColumns,
  CombineOutputs,
  ExpandColumns,
  FilterRows,
  defineTask,
  from,
  generatorStep,
  join,
  joinStep,
  KeepColumns,
  LoadDataFromDicts,
  Pipeline,
  MergeColumns,
  oneOf,
  open,
  part,
  RenameColumns,
  routingBatchFunction,
  sampleNSteps,
  ScriptedLLM,
  step,
  task,
  TextGeneration,
  UltraFeedback,
  zip
} from "../src/index.ts"

const llm = ScriptedLLM({ answers: "x" })
const load = LoadDataFromDicts({ name: "load", data: [{ prompt: "a", completion: "b", meta: 1, tags: ["x"] }] })
const rows = from(load)
const gen = TextGeneration({ name: "gen", llm })
const keeping = TextGeneration({ name: "keeping", llm, nulls: "keep" })
const Grades = defineTask({ type: "Grades", about: "Grades.", reads: { prompt: Schema.String }, adds: { grade: Schema.Number }, options: {}, defaults: {}, prompt: () => "", parse: () => ({ grade: 1 }) })
const graded = Grades({ name: "graded", llm, nulls: "keep" })
const generated = rows.to(gen, { input: { instruction: "prompt" } })
const words = step({ name: "words", inputs: { prompt: Schema.String }, outputs: { count: Schema.Number }, process: (rows) => rows.map(() => ({ count: 1 })) })
const letters = step({ name: "letters", inputs: { prompt: Schema.String }, outputs: { count: Schema.String }, process: (rows) => rows.map(() => ({ count: "1" })) })
const other = LoadDataFromDicts({ name: "other", data: [{ prompt: "a" }] })
const anyColumns = from(generatorStep({ name: "any_columns", outputs: open({ id: Schema.Number }), process: () => [] }))

// A column is missing, or has another type.
rows.to(gen)
//~ at: gen
//~ Step 'gen' needs column 'instruction', which no earlier step gives
//~ { readonly choose: "completion" | "meta" | "prompt" | "tags"; }
rows.to(step({ name: "sum", inputs: { prompt: Schema.Number }, process: (rows) => rows }))
//~ at: step
//~ Step 'sum' cannot read column 'prompt': wrong type
//~ { readonly wants: number; readonly gets: string; }
rows.to(keeping, { input: { instruction: "prompt" } }).to(step({ name: "length", inputs: { generation: Schema.String }, process: (rows) => rows }))
//~ at: step
//~ Step 'length' cannot read column 'generation': wrong type
//~ { readonly wants: string; readonly gets: string | null; }
rows.to(graded).to(step({ name: "sum", inputs: { grade: Schema.Number }, process: (rows) => rows }))
//~ at: step
//~ Step 'sum' cannot read column 'grade': wrong type
//~ { readonly wants: number; readonly gets: number | null; }
rows.to(step({ name: "two", inputs: { a: Schema.String, b: Schema.String }, process: (rows) => rows }))
//~ at: step
//~ Step 'two' needs column 'a', which no earlier step gives
//~ { readonly choose: "completion" | "meta" | "prompt" | "tags"; }
//~ Step 'two' needs column 'b', which no earlier step gives
//~ { readonly choose: "completion" | "meta" | "prompt" | "tags"; }
rows.to(step({ name: "either", inputs: oneOf({ a: Schema.String }, { b: Schema.String }), process: (rows) => rows }))
//~ at: step
//~ Step 'either' needs one of several sets of columns, and no earlier step gives one
//~ { readonly oneOf: "a" | "b"; readonly choose: "completion" | "meta" | "prompt" | "tags"; }
anyColumns.to(step({ name: "text_id", inputs: { id: Schema.String }, process: (rows) => rows }))
//~ at: step
//~ Step 'text_id' cannot read column 'id': wrong type
//~ { readonly wants: string; readonly gets: number; }
rows.to(KeepColumns({ name: "keep", columns: ["meta"] })).to(words)
//~ at: words
//~ Step 'words' needs column 'prompt', which no earlier step gives
//~ { readonly choose: "meta"; }
rows.to(RenameColumns({ name: "rename", columns: { prompt: "instruction" } })).to(words)
//~ at: words
//~ Step 'words' needs column 'prompt', which no earlier step gives
//~ { readonly choose: "completion" | "instruction" | "meta" | "tags"; }
rows.to(TextGeneration({ name: "poem", llm, template: "Write about {{ topic }} in {{ completion | upper }}." }))
//~ at: TextGeneration
//~ Step 'poem' needs column 'topic', which no earlier step gives
//~ { readonly choose: "completion" | "meta" | "prompt" | "tags"; }
rows.to(TextGeneration({ name: "list", llm, template: "{% for tag in tagz %}{{ tag }}{% endfor %}" }))
//~ at: TextGeneration
//~ Step 'list' needs column 'tagz', which no earlier step gives
//~ { readonly choose: "completion" | "meta" | "prompt" | "tags"; }
rows.to(UltraFeedback({ name: "judge", llm }))
//~ at: UltraFeedback
//~ Step 'judge' needs column 'generations', which no earlier step gives
//~ { readonly choose: "completion" | "meta" | "prompt" | "tags"; }
//~ Step 'judge' needs column 'instruction', which no earlier step gives
//~ { readonly choose: "completion" | "meta" | "prompt" | "tags"; }
rows.to(task({ name: "rate", llm, inputs: { text: Schema.String }, outputs: { rating: Schema.Number }, prompt: (row) => row.text, parse: () => ({ rating: 1 }) }))
//~ at: task
//~ Step 'rate' needs column 'text', which no earlier step gives
//~ { readonly choose: "completion" | "meta" | "prompt" | "tags"; }

// Mappings, where a step is connected and where it is made.
rows.to(gen, { input: { instruction: "promt" } })
//~ at: instruction
//~ Type '"promt"' is not assignable to type '"completion" | "prompt"'. Did you mean '"prompt"'?
rows.to(gen, { input: { instruction: "meta" } })
//~ at: instruction
//~ Type '"meta"' is not assignable to type '"completion" | "prompt"'.
rows.to(gen, { input: { instructon: "prompt" } })
//~ at: instructon
//~ Object literal may only specify known properties, but 'instructon' does not exist in type '{ readonly instruction?: "completion" | "prompt"; readonly system_prompt?: "completion" | "prompt"; } & Names<InstructionRow>'. Did you mean to write 'instruction'?
TextGeneration({ name: "mapped", llm, inputMappings: { instructon: "prompt" } })
//~ at: instructon
//~ Object literal may only specify known properties, but 'instructon' does not exist in type 'Names<InstructionRow>'. Did you mean to write 'instruction'?
TextGeneration({ name: "mapped", llm, outputMappings: { generatoin: "answer" } })
//~ at: generatoin
//~ Object literal may only specify known properties, but 'generatoin' does not exist in type 'Names<Generation<string> & { readonly model_name: string; readonly distilabel_metadata: Metadata; }>'. Did you mean to write 'generation'?
rows.to(TextGeneration({ name: "mapped", llm, inputMappings: { instruction: "promt" } }))
//~ at: TextGeneration
//~ Step 'mapped' needs column 'promt', which no earlier step gives
//~ { readonly choose: "completion" | "meta" | "prompt" | "tags"; }
rows.to(TextGeneration({ name: "mapped", llm, inputMappings: { instruction: "meta" } }))
//~ at: TextGeneration
//~ Step 'mapped' cannot read column 'meta': wrong type
//~ { readonly wants: string; readonly gets: number; }
LoadDataFromDicts({ name: "mapped", data: [{ prompt: "a" }], outputMappings: { promt: "instruction" } })
//~ at: promt
//~ Object literal may only specify known properties, but 'promt' does not exist in type 'Names<{ readonly prompt: string; }>'. Did you mean to write 'prompt'?
rows.to(TextGeneration({ name: "mapped", llm, inputMappings: { instruction: "prompt" }, outputMappings: { generation: "answer" } })).to(step({ name: "after", inputs: { generation: Schema.Unknown }, process: (rows) => rows }))
//~ at: step
//~ Step 'after' needs column 'generation', which no earlier step gives
//~ { readonly choose: "answer" | "completion" | "distilabel_metadata" | "meta" | "model_name" | "prompt" | "tags"; }

// Names.
generated.to(gen, { input: { instruction: "prompt" } })
//~ at: gen
//~ Step name 'gen' is taken in this pipeline
//~ { readonly taken: "gen" | "load"; }
rows.branch([words, step({ name: "load", inputs: {}, process: (rows) => rows })])
//~ at: step
//~ Step name 'load' is taken in this pipeline
//~ { readonly taken: "load"; }
rows.to(words).to(FilterRows({ name: "words", where: () => true }))
//~ at: FilterRows
//~ Step name 'words' is taken in this pipeline
//~ { readonly taken: "load" | "words"; }
rows.branch([words, FilterRows({ name: "words", where: () => true })])
//~ at: words
//~ Step name 'words' is taken in this pipeline
//~ { readonly taken: "words"; }
//~ at: FilterRows
//~ Step name 'words' is taken in this pipeline
//~ { readonly taken: "words"; }
rows.route(sampleNSteps(1), [words, letters, step({ name: "letters", process: (rows) => rows })])
//~ at: letters
//~ Step name 'letters' is taken in this pipeline
//~ { readonly taken: "letters" | "words"; }
//~ at: step
//~ Step name 'letters' is taken in this pipeline
//~ { readonly taken: "letters" | "words"; }

// Generators stand first, and only they do.
from(gen)
//~ at: gen
//~ Step 'gen' cannot start a pipeline: it makes no rows
//~ { readonly start: "a generator, such as LoadDataFromDicts"; }
rows.to(other)
//~ at: other
//~ Step 'other' is a generator: it starts a pipeline and takes no rows
//~ { readonly start: "from(…)"; }
rows.branch([words, other])
//~ at: other
//~ Step 'other' is a generator: it starts a pipeline and takes no rows
//~ { readonly start: "from(…)"; }

// Routing.
rows.route(sampleNSteps(1), words)
//~ at: words
//~ A routing function is followed by a list of steps
//~ { readonly write: ".route(by, [a, b])"; }
rows.route((row) => row.meta > 1 ? "words" : "leters", [words, letters])
//~ at: (
//~ Argument of type '(row: { readonly prompt: string; readonly completion: string; readonly meta: number; readonly tags: string[]; }) => "leters" | "words"' is not assignable to parameter of type 'BatchRouting | RowRouting<{ readonly prompt: string; readonly completion: string; readonly meta: number; readonly tags: string[]; }, "letters" | "words">'.
rows.route((row) => row.metta > 1 ? "words" : "letters", [words, letters])
//~ at: metta
//~ Property 'metta' does not exist on type '{ readonly prompt: string; readonly completion: string; readonly meta: number; readonly tags: string[]; }'. Did you mean 'meta'?
rows.route(routingBatchFunction((steps) => steps), [words, gen])
//~ at: gen
//~ Step 'gen' needs column 'instruction', which no earlier step gives
//~ { readonly choose: "completion" | "meta" | "prompt" | "tags"; }
sampleNSteps("2")
//~ at: "
//~ Argument of type 'string' is not assignable to parameter of type 'number'.

// Joins.
rows.branch([words, letters]).join(CombineColumns({ name: "both", columns: ["count"] }))
//~ at: CombineColumns
//~ Branches before 'both' give column 'count' different types
//~ { readonly letters: string; readonly words: number; }
rows.branch([words]).join(letters)
//~ at: letters
//~ Step 'letters' cannot join branches: it takes the rows of one step
//~ { readonly joins: "CombineColumns, CombineOutputs, joinStep"; }
rows.branch([words]).join(CombineColumns({ name: "both", columns: ["cuont"] }))
//~ at: CombineColumns
//~ Step 'both' needs column 'cuont', which no earlier step gives
//~ { readonly choose: "completion" | "count" | "meta" | "prompt" | "tags"; }
join([rows.to(words), rows.to(letters)], CombineOutputs({ name: "both" }))
//~ at: CombineOutputs
//~ Branches before 'both' give column 'count' different types
//~ { readonly letters: string; readonly words: number; }
join([from(load), from(other)], CombineOutputs({ name: "both" }))
//~ at: CombineOutputs
//~ Step 'both' joins flows without a common source: pair them by position with zip
//~ { readonly write: "zip([a, b], step)"; }
join([rows.to(words), rows.to(gen, { input: { instruction: "prompt" } })], joinStep({ name: "counted", inputs: { count: Schema.Number }, process: () => [] }))
//~ at: joinStep
//~ Step 'counted' needs column 'count', which no earlier step gives
//~ { readonly choose: "completion" | "count" | "distilabel_metadata" | "generation" | "meta" | "model_name" | "prompt" | "tags"; }
zip([rows, from(other)], words)
//~ at: words
//~ Step 'words' cannot join branches: it takes the rows of one step
//~ { readonly joins: "CombineColumns, CombineOutputs, joinStep"; }
zip([rows, from(other)], joinStep({ name: "pairs", inputs: { answer: Schema.String }, process: () => [] }))
//~ at: joinStep
//~ Step 'pairs' needs column 'answer', which no earlier step gives
//~ { readonly choose: "completion" | "meta" | "prompt" | "tags"; }

// Steps whose options name columns.
rows.to(KeepColumns({ name: "keep", columns: ["promt", "meta"] }))
//~ at: KeepColumns
//~ Step 'keep' needs column 'promt', which no earlier step gives
//~ { readonly choose: "completion" | "meta" | "prompt" | "tags"; }
rows.to(CombineColumns({ name: "group", columns: ["generatoin"] }))
//~ at: CombineColumns
//~ Step 'group' needs column 'generatoin', which no earlier step gives
//~ { readonly choose: "completion" | "meta" | "prompt" | "tags"; }
CombineColumns({ name: "group", columns: ["a", "b"], outputColumns: ["only_one"] })
//~ at: outputColumns
//~ Type '[string]' is not assignable to type 'readonly [] | readonly [string, string]'.
rows.to(ExpandColumns({ name: "expand", columns: ["tagz"] }))
//~ at: ExpandColumns
//~ Step 'expand' needs column 'tagz', which no earlier step gives
//~ { readonly choose: "completion" | "meta" | "prompt" | "tags"; }
rows.to(ExpandColumns({ name: "expand", columns: { meta: "each" } }))
//~ at: ExpandColumns
//~ Step 'expand' cannot read column 'meta': wrong type
//~ { readonly wants: readonly unknown[] | null; readonly gets: number; }
ExpandColumns({ name: "expand", columns: ["tags"], encoded: ["tagz"] })
//~ at: "
//~ Type '"tagz"' is not assignable to type '"tags"'.
rows.to(MergeColumns({ name: "merge", columns: ["tags", "notes"] }))
//~ at: MergeColumns
//~ Step 'merge' needs column 'notes', which no earlier step gives
//~ { readonly choose: "completion" | "meta" | "prompt" | "tags"; }
rows.to(RenameColumns({ name: "rename", columns: { promt: "instruction" } }))
//~ at: RenameColumns
//~ Step 'rename' needs column 'promt', which no earlier step gives
//~ { readonly choose: "completion" | "meta" | "prompt" | "tags"; }
rows.to(FilterRows({ name: "filter", inputs: { score: Schema.Number }, where: (row) => row.score > 1 }))
//~ at: FilterRows
//~ Step 'filter' needs column 'score', which no earlier step gives
//~ { readonly choose: "completion" | "meta" | "prompt" | "tags"; }
FilterRows({ name: "filter", inputs: { score: Schema.Number }, where: (row) => row.scor > 1 })
//~ at: scor
//~ Property 'scor' does not exist on type '{ readonly score: number; }'. Did you mean 'score'?
step({ name: "bad", inputs: { a: Schema.String }, outputs: { b: Schema.Number }, process: (rows) => rows.map((row) => ({ b: row.a })) })
//~ at: rows
//~ Type '{ b: string; }[]' is not assignable to type 'Produced<{ readonly b: number; }, never>'.
UltraFeedback({ name: "judge", llm, aspect: "honestly" })
//~ at: aspect
//~ Type '"honestly"' is not assignable to type '"helpfulness" | "honesty" | "instruction-following" | "overall-rating" | "truthfulness"'. Did you mean '"honesty"'?

// A part of a pipeline, and a flow that it does not fit.
const clean = part({ instruction: Schema.String }, (flow) => flow.to(gen))
clean(rows)
//~ This part needs column 'instruction', which no earlier step gives
clean(from(LoadDataFromDicts({ name: "numbers", data: [{ instruction: 1 }] })))
//~ This part cannot read column 'instruction': wrong type

// Lists of steps, and branches that are not brought together.
rows.to([words, letters])
//~ at: [
//~ One step is connected with .to(step), several with .branch([a, b])
rows.branch(words)
//~ at: words
//~ One step is connected with .to(step), several with .branch([a, b])
rows.branch([words, letters]).to(gen)
//~ at: gen
//~ Branches are joined, .join(step), or go on one by one: const [a, b] = branches.flows
Pipeline("apart", {}, rows.branch([words, letters]))
//~ at: rows
//~ Branches are joined, .join(step), or each is a leaf: Pipeline(name, {}, branches.flows)
step({ name: "bad", inputs: { a: Schema.String }, outputs: { b: Schema.Number }, process: (rows) => rows.map((row) => ({ b: row.a })) })
//~ at: rows
//~ Types of property 'b' are incompatible.
