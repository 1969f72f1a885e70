import { readdirSync, readFileSync } from "node:fs"
import { stripTypeScriptTypes } from "node:module"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { stepDocs, type StepDoc } from "../../scripts/stepDocs.ts"
import { modelsPage } from "../../scripts/modelsPage.ts"
import { galleryPage } from "../../scripts/galleryPage.ts"
import { stepPages } from "../../scripts/stepPages.ts"
import { typeOfWords } from "../../scripts/typeWords.ts"
import { inspectSource } from "../../src/codegen/read/inspectSource.ts"
import { Messages } from "../../src/columns/chats.ts"
import { isOptional } from "../../src/columns/Columns.ts"
import { metadataColumn } from "../../src/columns/metadata.ts"
import { required } from "../../src/columns/Shape.ts"
import { typeName } from "../../src/columns/typeNames.ts"
import * as readyTasks from "../../src/gallery/readyTasks.ts"
import * as library from "../../src/index.ts"
import type { AnyDefined } from "../../src/step/Definition.ts"
import type { StepData } from "../../src/step/Step.ts"
import { sourceFolder } from "../codegen/sources.ts"

const write = sourceFolder()
const docs = stepDocs()

/**
 * Options, besides a name and a model, of each step whose docstring names its columns: all ways in
 * which they may differ.
 */
const evolutions = [
  "numEvolutions: 1",
  "numEvolutions: 1, generateAnswers: true",
  "numEvolutions: 1, storeEvolutions: true, generateAnswers: true"
]
const generations = ["numInstructions: 1", "numInstructions: 1, generateAnswers: true"]
const variants: Readonly<Record<string, ReadonlyArray<string>>> = {
  APIGenExecutionChecker: ['libpath: "./functions.ts"'],
  BitextRetrievalGenerator: ['targetLanguage: "German"'],
  Decontaminate: ['data: [{ question: "a" }]'],
  DeitaFiltering: ["dataBudget: 10"],
  EmbeddingTaskGenerator: ["", "flattenTasks: true"].map(
    (more) => `category: "text-retrieval", ${more}`
  ),
  PairRM: ['llm: ServedScores({ model: "m", route: "score" })'],
  RewardModelScore: ['llm: ServedScores({ model: "m", route: "pooling" })'],
  ImageGeneration: ['llm: OpenAIImages({ model: "m" })'],
  EmbeddingGeneration: ['llm: OpenAIEmbeddings({ model: "m" })'],
  GenerateEmbeddings: ['llm: OpenAIEmbeddings({ model: "m" })'],
  EvolInstruct: evolutions,
  EvolComplexity: evolutions,
  EvolQuality: ["numEvolutions: 1", "numEvolutions: 1, storeEvolutions: true"],
  EvolInstructGenerator: generations,
  EvolComplexityGenerator: generations,
  FormatPRM: ["", 'format: "trl"'],
  Magpie: ["", "nTurns: 2", 'systemPrompt: { a: "b" }'],
  MagpieGenerator: ["", "nTurns: 2", 'systemPrompt: { a: "b" }'].map(
    (more) => `numRows: 1, ${more}`
  ),
  MathShepherdCompleter: [""],
  MathShepherdGenerator: ["M: 2", "reasoning: true"],
  MonolingualTripletGenerator: [""],
  TextClustering: [""],
  PreferenceToArgilla: ["numGenerations: 2"],
  UltraFeedback: ["", 'aspect: "helpfulness"', "reasoning: true"],
  GenerateSentencePair: ['action: "query", reasoning: true', 'action: "answer", triplet: true'],
  PairwiseJudge: [""],
  // The usual case last: its types are those that are told.
  PrometheusEval: ['rubric: "honesty", mode: "relative"', 'rubric: "honesty", reasoning: true'],
  RubricJudge: ["", ", gold: true"].map(
    (more) => `criteria: { clear: { question: "Is it clear?", scale: [1, 5] } }${more}`
  ),
  TextGeneration: ["", "reasoning: true", 'tools: [tool({ name: "a", parameters: Schema.Struct({}) })]'],
  TextClassification: ["n: 2", "reasoning: true"]
}
/** Classes whose columns hold records, which the compiler spells in another way than we do. */
const recordsIn = new Set(["ArgillaLabeller", "ImageGeneration", "RubricJudge", "TextGeneration", "TextGenerationWithImage"])
/** Every task may have a column for what the model thought. */
const variantsOf = (name: string): ReadonlyArray<string> =>
  variants[name] ?? (name in readyTasks && name !== "task" ? ["", "reasoning: true"] : [""])
const named = docs
  .filter((doc) =>
    [...doc.reads, ...doc.adds].some(({ column, text }) => column !== undefined && text !== "")
  )
  .filter((doc) => ![...doc.reads, ...doc.adds].some(({ column }) => column === undefined))
