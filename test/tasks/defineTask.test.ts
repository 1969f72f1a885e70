import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { identify } from "../../src/engine/identity/identify.ts"
import {
  catalogWith,
  defineTask,
  defineTaskByCase,
  from,
  fromYamlPromise,
  type InvalidDocument,
  LoadDataFromDicts,
  Pipeline,
  run,
  runPromise,
  runStepPromise,
  ScriptedLLM,
  toYamlPromise
} from "../../src/index.ts"
import type { OptionFields } from "../../src/step/options.ts"

const quiet = { progress: "none" } as const

const Scores = defineTask({
  type: "Scores",
  about: "Scores several answers to one instruction.",
  cites: "@misc{scores}",
  reads: { instruction: Schema.String, answers: Schema.Array(Schema.String) },
  adds: { scores: Schema.Array(Schema.Number) },
  options: { scaleEnd: Schema.optionalKey(Schema.Int), tone: Schema.String },
  defaults: { scaleEnd: 5 },
  parameters: ["tone"],
  prompt: ({ answers, instruction }, { scaleEnd, tone }) =>
    `${instruction} ${tone} 1-${scaleEnd.toFixed()}: ${answers.join(", ")}`,
  parse: (answer, { answers }) => ({
    scores: answers.map((_, i) => Number((answer ?? "").split("\n")[i]))
  })
})

const Verdict = defineTaskByCase({
  type: "Verdict",
  about: "Says whether a text is good, with or without a reason.",
  reads: { text: Schema.String },
  adds: {
    by: "detail",
    of: {
      short: { good: Schema.Boolean },
      long: { good: Schema.Boolean, reason: Schema.String }
    }
  },
  options: { detail: Schema.optionalKey(Schema.Literals(["short", "long"])) },
  defaults: { detail: "short" },
  prompt: ({ text }, { detail }) => `${detail}: ${text}`,
  parse: (answer, _, { detail }) =>
    detail === "long"
      ? { good: answer === "yes", reason: answer ?? "" }
      : { good: answer === "yes" }
})

const rows = [{ instruction: "Add.", answers: ["2", "3"] }]
const llm = ScriptedLLM({ answers: "4\n1" })
const flow = () => from(LoadDataFromDicts({ name: "load", data: rows }))

describe("a task that is defined once", () => {
  it("asks what its prompt says, with defaults, and gives the columns that it reads", async () => {
    const { errors, rows: out } = await runStepPromise(
      Scores({ name: "s", llm, tone: "kindly" }),
      rows
    )
    expect(errors).toEqual([])
    expect(out[0]!.scores).toEqual([4, 1])
    expect(out[0]!.distilabel_metadata).toMatchObject({
      raw_input_s: [{ role: "user", content: "Add. kindly 1-5: 2, 3" }]
    })
  })

  it("takes from run the options that it lists, and those of all tasks", async () => {
    const { rows: out } = await runStepPromise(Scores({ name: "s", llm, tone: "kindly" }), rows, {
      parameters: { tone: "sternly", numGenerations: 2 }
    })
    expect(out).toHaveLength(2)
    expect(out[0]!.distilabel_metadata).toMatchObject({
      raw_input_s: [{ role: "user", content: "Add. sternly 1-5: 2, 3" }]
    })
    const pipeline = Pipeline("scored", {}, flow().to(Scores({ name: "s", llm, tone: "kindly" })))
    // @ts-expect-error `scaleEnd` is not among them.
    const run = runPromise(pipeline, { ...quiet, parameters: { s: { scaleEnd: 3 } } })
    await expect(run).rejects.toThrow(/scaleEnd/)
  })

  it("takes the options of all tasks: mappings, groups, reasoning", async () => {
    const step = Scores({
      name: "s",
      llm,
      tone: "",
      groupGenerations: true,
      reasoning: true,
      inputMappings: { instruction: "question" },
      outputMappings: { scores: "points" }
    })
    const { rows: out } = await runStepPromise(step, [{ question: "Add.", answers: ["2"] }])
    expect(out[0]).toMatchObject({ points: [[4]], reasoning: [null] })
  })

  it("gives the columns of its case", async () => {
    const yes = ScriptedLLM({ answers: "yes" })
    const short = await runStepPromise(Verdict({ name: "v", llm: yes }), [{ text: "a" }])
    expect(short.rows[0]).toMatchObject({ good: true })
    expect(short.rows[0]).not.toHaveProperty("reason")
    const long = await runStepPromise(Verdict({ name: "v", llm: yes, detail: "long" }), [
      { text: "a" }
    ])
    expect(long.rows[0]!.reason).toBe("yes")
  })

  it("refuses options that do not fit, and says which there are", () => {
    expect(() => Verdict({ name: "v", llm, detail: "lon" as "long" })).toThrow(
      "Verdict 'v' has detail 'lon', which is none of: short, long."
    )
    expect(() => Scores({ name: "s", llm } as never)).toThrow(
      "Scores 's' has no tone, which it needs."
    )
    expect(() => Scores({ name: "s", llm, tone: "", scaleEnd: 1.5 })).toThrow(
      "Step 's': option scaleEnd is 1.5. Give a whole number"
    )
  })

  it("reads values of a schema that the answer must follow", async () => {
    const City = Schema.Struct({ name: Schema.String, people: Schema.Int })
    const Cities = defineTask({
      type: "Cities",
      about: "Names a city.",
      reads: {},
      adds: { name: Schema.String },
      options: {},
      defaults: {},
      structuredOutput: City,
      prompt: () => "Name a city.",
      parse: ({ name, people }) => ({ name: `${name} ${people.toFixed()}` })
    })
    const answers = ScriptedLLM({ answers: '{"name":"Lima","people":10}' })
    const { rows: out } = await runStepPromise(Cities({ name: "c", llm: answers }), [{}])
    expect(out[0]!.name).toBe("Lima 10")
  })
})

