import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import {
  CombineColumns,
  CombineOutputs,
  defineTask,
  ExpandColumns,
  FilterRows,
  from,
  generatorStep,
  GraphBuilder,
  InvalidPipeline,
  join,
  joinStep,
  KeepColumns,
  LoadDataFromDicts,
  oneOf,
  open,
  Pipeline,
  sampleNSteps,
  ScriptedLLM,
  step,
  TextGeneration,
  zip
} from "../../src/index.ts"
import { withParameters } from "../../src/pipeline/parameters.ts"
import type { Problem } from "../../src/pipeline/problems.ts"
import * as says from "../../src/pipeline/sentences.ts"

const load = () =>
  LoadDataFromDicts({ name: "load", data: [{ prompt: "a", meta: 1, tags: ["x"] }] })
const words = () =>
  step({
    name: "words",
    inputs: { prompt: Schema.String },
    outputs: { count: Schema.Number },
    process: (rows) => rows.map(() => ({ count: 1 }))
  })
const letters = () =>
  step({
    name: "letters",
    inputs: { prompt: Schema.String },
    outputs: { count: Schema.String },
    process: (rows) => rows.map(() => ({ count: "1" }))
  })
const gen = () => TextGeneration({ name: "gen", llm: ScriptedLLM({ answers: "x" }) })
const Grades = defineTask({
  type: "Grades",
  about: "Grades a prompt.",
  reads: { prompt: Schema.String },
  adds: { grade: Schema.Number },
  options: {},
  defaults: {},
  prompt: ({ prompt }) => prompt,
  parse: (answer) => ({ grade: Number(answer) })
})
const graded = () => Grades({ name: "graded", llm: ScriptedLLM({ answers: "x" }), nulls: "keep" })

// What JavaScript, or a cast, can still write.
interface Loose {
  readonly to: (...args: ReadonlyArray<unknown>) => Loose
  readonly branch: (steps: unknown) => Loose
  readonly route: (by: unknown, steps: unknown) => Loose
  readonly join: (step: unknown) => Loose
  readonly flows: ReadonlyArray<Loose>
}
const start = (generator: unknown = load()): Loose => from(generator as never) as unknown as Loose
const closed = (...flows: ReadonlyArray<Loose>): unknown => Pipeline("p", {}, flows as never)
const joined = (flows: ReadonlyArray<Loose>, step: unknown): Loose =>
  join(flows as never, step as never) as unknown as Loose

const problemsOf = (build: () => unknown): ReadonlyArray<Problem> => {
  try {
    build()
  } catch (thrown) {
    if (thrown instanceof InvalidPipeline) return thrown.all
    throw thrown
  }
  return []
}

/** Each mistake as a flow that got past the compiler, the tag of its problem, and its sentence. */
const mistakes: ReadonlyArray<
  readonly [what: string, build: () => unknown, tag: string, sentence: string]
