/**
 * The programs whose type check is measured: generated text, so that ten steps and two hundred
 * differ in their number only.
 */

/**
 * A program in two parts: what is declared is compiled alone too, and what that costs is not
 * counted.
 */
export interface Fixture {
  readonly name: string
  /** What this program isolates: its first line. */
  readonly isolates: string
  readonly declares: string
  readonly wires: string
  /** For a wrong program: the right one it differs from in one place. */
  readonly twin?: string
}

/** Where generated programs import the library from: the public door. */
export const door = "distilabel-ts"

const numbers = (count: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, i) => i + 1)
const lines = (count: number, line: (i: number) => string): string =>
  numbers(count).map(line).join("\n")

const head = `import { Schema } from "effect"
import { CombineOutputs, from, GroupColumns, LoadDataFromDicts, Pipeline, run, sampleNSteps, step } from "${door}"
`

const stepText = (
  variable: string,
  name: string,
  reads: string,
  gives: string,
  value: string
): string =>
  `const ${variable} = step({ name: "${name}", inputs: { ${reads} }, outputs: { ${gives} }, process: (rows) => rows.map(() => (${value})) })`

const load = (columns: number): string =>
  `const load = LoadDataFromDicts({ name: "load", data: [{ ${['c0: ""', ...numbers(columns - 1).map((i) => `c${i}: ""`)].join(", ")} }] })`

const adding = (i: number, reads = `c${i - 1}: Schema.String`): string =>
  stepText(`s${i}`, `s${i}`, reads, `c${i}: Schema.String`, `{ c${i}: "" }`)

/** A wrong last step, by the mistake it makes, and how it is connected. */
const mistakes = {
  missing: {
    step: stepText("wrong", "wrong", "nowhere: Schema.String", "w: Schema.String", '{ w: "" }'),
    to: ".to(wrong)"
  },
  clash: {
    step: stepText("wrong", "wrong", "c0: Schema.Number", "w: Schema.String", '{ w: "" }'),
    to: ".to(wrong)"
  },
  taken: {
    step: stepText("wrong", "load", "c0: Schema.String", "w: Schema.String", '{ w: "" }'),
    to: ".to(wrong)"
  },
  typo: {
    step: stepText("wrong", "wrong", "text: Schema.String", "w: Schema.String", '{ w: "" }'),
    to: '.to(wrong, { input: { text: "c00" } })'
  }
}
const rightLast = stepText("right", "right", "c0: Schema.String", "w: Schema.String", '{ w: "" }')
const rightMapped = stepText(
  "right",
  "right",
  "text: Schema.String",
  "w: Schema.String",
  '{ w: "" }'
)

const wrongTwins = (
  twin: string,
  mappedTwin: string,
  declares: string,
  wires: string
): ReadonlyArray<Fixture> =>
  Object.entries(mistakes).map(([mistake, { step, to }]) => ({
    name: `${twin}-${mistake}`,
    isolates: `what one wrong step (${mistake}) at the end of ${twin} costs`,
    declares: `${declares}\n${step}`,
    wires: `${wires}${to}`,
    twin: mistake === "typo" ? mappedTwin : twin
  }))

const chain = (count: number): Fixture => ({
  name: `chain-${count}`,
  isolates: `a chain of ${count} steps, each of which reads the column of the one before and adds one`,
  declares: `${head}${load(1)}\n${lines(count, (i) => adding(i))}`,
  wires: `export const flow = from(load)\n${lines(count, (i) => `  .to(s${i})`)}`
})

const mappedChain = (count: number): Fixture => ({
  name: `mapped-${count}`,
  isolates: `a chain of ${count} steps, each connected with a mapping`,
  declares: `${head}${load(1)}\n${lines(count, (i) => adding(i, "text: Schema.String"))}`,
  wires: `export const flow = from(load)\n${lines(count, (i) => `  .to(s${i}, { input: { text: "c${i - 1}" } })`)}`
})