const calls = named.flatMap((doc) =>
  variantsOf(doc.name).map((options, i) => ({
    doc,
    code: `${doc.name}({ name: "${doc.name}${i}", ${doc.name in readyTasks ? `llm: ScriptedLLM({ answers: "x" }),` : ""} ${options} })`,
    step: `${doc.name}${i}`
  }))
)

/** Steps by the code that makes them. */
const made = (code: string): StepData => {
  const all = Object.entries(library)
  // oxlint-disable-next-line no-implied-eval typescript/no-implied-eval -- the code is that of our docstrings
  return new Function(...all.map(([name]) => name), "Schema", "llm", code)(
    ...all.map(([, value]) => value),
    Schema,
    library.ScriptedLLM({ answers: "x" })
  ) as StepData
}

const isGenerator = (code: string): boolean => made(`return ${code}`).kind === "generator"

interface Columns {
  readonly [column: string]: string
}

const columnsOf = (columns: Readonly<Record<string, Schema.Constraint>>): Columns =>
  Object.fromEntries(
    Object.entries(columns).map(([name, schema]) => [
      name,
      `${typeName(required(schema))}${isOptional(schema) ? ", optional" : ""}`
    ])
  )
const readBy = ({ reads }: StepData): Columns =>
  columnsOf(Object.assign({}, reads.columns, ...reads.oneOf))
const addedBy = (step: StepData): Columns => {
  const after = step.gives({ columns: step.reads.columns, open: false }).columns
  return columnsOf(
    Object.fromEntries(
      Object.entries(after).filter(([column, schema]) => step.reads.columns[column] !== schema)
    )
  )
}
const taggedAs = (tags: StepDoc["reads"]): Columns =>
  Object.fromEntries(
    tags.flatMap(({ column, optional, text }) =>
      column === undefined
        ? []
        : [[column, text === "" ? "?" : `${typeOfWords(text)}${optional ? ", optional" : ""}`]]
    )
  )