> = [
  [
    "a missing column",
    () => closed(start().to(gen())),
    "MissingColumn",
    says.missingColumn("gen", "instruction")
  ],
  [
    "a column of another type",
    () =>
      closed(
        start().to(
          step({ name: "sum", inputs: { prompt: Schema.Number }, process: (rows) => rows })
        )
      ),
    "WrongType",
    says.wrongType("sum", "prompt")
  ],
  [
    "a column that a task may leave null",
    () =>
      closed(
        start()
          .to(graded())
          .to(step({ name: "sum", inputs: { grade: Schema.Number }, process: (rows) => rows }))
      ),
    "WrongType",
    says.wrongType("sum", "grade")
  ],
  [
    "a mapping from a column that is not there",
    () => closed(start().to(gen(), { input: { instruction: "promt" } })),
    "MissingColumn",
    `${says.missingColumn("gen", "promt")}. Columns here: prompt, meta, tags. Did you mean 'prompt'?`
  ],
  [
    "a mapping from a column of another type",
    () => closed(start().to(gen(), { input: { instruction: "meta" } })),
    "WrongType",
    says.wrongType("gen", "meta")
  ],
  [
    "a mapping of an input that the step does not have",
    () => closed(start().to(words(), { input: { promt: "prompt" } })),
    "UnknownMapping",
    `${says.unknownMapping("words", "promt")}. Did you mean 'prompt'?`
  ],
  [
    "two steps of one name",
    () => closed(start().to(words()).to(words())),
    "TakenName",
    says.takenName("words")
  ],
  [
    "two branches of one name",
    () =>
      closed(...start().branch([words(), FilterRows({ name: "words", where: () => true })]).flows),
    "TakenName",
    says.takenName("words")
  ],
  [
    "no name",
    () => closed(start().to(FilterRows({ name: "", where: () => true }))),
    "BadName",
    "Step name '' has characters that a name may not have"
  ],
  [
    "a name that a document could not hold",
    () => closed(start().to(FilterRows({ name: "a b/c", where: () => true }))),
    "BadName",
    "Step name 'a b/c' has characters that a name may not have"
  ],
  [
    "a root that makes no rows",
    () => closed(start(words())),
    "NotAGenerator",
    says.notAGenerator("words")
  ],
  [
    "a generator after a step",
    () => closed(start().to(LoadDataFromDicts({ name: "other", data: [{ a: 1 }] }))),
    "GeneratorAfterStep",
    says.generatorAfterStep("other")
  ],
  [
    "a routing that no list follows",
    () => closed(...start().route(sampleNSteps(1), words()).flows),
    "RoutingNeedsList",
    says.routingNeedsList()
  ],
  [
    "a routed step that leads nowhere",
    () => closed(start().route(sampleNSteps(1), [words(), letters()]).flows[0]!),
    "UnknownArm",
    says.notInPipeline("letters")
  ],
  [
    "branches that disagree",
    () =>
      closed(
        start()
          .branch([words(), letters()])
          .join(CombineOutputs({ name: "both" }))
      ),
    "BranchesDisagree",
    says.branchesDisagree("both", "count")
  ],
  [
    "a join without a common source",
    () =>
      closed(
        joined(
          [start(), start(LoadDataFromDicts({ name: "other", data: [{ prompt: "a" }] }))],
          CombineOutputs({ name: "both" })
        )
      ),
    "NoCommonSource",
    says.noCommonSource("both")
  ],
  [
    "branches that meet in a step that cannot join",
    () => closed(start().branch([words()]).join(letters())),
    "NotAJoinStep",
    says.notAJoinStep("letters")
  ],
  [
    "none of several sets of columns",
    () =>
      closed(
        start().to(
          step({
            name: "either",
            inputs: oneOf({ a: Schema.String }, { b: Schema.String }),
            process: (rows) => rows
          })
        )
      ),
    "NeedsOneOf",
    says.needsOneOf("either")
  ],
  [
    "a column that KeepColumns dropped",
    () =>
      closed(
        start()
          .to(KeepColumns({ name: "keep", columns: ["meta"] }))
          .to(words())
      ),
    "MissingColumn",
    says.missingColumn("words", "prompt")
  ],
  [
    "an unknown column to keep",
    () => closed(start().to(KeepColumns({ name: "keep", columns: ["promt"] }))),
    "MissingColumn",
    says.missingColumn("keep", "promt")
  ],
  [
    "an unknown column to group",
    () =>
      closed(
        start()
          .branch([words()])
          .join(CombineColumns({ name: "group", columns: ["cuont"] }))
      ),
    "MissingColumn",
    says.missingColumn("group", "cuont")
  ],
  [
    "a column to expand that is no list",
    () => closed(start().to(ExpandColumns({ name: "expand", columns: ["meta"] }))),
    "WrongType",
    says.wrongType("expand", "meta")
  ],
  [
    "a hole of a template without a column",
    () =>
      closed(
        start().to(
          TextGeneration({
            name: "poem",
            llm: ScriptedLLM({ answers: "x" }),
            template: "{{ topic | upper }}"
          })
        )
      ),
    "MissingColumn",
    says.missingColumn("poem", "topic")
  ],
  [
    "a batch size that does not divide the routed one",
    () =>
      closed(
        ...start(LoadDataFromDicts({ name: "load", data: [{ prompt: "a" }], batchSize: 4 })).route(
          sampleNSteps(1),
          [
            step({ name: "three", inputBatchSize: 3, process: (rows) => rows }),
            step({ name: "eight", inputBatchSize: 8, process: (rows) => rows })
          ]
        ).flows
      ),
    "BatchSizesDisagree",
    says.batchSizesDisagree("three", "load")
  ]
]

describe("what the compiler refuses, run time refuses in the same words", () => {
  it.each(mistakes)("%s", (_, build, tag, sentence) => {
    const problem = problemsOf(build).find((each) => each.message.startsWith(sentence))
    expect(problem?.message ?? problemsOf(build).map(({ message }) => message)).toContain(sentence)
    expect(problem?._tag).toBe(tag)
  })
})