/** A step of one of six kinds, which reads the column before it and adds one, under other names. */
const mixedStep = (i: number): string => {
  const before = `c${i - 1}`
  const names = `name: "s${i}", llm`
  const mapped = (input: string, output: string): string =>
    `inputMappings: { ${input}: "${before}" }, outputMappings: { ${output}: "c${i}" }`
  switch (i % 6) {
    case 0:
      return `TextGeneration({ ${names}, ${mapped("instruction", "generation")} })`
    case 1:
      // A text generation may give null.
      return `MapRows({ name: "s${i}", inputs: { ${before}: Schema.NullOr(Schema.String) }, outputs: { c${i}: Schema.String }, map: () => ({ c${i}: "" }) })`
    case 2:
      return `task({ ${names}, inputs: { text: Schema.String }, outputs: { out: Schema.String }, ${mapped("text", "out")}, prompt: (row) => row.text, parse: () => ({ out: "" }) })`
    case 3:
      return `Summary({ ${names}, ${mapped("text", "summary")} })`
    case 4:
      return `Truncate({ name: "s${i}", ${mapped("text", "short")} })`
    default:
      return `step({ name: "s${i}", inputs: { text: Schema.String }, outputs: { out: Schema.String }, ${mapped("text", "out")}, process: (rows) => rows.map(() => ({ out: "" })) })`
  }
}

const mixedChain = (count: number): Fixture => ({
  name: `mixed-${count}`,
  isolates: `a chain of ${count} steps and tasks of all kinds, most of which map columns`,
  declares: `${head}import { defineStep, defineTask, MapRows, ScriptedLLM, task, TextGeneration } from "${door}"
const llm = ScriptedLLM({ answers: "x" })
const Summary = defineTask({ type: "Summary", about: "Sums up a text.", reads: { text: Schema.String }, adds: { summary: Schema.String }, options: {}, defaults: {}, prompt: ({ text }) => text, parse: () => ({ summary: "" }) })
const Truncate = defineStep({ type: "Truncate", about: "Cuts texts.", reads: { text: Schema.String }, adds: { short: Schema.String }, options: {}, defaults: {}, process: (rows) => rows.map(({ text }) => ({ short: text })) })
${load(1)}\n${lines(count, (i) => `const s${i} = ${mixedStep(i)}`)}`,
  wires: `export const flow = from(load)\n${lines(count, (i) => `  .to(s${i})`)}`
})

const overwritingChain = (count: number): Fixture => ({
  name: `overwriting-${count}`,
  isolates: `a chain of ${count} steps that all give the same two columns, as text generations do`,
  declares: `${head}${load(1)}\n${lines(count, (i) =>
    stepText(
      `s${i}`,
      `s${i}`,
      "c0: Schema.String",
      "generation: Schema.NullOr(Schema.String), model_name: Schema.String",
      '{ generation: "", model_name: "" }'
    )
  )}`,
  wires: `export const flow = from(load)\n${lines(count, (i) => `  .to(s${i})`)}`
})

const changingChain = (count: number): Fixture => ({
  name: `changing-${count}`,
  isolates: `a chain of ${count} steps that change the type of one column to and fro`,
  declares: `${head}${load(1)}\n${lines(count, (i) =>
    stepText(
      `s${i}`,
      `s${i}`,
      "",
      i % 2 === 0 ? "x: Schema.String" : "x: Schema.Number",
      i % 2 === 0 ? '{ x: "" }' : "{ x: 1 }"
    )
  )}`,
  wires: `export const flow = from(load)\n${lines(count, (i) => `  .to(s${i})`)}`
})

const withMistakes = (right: Fixture, isWide: boolean): ReadonlyArray<Fixture> => {
  const plain = {
    ...right,
    name: isWide ? right.name : `${right.name}-and-one`,
    declares: `${right.declares}\n${rightLast}`,
    wires: `${right.wires}.to(right)`
  }
  const mapped: Fixture = {
    name: `${right.name}-mapped`,
    isolates: `one step with a mapping after ${right.name}`,
    declares: `${right.declares}\n${rightMapped}`,
    wires: `${right.wires}.to(right, { input: { text: "c0" } })`
  }
  return [plain, mapped, ...wrongTwins(plain.name, mapped.name, right.declares, right.wires)]
}

const wide = (columns: number): ReadonlyArray<Fixture> =>
  withMistakes(
    {
      name: `wide-${columns}`,
      isolates: `one step after rows of ${columns} columns`,
      declares: `${head}${load(columns)}\nexport const rows = from(load)`,
      wires: "export const flow = rows"
    },
    true
  )

const brokenInTheMiddle: Fixture = {
  ...chain(100),
  name: "chain-100-broken-at-50",
  isolates: "whether one wrong step makes the fifty right ones after it dear",
  declares: `${head}${load(1)}\n${lines(100, (i) => (i === 50 ? adding(i, "nowhere: Schema.String") : adding(i)))}`,
  twin: "chain-100"
}