it("a definition may not take the name of an option that every task has", () => {
  const taking = (options: OptionFields) =>
    defineTask({
      type: "Taking",
      about: "Takes names.",
      reads: {},
      adds: {},
      options,
      defaults: {},
      prompt: () => "a",
      parse: () => ({})
    })
  expect(() => taking({ llm: Schema.String })).toThrow(
    "The definition of Taking has an option 'llm', which every step of its kind has already."
  )
  expect(() => taking({ name: Schema.String })).toThrow("has an option 'name'")
})

describe("a defined task in documents", () => {
  const registry = catalogWith(Scores, Verdict)
  const pipeline = Pipeline("p", {}, flow().to(Scores({ name: "s", llm, tone: "kindly" })))

  it("is written by its options, and comes back and runs with the registry that holds it", async () => {
    const yaml = await toYamlPromise(pipeline, { registry })
    expect(yaml).toContain("tone: kindly")
    expect(yaml).toContain("scale_end: 5")
    expect(yaml).toContain("name: Scores")
    const loaded = await fromYamlPromise(yaml, { registry })
    expect(loaded.missing).toEqual([])
    await expect(fromYamlPromise(yaml)).rejects.toThrow("{ registry: catalogWith(Scores) }")
    const [row] = await (await runPromise(loaded, quiet)).default!.head(1)
    expect(row).toMatchObject({ scores: [4, 1] })
  })

  it("is checked: misspelt keys, wrong values, what is missing", async () => {
    const yaml = await toYamlPromise(pipeline, { registry })
    const problemsOf = async (text: string): Promise<string> =>
      fromYamlPromise(text, { registry }).then(
        () => "",
        (thrown: unknown) => (thrown as InvalidDocument).message
      )
    expect(await problemsOf(yaml.replace("scale_end: 5", "scale_ned: 5"))).toContain(
      "Did you mean 'scale_end'?"
    )
    expect(await problemsOf(yaml.replace("scale_end: 5", "scale_end: five"))).toContain(
      "'scale_end' of 's' is 'five'"
    )
    expect(await problemsOf(yaml.replace(/^.*tone: kindly\n/m, ""))).toContain(
      "Scores 's' has no 'tone', which it needs."
    )
  })

  it("is written as Python spells it, what Python lacks where it does not look", async () => {
    const Quality = defineTask({
      type: "Quality",
      about: "Scores the quality of a text.",
      reads: { text: Schema.String },
      adds: { quality: Schema.Number },
      options: { scale: Schema.optionalKey(Schema.Int), hint: Schema.optionalKey(Schema.String) },
      defaults: {},
      python: { name: "QualityScorer", keys: { scale: "max_score" }, lacks: ["hint"] },
      prompt: ({ text }) => text,
      parse: (answer) => ({ quality: Number(answer) })
    })
    const scored = Pipeline(
      "p",
      {},
      from(LoadDataFromDicts({ name: "load", data: [{ text: "a" }] })).to(
        Quality({ name: "q", llm, scale: 3, hint: "short" })
      )
    )
    const yaml = await toYamlPromise(scored, { registry: catalogWith(Quality) })
    expect(yaml).toMatch(/max_score: 3/)
    expect(yaml).toMatch(/distilabel_ts:\n +hint: short\n +class: Quality/)
    expect(yaml).toContain("module: distilabel.steps.tasks.quality_scorer")
    const loaded = await fromYamlPromise(yaml, { registry: catalogWith(Quality) })
    expect(loaded.graph.nodes.get("q")!.step.options).toMatchObject({ scale: 3, hint: "short" })
  })

  it("that names a class which Python does not have is refused when it is registered", () => {
    const Wrong = defineTask({
      type: "Wrong",
      about: "Is wrong.",
      reads: {},
      adds: {},
      options: {},
      defaults: {},
      python: { name: "QualityScorre" },
      prompt: () => "a",
      parse: () => ({})
    })
    expect(() => catalogWith(Wrong)).toThrow("Correct 'python.name'")
    expect(() => catalogWith(Scores, Scores)).toThrow("There is a class 'Scores' already.")
  })
})