it("all problems of a pipeline are told at once, numbered, before anything is loaded", () => {
  const build = () =>
    closed(
      start()
        .to(gen())
        .to(step({ name: "sum", inputs: { meta: Schema.String }, process: (rows) => rows }))
    )
  expect(problemsOf(build)).toHaveLength(2)
  expect(build).toThrow(
    /^Pipeline 'p' cannot run, for 2 reasons:\n {2}1\. Step 'gen' needs column 'instruction'[^]*\n {2}2\. Step 'sum' cannot read column 'meta'/
  )
})

describe("a graph built by names", () => {
  it("gets the same sentences", () => {
    const problems = new GraphBuilder("b").add(load()).add(gen()).connect("load", "gen").check()
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining(says.missingColumn("gen", "instruction"))
    ])
  })

  it("tells steps that are not there, with the ones that are", () => {
    const problems = new GraphBuilder("b")
      .add(load())
      .add(words())
      .connect("laod", "words")
      .connect("load", "wrods")
      .check()
    expect(problems.map(({ message }) => message)).toEqual([
      `${says.unknownStep("wrods")}. Did you mean 'words'? Its steps: load, words.`,
      `${says.unknownStep("laod")}. Did you mean 'load'? Its steps: load, words.`
    ])
  })

  it("tells a cycle by its path, and nothing that only follows from it", () => {
    const pass = (name: string) => joinStep({ name, process: (arms) => arms.flat() })
    const problems = new GraphBuilder("b")
      .add(load())
      .add(pass("a"))
      .add(pass("b"))
      .connect("load", "a")
      .connect("a", "b")
      .connect("b", "a")
      .check()
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining(`${says.inACycle("a")}: a → b → a`)
    ])
  })

  it("tells an orphan", () => {
    expect(
      new GraphBuilder("b")
        .add(load())
        .add(words())
        .check()
        .map(({ _tag }) => _tag)
    ).toContain("NotAGenerator")
  })
})

describe("parameters", () => {
  const graph = () => {
    const source = generatorStep({
      name: "source",
      outputs: { instruction: Schema.String },
      parameters: { count: Schema.Number },
      process: () => []
    })
    return Pipeline("p", {}, from(source).to(gen())).graph
  }

  it("that are missing, unknown or of another type are told by step and path", () => {
    const { problems } = withParameters(graph(), {
      sourc: {},
      gen: { llm: { generationKwargs: { temprature: 1 } }, numGenerations: 0, nonsense: true }
    })
    const sentences = [
      says.unknownStep("sourc"),
      says.missingParameter("source", "count"),
      says.unknownParameter("gen", "llm.generationKwargs.temprature"),
      says.wrongParameter("gen", "numGenerations"),
      says.unknownParameter("gen", "nonsense")
    ]
    for (const sentence of sentences)
      expect(problems.map(({ message }) => message).join("\n")).toContain(sentence)
    expect(problems).toHaveLength(sentences.length)
  })

  it("set where the step was made need not be set again", () => {
    expect(withParameters(graph(), { source: { count: 3 } }).problems).toEqual([])
  })
})

it("a step whose name is empty has no name, and nothing goes round in circles", () => {
  const problems = new GraphBuilder("empty")
    .add(LoadDataFromDicts({ name: "", data: [{ a: 1 }] }))
    .add(KeepColumns({ name: "keep", columns: ["a"] }))
    .connect("", "keep")
    .check()
  expect(problems.map(({ _tag }) => _tag)).toEqual(["BadName"])
})

describe("what is right", () => {
  it("passes: joins of all kinds, open rows, optional columns, mappings", () => {
    const source = from(load())
    const other = LoadDataFromDicts({ name: "other", data: [{ lang: "en" }] })
    const anything = from(generatorStep({ name: "anything", outputs: open(), process: () => [] }))
    expect(
      problemsOf(() => [
        Pipeline(
          "a",
          {},
          source.branch([words(), gen2()]).join(CombineColumns({ name: "c", columns: ["prompt"] }))
        ),
        Pipeline("b", {}, zip([source, from(other)], CombineOutputs({ name: "z" }))),
        Pipeline("c", {}, anything.to(gen())),
        Pipeline("d", {}, source.to(gen(), { input: { instruction: "prompt" } }))
      ])
    ).toEqual([])
  })
  const gen2 = () =>
    step({
      name: "gen2",
      outputs: { extra: Schema.String },
      process: (rows) => rows.map(() => ({ extra: "" }))
    })
})

it("branches that are taken for a flow say what to write", () => {
  const branches = start().branch([words(), letters()]) as unknown as {
    readonly to: (step: unknown) => unknown
  }
  expect(() => branches.to(words())).toThrow(says.branchesGoOn())
  expect(() => Pipeline("apart", {}, branches as never)).toThrow(says.branchesEndApart())
})