const arms = (count: number): ReadonlyArray<Fixture> => {
  const list = `[${numbers(count)
    .map((i) => `s${i}`)
    .join(", ")}]`
  const declared = `${head}${load(1)}\n${lines(count, (i) => stepText(`s${i}`, `s${i}`, "c0: Schema.String", "generation: Schema.String", '{ generation: "" }'))}
const group = GroupColumns({ name: "group", columns: ["generation"], outputColumns: ["generations"] })
const both = CombineOutputs({ name: "both" })
export const rows = from(load)`
  const lastArm = (text: string): string =>
    declared.replace(
      stepText(
        `s${count}`,
        `s${count}`,
        "c0: Schema.String",
        "generation: Schema.String",
        '{ generation: "" }'
      ),
      text
    )
  const fixture = (
    name: string,
    isolates: string,
    wires: string,
    declares = declared,
    twin?: string
  ): Fixture => ({
    name: `${name}-${count}`,
    isolates,
    declares,
    wires: `export const flow = rows${wires}`,
    ...(twin === undefined ? {} : { twin: `${twin}-${count}` })
  })
  return [
    fixture("branch", `${count} branches`, `.branch(${list})`),
    fixture("join-group", `${count} branches that are grouped`, `.branch(${list}).join(group)`),
    fixture(
      "join-combine",
      `${count} branches whose rows are laid over one another`,
      `.branch(${list}).join(both)`
    ),
    fixture(
      "route-batches",
      `${count} routed branches, joined`,
      `.route(sampleNSteps(2), ${list}).join(group)`
    ),
    fixture(
      "route-rows",
      `${count} branches routed by rows, joined`,
      `.route((row) => row.c0 === "" ? "s1" : ["s2"], ${list}).join(group)`
    ),
    fixture(
      "branch-missing",
      "a branch that lacks a column",
      `.branch(${list})`,
      lastArm(
        stepText(
          `s${count}`,
          `s${count}`,
          "nowhere: Schema.String",
          "generation: Schema.String",
          '{ generation: "" }'
        )
      ),
      "branch"
    ),
    fixture(
      "branch-twice",
      "two branches of one name",
      `.branch(${list})`,
      lastArm(
        stepText(
          `s${count}`,
          "s1",
          "c0: Schema.String",
          "generation: Schema.String",
          '{ generation: "" }'
        )
      ),
      "branch"
    ),
    fixture(
      "join-disagreeing",
      "branches that disagree on a column",
      `.branch(${list}).join(both)`,
      lastArm(
        stepText(
          `s${count}`,
          `s${count}`,
          "c0: Schema.String",
          "generation: Schema.Number",
          "{ generation: 1 }"
        )
      ),
      "join-combine"
    ),
    fixture(
      "route-unknown",
      "a row routing to a branch that is not there",
      `.route((row) => row.c0 === "" ? "s1" : "s0", ${list}).join(group)`,
      declared,
      "route-rows"
    )
  ]
}

const parameters = (count: number): ReadonlyArray<Fixture> => {
  const { declares, wires } = chain(count)
  const declared = `${declares}\n${wires}\nexport const pipeline = Pipeline("p", {}, flow)`
  const set = (last: string): string =>
    `export const ran = run(pipeline, { parameters: { ${[...numbers(count - 1).map((i) => `s${i}: { inputBatchSize: ${i} }`), last].join(", ")} } })`
  return [
    {
      name: `run-${count}`,
      isolates: `parameters for each of ${count} steps`,
      declares: declared,
      wires: set(`s${count}: { inputBatchSize: 1 }`)
    },
    {
      name: `run-${count}-unknown-step`,
      isolates: "a step name that no step has",
      declares: declared,
      wires: set("s0: { inputBatchSize: 1 }"),
      twin: `run-${count}`
    },
    {
      name: `run-${count}-unknown-parameter`,
      isolates: "a parameter that the step does not have",
      declares: declared,
      wires: set(`s${count}: { batchSise: 1 }`),
      twin: `run-${count}`
    }
  ]
}

const [chain10, chain50, chain100, chain200] = [10, 50, 100, 200].map(chain) as [
  Fixture,
  Fixture,
  Fixture,
  Fixture
]

export const fixtures: ReadonlyArray<Fixture> = [
  chain10,
  chain50,
  chain100,
  chain200,
  brokenInTheMiddle,
  ...withMistakes(chain100, false),
  ...[10, 50, 100, 200].map(mappedChain),
  ...[10, 100].map(mixedChain),
  ...[10, 50, 100, 200].map(overwritingChain),
  ...[10, 50].map(changingChain),
  ...[10, 100, 500].flatMap(wide),
  ...[2, 5, 10].flatMap(arms),
  ...[10, 100].flatMap(parameters)
]