describe("docstrings of steps and tasks", () => {
  it("name the columns that the steps read and add, with their types", () => {
    expect(named.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["TextGeneration", "UltraFeedback"])
    )
    for (const doc of named) {
      const steps = calls
        .filter((call) => call.doc === doc)
        .map(({ code }) => made(`return ${code}`))
      // Columns that the docstring says come only sometimes need not be there in every way.
      const sometimes = new Set(
        [...doc.reads, ...doc.adds].filter(({ note }) => note.endsWith(" only")).map(({ column }) => column)
      )
      for (const [what, tags, columns] of [
        ["@reads", doc.reads, readBy],
        ["@adds", doc.adds, addedBy]
      ] as const) {
        const told = taggedAs(tags)
        const all: Columns = Object.assign({}, ...steps.map(columns))
        const untyped = Object.fromEntries(
          Object.entries(all).map(([column, type]) => [column, told[column] === "?" ? "?" : type])
        )
        expect(
          told,
          `${what} of ${doc.name}; if it needs options, add them to the variants above`
        ).toEqual(untyped)
        for (const step of steps) {
          const always = Object.keys(told).filter((column) => !sometimes.has(column))
          expect(Object.keys(columns(step)), `${what} of ${doc.name}`).toEqual(
            expect.arrayContaining(always)
          )
        }
      }
    }
  })

  it("name the columns that the types tell", async () => {
    const { problems, steps } = await inspectSource(
      write(
        "all.ts",
        `
import { ${[...new Set(named.map(({ name }) => name))].join(", ")}, from, generatorStep, open, OpenAIEmbeddings, OpenAIImages, Pipeline, ScriptedLLM, ServedScores, tool } from "distilabel-ts"
import { Schema } from "effect"
const any = from(generatorStep({ name: "any", outputs: open(), process: () => [] }))
export default Pipeline("all", {}, [${calls.map(({ code }) => (isGenerator(code) ? `from(${code})` : `any.to(${code})`)).join(", ")}])
`
      )
    )
    expect(problems).toEqual([])
    for (const { code, step: name } of calls) {
      const step = steps.find((each) => each.name === name)!
      const running = made(`return ${code}`)
      const told = (
        columns: ReadonlyArray<{
          readonly name: string
          readonly type: string
          readonly optional: boolean
        }>
      ): Columns =>
        Object.fromEntries(
          columns.map((column) => [
            column.name,
            `${column.type.replace("<ArrayBufferLike>", "")}${column.optional ? ", optional" : ""}`
          ])
        )
      const asWritten = (columns: Columns): Columns =>
        Object.fromEntries(
          Object.entries(columns).map(([column, type]) => [
            column,
            column === metadataColumn
              ? "Metadata"
              : type
                  .replace(typeName(Messages), "ChatItem[]")
                  .replace(/^ReadonlyArray<ReadonlyArray<(.*)>>/, "($1[])[]")
                  // Within another type less of it is shown.
                  .replace(/ReadonlyArray<\{ role: .*\}>/, "ChatItem[]")
                  .replace(/(?<=\| )ReadonlyArray<([^<>]* \| [^<>]*)>/, "($1)[]")
                  .replace(/^ReadonlyArray<(.* \| .*)>/, "($1)[]")
                  .replace(/^ReadonlyArray<(.*)>/, "$1[]")
          ])
        )
      const compared = (columns: Columns): Columns =>
        recordsIn.has(running.type)
          ? Object.fromEntries(Object.keys(columns).map((column) => [column, "?"]))
          : columns
      for (const [types, values] of [
        [step.reads, columnsOf(running.reads.columns)],
        [step.after, addedBy(running)]
      ] as const)
        expect(compared(told(types)), name).toEqual(compared(asWritten(values)))
    }
  })

  it("say of every step and task whether it reads and adds columns, as its example does", () => {
    expect(docs.length).toBeGreaterThan(18)
    for (const { about, adds, example, name, reads } of docs) {
      expect(about, name).toMatch(/^[A-Z`][^]*\.$/)
      const [, variable = ""] = /^const (\w+) = /.exec(example) ?? []
      const step = made(`${stripTypeScriptTypes(example)}\nreturn ${variable}`)
      const readsAny = Object.keys(step.reads.columns).length + step.reads.oneOf.length > 0
      const addsAny = Object.keys(addedBy(step)).length > 0
      expect({ name, reads: reads.length > 0 }).toEqual({ name, reads: readsAny })
      // Where some columns are told in words, the others are always there.
      if (!named.some((doc) => doc.name === name))
        for (const { column } of adds)
          if (column !== undefined) expect(Object.keys(addedBy(step)), name).toContain(column)
      if (addsAny) expect(adds.length, `@adds of ${name}`).toBeGreaterThan(0)
    }
  })
})

/** The default that a docstring says, as far as it is a plain value. */
const longest = 40
const toldDefault = (about: string): string | undefined =>
  /Default:? (?:`([^`]*)`|(true|false|[\d,]+(?:\.\d+)?))(?=[.:;,\s]|$)/.exec(about)?.slice(1).find(Boolean)

describe("docstrings and definitions", () => {
  const exports: Readonly<Record<string, unknown>> = { ...library }
  const defined = docs.map((doc) => ({
    doc,
    definition: (exports[doc.name] as AnyDefined).definition
  }))

  it("say the same in their first sentence", () => {
    for (const { definition, doc } of defined)
      expect(doc.about.replaceAll(/\s+/g, " ").startsWith(definition.about), doc.name).toBe(true)
  })

  it("say the same defaults", () => {
    for (const { definition, doc } of defined) {
      // What the docs tell in other words: lists, tables, no text at all, and texts that models are told.
      const plain = Object.entries(definition.defaults).filter(
        ([, value]) =>
          typeof value !== "object" && value !== "" && !/\n/.test(String(value)) && String(value).length <= longest
      )
      const told = Object.fromEntries(
        plain.map(([option]) => [
          option,
          toldDefault(doc.options.find(({ name }) => name === option)?.about ?? "")
        ])
      )
      expect(told, doc.name).toEqual(
        Object.fromEntries(plain.map(([option, value]) => [option, String(value)]))
      )
    }
  })

  it("say the same parameters", () => {
    for (const { definition, doc } of defined) {
      const { parameters = [] } = definition
      expect(
        doc.parameters.map(({ name }) => name),
        doc.name
      ).toEqual(expect.arrayContaining([...parameters]))
    }
  })
})

describe("pages of the documentation", () => {
  it("are what the docstrings say today: `npm run docs` writes them", () => {
    const pages = stepPages(docs)
    expect(readdirSync("docs/steps").toSorted()).toEqual([...pages.keys()].toSorted())
    for (const [name, text] of pages)
      expect(readFileSync(`docs/steps/${name}`, "utf8"), name).toBe(text)
    expect(readFileSync("docs/gallery.md", "utf8")).toBe(galleryPage(docs))
    expect(readFileSync("docs/models.md", "utf8")).toBe(modelsPage())
  })

  it("tell columns, options with their defaults, failures and an example", () => {
    const page = stepPages(docs).get("TextGeneration.md")!
    expect(page).toContain("| `instruction` | string | or the columns that the template names |")
    expect(page).toContain("| `numGenerations` | `number` | 1 | Answers to each row. |")
    expect(page).toContain("| `llm` | `AnyLLM` | must be given | The model that answers. |")
    expect(page).toContain("- `RowFailed` when the model does not answer")
    expect(page).toContain("```ts\nconst generate = TextGeneration({")
  })
})