it("what a defined task cites goes with its steps", () => {
  expect(Scores({ name: "s", llm, tone: "" }).cites).toBe("@misc{scores}")
})

it("a defined task is another one when its functions change, unless it has a version", async () => {
  const signatureWith = async (
    parse: (answer: string | null) => { readonly n: number },
    version?: string
  ): Promise<string> => {
    const Counts = defineTask({
      type: "Counts",
      about: "Counts.",
      reads: { instruction: Schema.String },
      adds: { n: Schema.Number },
      options: {},
      defaults: {},
      prompt: ({ instruction }) => instruction,
      parse,
      ...(version === undefined ? {} : { version })
    })
    const { graph } = Pipeline("p", {}, flow().to(Counts({ name: "c", llm })))
    return (await identify(graph)).signature
  }
  const one = await signatureWith((answer) => ({ n: Number(answer) }))
  expect(await signatureWith((answer) => ({ n: Number(answer) }))).toBe(one)
  expect(await signatureWith((answer) => ({ n: Number(answer) + 1 }))).not.toBe(one)
  expect(await signatureWith((answer) => ({ n: Number(answer) }), "1")).toBe(
    await signatureWith((answer) => ({ n: Number(answer) + 1 }), "1")
  )
})

class Register extends Context.Service<
  Register,
  { readonly find: (name: string) => Effect.Effect<string, Error> }
>()("test/Register") {}

it("prompt and parse of a class of tasks may be effects that require services, or promises", async () => {
  const Entries = defineTask({
    type: "Entries",
    about: "Says what a register holds.",
    reads: { name: Schema.String },
    adds: { entry: Schema.String },
    options: { tone: Schema.optionalKey(Schema.String) },
    defaults: { tone: "short" },
    prompt: ({ name }, { tone }) =>
      Effect.map(
        Effect.flatMap(Register, (register) => register.find(name)),
        (found) => `${tone}: ${found}`
      ),
    parse: async (answer) => {
      if (answer === "?") throw new Error("nothing is said")
      return { entry: answer ?? "" }
    }
  })
  const names = [{ name: "ada" }, { name: "bob" }, { name: "cyd" }]
  const load = LoadDataFromDicts({ name: "load", data: names })
  const asked: Array<string> = []
  const llm = ScriptedLLM({
    answers: (chat) => {
      const question = String(chat.at(-1)?.content)
      asked.push(question)
      return question.includes("BOB") ? "?" : question
    }
  })
  const { default: rows } = await run(
    Pipeline("p", {}, from(load).to(Entries({ name: "entries", llm }))),
    { ...quiet, useCache: false }
  ).pipe(
    Effect.provideService(Register, {
      find: (name) =>
        name === "cyd"
          ? Effect.fail(new Error("no such entry"))
          : Effect.succeed(name.toUpperCase())
    }),
    Effect.runPromise
  )
  expect(asked.toSorted()).toEqual(["short: ADA", "short: BOB"])
  expect((await rows.toArray()).map(({ entry }) => entry)).toEqual(["short: ADA"])
  const errors = await Array.fromAsync(rows.errors())
  expect(errors.map(({ detail, reason }) => [reason, detail]).toSorted()).toEqual([
    ["BadInput", "no such entry"],
    ["ParseFailed", "nothing is said"]
  ])
})
