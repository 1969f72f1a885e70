import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { runStepPromise, ScriptedLLM, task, TextGeneration } from "../../src/index.ts"
import { jsonSchemaOf, readStructured } from "../../src/models/chat/jsonSchema.ts"
import { keepsStrictRules } from "../../src/models/chat/strictSchema.ts"

const City = Schema.Struct({ name: Schema.String, score: Schema.Number })
const lima = `{"name":"Lima","score":3}`
const read = readStructured(City, "the test")

describe("a structured answer", () => {
  it.each([
    ["in a fence", `\`\`\`json\n${lima}\n\`\`\``],
    ["after prose with brackets", `Here it is, as {you} asked [1]:\n${lima}`],
    ["before remarks", `${lima}\n\nNote: scores are from [1, 5].`],
    ["after a draft that does not fit", `First {"name":"Lima"}. Better: ${lima}`],
    ["with a byte order mark", `\ufeff${lima}`],
    ["with a comma too many", `{"name":"Lima","score":3,}`],
    ["with Python's quotation marks", `Sure: {'name': 'Lima', 'score': 3}`],
    ["in a fence, with a comment", `\`\`\`json\n{"name":"Lima", // the capital\n"score":3}\n\`\`\``]
  ])("is read %s", (_, answer) => {
    expect(read(answer)).toEqual({ name: "Lima", score: 3 })
  })

  it("is the last one that fits, where there are several", () => {
    expect(read(`{"name":"Cusco","score":1}\nOn reflection:\n${lima}`)).toEqual({
      name: "Lima",
      score: 3
    })
  })

  it("keeps brackets and quotation marks in its texts", () => {
    expect(read(`Sure: {"name":"a } \\" { b","score":1}`)).toEqual({ name: `a } " { b`, score: 1 })
  })

  it.each([
    ["that is prose", "Lima, I think.", /^the answer is no JSON: /],
    ["that does not fit", `{"name":"Lima"}`, /^the answer does not fit the schema: Missing key/],
    [
      "that is cut, though a part of it is complete",
      `{"city":${lima},"sco`,
      /^the JSON in the answer is cut/
    ],
    ["that is missing", null, /^the model gave no text$/]
  ])("%s throws", (_, answer, problem) => {
    expect(() => read(answer)).toThrow(problem)
  })

  it("with an integer that no number holds is exact where that is declared, and refused by name elsewhere", () => {
    const answer = `{"rows":[{"id":12345678901234567890}]}`
    const of = (id: Schema.Top) =>
      readStructured(Schema.Struct({ rows: Schema.Array(Schema.Struct({ id })) }), "the test")
    expect(of(Schema.BigInt)(answer)).toEqual({ rows: [{ id: 12345678901234567890n }] })
    expect(of(Schema.String)(answer)).toEqual({ rows: [{ id: "12345678901234567890" }] })
    expect(() => of(Schema.Number)(answer)).toThrow(
      "the answer does not fit the schema: 'rows.0.id', 12345678901234567890, is more than a number holds exactly. Declare such an integer as Schema.BigInt, or as Schema.String for its digits"
    )
  })

  it("may be a number or a text in a fence", () => {
    expect(readStructured(Schema.Number, "the test")("Sure:\n```json\n4.5\n```")).toBe(4.5)
  })

  it("gives dates, big integers and options from what JSON has for them", async () => {
    const structuredOutput = Schema.Struct({
      when: Schema.Date,
      count: Schema.BigInt,
      note: Schema.Option(Schema.String)
    })
    const llm = ScriptedLLM({
      answers: `{"when":"2024-01-01T00:00:00Z","count":"5","note":{"_tag":"Some","value":"x"}}`
    })
    const { errors, rows } = await runStepPromise(
      TextGeneration({ name: "gen", llm, structuredOutput }),
      [{ instruction: "a" }]
    )
    expect(errors).toEqual([])
    expect(rows[0]!.generation).toEqual({
      when: new Date("2024-01-01"),
      count: 5n,
      note: Option.some("x")
    })
  })

  it("is refused at construction where JSON cannot hold it, by the name of the part", () => {
    const structuredOutput = Schema.Struct({
      pages: Schema.Array(Schema.Struct({ link: Schema.instanceOf(URL) })),
      any: Schema.Unknown
    })
    expect(() =>
      TextGeneration({ name: "gen", llm: ScriptedLLM({ answers: "x" }), structuredOutput })
    ).toThrow(
      "The structured output of TextGeneration 'gen' cannot be read from JSON: the schema of 'pages.link' has no codec."
    )
  })

  it("reaches the `parse` of an own task as a value", async () => {
    const rate = task({
      name: "rate",
      llm: ScriptedLLM({ answers: `Sure: ${lima}` }),
      outputs: { doubled: Schema.Number },
      structuredOutput: City,
      prompt: () => "Rate.",
      parse: ({ score }) => ({ doubled: score * 2 })
    })
    expect((await runStepPromise(rate, [{}])).rows).toMatchObject([{ doubled: 6 }])
  })
})

describe("a schema as it is sent", () => {
  it("has numbers as JSON has them, at any depth", () => {
    const { schema } = jsonSchemaOf(
      Schema.Struct({ a: Schema.Number, b: Schema.Array(Schema.NullOr(Schema.Number)) }),
      "x"
    )
    expect(schema["properties"]).toEqual({
      a: { type: "number" },
      b: { type: "array", items: { anyOf: [{ type: "number" }, { type: "null" }] } }
    })
  })

  it.each([
    [
      "keys that are all required",
      Schema.Struct({ a: Schema.Struct({ b: Schema.Array(Schema.NullOr(Schema.Finite)) }) }),
      true
    ],
    ["a key that may be missing", Schema.Struct({ a: Schema.optionalKey(Schema.String) }), false],
    [
      "a key that may be missing further in",
      Schema.Struct({ a: Schema.Array(Schema.Struct({ b: Schema.optionalKey(Schema.String) })) }),
      false
    ],
    [
      "keys that are not named",
      Schema.Struct({ a: Schema.Record(Schema.String, Schema.String) }),
      false
    ],
    ["values of any type", Schema.Struct({ a: Schema.Unknown }), false],
    ["no object around it", Schema.Array(Schema.String), false],
    [
      "a choice of objects around it",
      Schema.Union([Schema.Struct({ a: Schema.String }), Schema.Struct({ b: Schema.String })]),
      false
    ]
  ])("keeps the rules of strict mode, or not, with %s", (_, schema, strict) => {
    expect(keepsStrictRules(jsonSchemaOf(schema, "x").schema)).toBe(strict)
  })
})
