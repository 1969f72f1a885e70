import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { StandardSchemaV1 } from "@standard-schema/spec"
import { toStandardJsonSchema } from "@valibot/to-json-schema"
import { type } from "arktype"
import {
  FilterRows,
  from,
  generatorStep,
  LoadDataFromDicts,
  LoadDataFromFileSystem,
  MapRows,
  Pipeline,
  type RowOf,
  runPromise,
  ScriptedLLM,
  step,
  task,
  TextGeneration
} from "distilabel-ts"
import * as Schema from "effect/Schema"
import * as v from "valibot"
import { describe, expect, expectTypeOf, it } from "vitest"
import { z } from "zod"

const settings = { progress: "none", useCache: false, report: false } as const
const load = LoadDataFromDicts({ name: "load", data: [{ text: "a" }, { text: "b" }] })
const ageOf = (answer: unknown) =>
  MapRows({
    name: "age",
    inputs: { text: z.string() },
    outputs: { age: z.number().int().min(0) },
    map: () => ({ age: answer as number })
  })

const outcome = async (pipeline: Parameters<typeof runPromise>[0]) => {
  const { default: rows } = (await runPromise(pipeline as never, settings)) as unknown as {
    readonly default: {
      readonly toArray: () => Promise<ReadonlyArray<Record<string, unknown>>>
      readonly errors: () => AsyncIterable<{ readonly detail: string }>
    }
  }
  const errors: Array<string> = []
  for await (const { detail } of rows.errors()) errors.push(detail)
  return { rows: await rows.toArray(), errors }
}

describe("a Standard Schema", () => {
  it("types columns by its output; one that takes undefined is optional", () => {
    const columns = {
      a: z.string(),
      b: v.optional(v.number()),
      c: type("'x' | 'y'"),
      d: Schema.optionalKey(Schema.Boolean)
    }
    expectTypeOf<RowOf<typeof columns>>().toEqualTypeOf<
      { readonly a: string; readonly c: "x" | "y" } & {
        readonly b?: number | undefined
        readonly d?: boolean
      }
    >()
  })

  it("is compared with other types in the wiring check, and by the compiler", () => {
    const wrong = FilterRows({ name: "wrong", inputs: { age: Schema.String }, where: () => true })
    const right = FilterRows({ name: "right", inputs: { age: v.number() }, where: () => true })
    const aged = from(load).to(ageOf(1))
    // @ts-expect-error age is a number
    expect(() => Pipeline("p", {}, aged.to(wrong))).toThrow(
      "Step 'wrong' cannot read column 'age': wrong type"
    )
    expect(Pipeline("p", {}, aged.to(right)).graph.leaves).toEqual(["right"])
  })

  it("judges what own code returns by its own validator", async () => {
    expect(await outcome(Pipeline("p", {}, from(load).to(ageOf(3))))).toMatchObject({
      rows: [{ age: 3 }, { age: 3 }],
      errors: []
    })
    const { errors } = await outcome(Pipeline("p", {}, from(load).to(ageOf(-1))))
    expect(errors[0]).toBe(
      "column 'age' is declared as number, and got -1 (Too small: expected number to be >=0)."
    )
  })

  it("gives what its validator makes of a value", async () => {
    const trimmed = step({
      name: "trimmed",
      outputs: { name: v.pipe(v.string(), v.trim()), tags: z.array(z.string()).default(["none"]) },
      process: (rows) => rows.map(() => ({ name: "  Ada ", tags: undefined as never }))
    })
    expect((await outcome(Pipeline("p", {}, from(load).to(trimmed)))).rows[0]).toMatchObject({
      name: "Ada",
      tags: ["none"]
    })
  })

  it("that validates asynchronously makes error rows that say so", async () => {
    const later = MapRows({
      name: "later",
      outputs: { id: z.string().refine(async () => true) },
      map: () => ({ id: "a" })
    })
    const { errors } = await outcome(Pipeline("p", {}, from(load).to(later)))
    expect(errors[0]).toContain("its schema validates asynchronously, which rows cannot wait for")
  })

  it("reads the answers of models, which are asked for its JSON Schema", async () => {
    const asked: Array<unknown> = []
    const answers = (chat: unknown) => {
      asked.push(chat)
      return '{"name":"Ada","born":"1815-12-10"}'
    }
    const Person = z.object({
      name: z.string(),
      born: z.string().transform((text) => new Date(text))
    })
    const who = TextGeneration({
      name: "who",
      llm: ScriptedLLM({ answers }),
      template: "{{ text }}",
      structuredOutput: Person
    })
    const flow = from(load).to(who)
    const { default: rows } = await runPromise(Pipeline("p", {}, flow), settings)
    for await (const { generation } of rows) {
      expectTypeOf(generation).toEqualTypeOf<{ name: string; born: Date }>()
      expect(generation.born.getUTCFullYear()).toBe(1815)
    }
    expect(asked).toHaveLength(2)
    const wrong = task({
      name: "wrong",
      llm: ScriptedLLM({ answers: '{"age":"old"}' }),
      structuredOutput: type({ age: "number" }),
      outputs: { age: type("number") },
      prompt: () => "?",
      parse: ({ age }) => ({ age })
    })
    expect((await outcome(Pipeline("p", {}, from(load).to(wrong)))).errors[0]).toContain(
      "age must be a number (was a string) at age"
    )
  })

  it("without a JSON Schema is refused as a structured output, with what to give", () => {
    const llm = ScriptedLLM({ answers: "{}" })
    const Person = v.object({ name: v.string() })
    const make = (structuredOutput: StandardSchemaV1) =>
      TextGeneration({ name: "who", llm, structuredOutput })
    expect(() => make(Person)).toThrow(
      "The structured output of 'who' has no JSON Schema, which the model is asked to keep to. Schemas of zod (from 4.2) and arktype bring it along; for one of valibot give toStandardJsonSchema(schema) of @valibot/to-json-schema."
    )
    expect(make(toStandardJsonSchema(Person)).name).toBe("who")
    expect(() =>
      TextGeneration({ name: "when", llm, structuredOutput: z.object({ at: z.date() }) })
    ).toThrow(
      "The structured output of 'when' cannot be written as JSON Schema: Date cannot be represented in JSON Schema."
    )
  })

  it("decodes the rows of sources: own generators, files, a dataset in their place", async () => {
    const numbers = generatorStep({
      name: "numbers",
      outputs: { n: z.coerce.number() },
      *process() {
        yield { n: "7" as unknown as number }
      }
    })
    expect((await outcome(Pipeline("p", {}, from(numbers)))).rows).toEqual([{ n: 7 }])
    const file = join(mkdtempSync(join(tmpdir(), "standard-")), "rows.jsonl")
    writeFileSync(file, '{"n":"8","more":1}\n{"n":"x"}\n')
    const files = LoadDataFromFileSystem({
      name: "files",
      dataFiles: file,
      columns: { n: z.coerce.number() }
    })
    const { errors, rows } = await outcome(Pipeline("p", {}, from(files)))
    expect(rows[0]).toMatchObject({ n: 8 })
    expect(errors).toEqual([
      expect.stringContaining("column 'n' is declared as number, and got \"x\"")
    ])
    const { default: replaced } = await runPromise(Pipeline("p", {}, from(numbers)), {
      ...settings,
      dataset: [{ n: "9" as unknown as number }]
    })
    expect(await replaced.toArray()).toEqual([{ n: 9 }])
  })
})

describe("LoadDataFromDicts with columns", () => {
  const parsed = JSON.parse(
    '[{"id":"1","text":"a","more":true},{"id":"2","text":"b"}]'
  ) as Array<object>

  it("types rows by them, and gives no other columns", async () => {
    const typed = LoadDataFromDicts({
      name: "typed",
      data: parsed,
      columns: { id: z.coerce.number(), text: Schema.String }
    })
    const { default: rows } = await runPromise(Pipeline("p", {}, from(typed)), settings)
    expectTypeOf(await rows.toArray()).toExtend<
      ReadonlyArray<{ readonly id: number; readonly text: string }>
    >()
    expect(await rows.toArray()).toEqual([
      { id: 1, text: "a" },
      { id: 2, text: "b" }
    ])
  })

  it("checks all rows before the run", async () => {
    const typed = LoadDataFromDicts({ name: "typed", data: parsed, columns: { id: Schema.Number } })
    await expect(runPromise(Pipeline("p", {}, from(typed)), settings)).rejects.toThrow(
      "Step 'typed' could not start (WrongColumns): row 1: column 'id' is declared as number, and got \"1\"; row 2: column 'id' is declared as number, and got \"2\". Correct the rows, or their columns."
    )
  })
})
