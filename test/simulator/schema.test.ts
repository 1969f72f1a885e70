import * as Schema from "effect/Schema"
import fc from "fast-check"
import { afterAll, describe, expect, it } from "vitest"
import { type JsonSchema, startSimulator } from "../../src/simulator/index.ts"
import { mistral, openai, vertex } from "./clients.ts"
import { problemsOf } from "./validate.ts"

const simulator = await startSimulator()
afterAll(() => simulator.close())

const prompt = "Describe a customer of a bicycle shop."

const Customer = Schema.Struct({
  name: Schema.String.check(Schema.isMinLength(2), Schema.isMaxLength(30)),
  age: Schema.Int.check(Schema.isBetween({ minimum: 18, maximum: 99 })),
  plan: Schema.Literals(["free", "pro", "team"]),
  nickname: Schema.NullOr(Schema.String),
  orders: Schema.Array(
    Schema.Struct({ title: Schema.String, price: Schema.Finite, paid: Schema.Boolean })
  ).check(Schema.isMinLength(2)),
  address: Schema.Struct({ city: Schema.String, zip: Schema.NonEmptyString }),
  note: Schema.optionalKey(Schema.String)
})

const schemaOf = (schema: Schema.Top): JsonSchema => {
  const document = Schema.toJsonSchemaDocument(schema)
  return { ...document.schema, $defs: document.definitions }
}

/** Asks with a schema and gives the decoded JSON of all answers. */
const askFor = async (
  schema: JsonSchema,
  n = 1,
  question = prompt
): Promise<ReadonlyArray<unknown>> => {
  const completion = await openai(simulator).chat.completions.create({
    model: "m",
    n,
    messages: [{ role: "user", content: question }],
    response_format: {
      type: "json_schema",
      json_schema: { name: "answer", strict: true, schema: { ...schema } }
    }
  })
  return completion.choices.map((choice) => JSON.parse(choice.message.content ?? ""))
}

describe("an answer to a schema", () => {
  it("is decoded by the Effect schema that the JSON schema was made from", async () => {
    const answers = await askFor(schemaOf(Customer), 20)
    for (const answer of answers) Schema.decodeUnknownSync(Customer)(answer)
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBeGreaterThan(15)
  })

  it("comes to Mistral's client as well", async () => {
    const completion = await mistral(simulator).chat.complete({
      model: "m",
      messages: [{ role: "user", content: prompt }],
      responseFormat: {
        type: "json_schema",
        jsonSchema: { name: "customer", schemaDefinition: { ...schemaOf(Customer) } }
      }
    })
    Schema.decodeUnknownSync(Customer)(JSON.parse(String(completion.choices[0]?.message?.content)))
  })

  it("comes to Google's client, as a JSON schema or in OpenAPI's dialect", async () => {
    const client = vertex(simulator)
    const asJsonSchema = await client.models.generateContent({
      model: "m",
      contents: prompt,
      config: { responseMimeType: "application/json", responseJsonSchema: schemaOf(Customer) }
    })
    Schema.decodeUnknownSync(Customer)(JSON.parse(asJsonSchema.text ?? ""))
    const asOpenApi = await client.models.generateContent({
      model: "m",
      contents: prompt,
      config: {
        responseMimeType: "application/json",
        responseSchema: {
          type: "OBJECT",
          properties: {
            score: { type: "INTEGER", minimum: 1, maximum: 3 },
            tags: { type: "ARRAY", items: { type: "STRING" }, minItems: "2" },
            note: { type: "STRING", nullable: true }
          },
          required: ["score", "tags", "note"]
        }
      }
    })
    const { score, tags, note } = JSON.parse(asOpenApi.text ?? "") as Record<string, unknown>
    expect([1, 2, 3]).toContain(score)
    expect((tags as Array<unknown>).length).toBeGreaterThanOrEqual(2)
    expect(note === null || typeof note === "string").toBe(true)
  })

  it("follows references into $defs, also recursive ones, and ends", async () => {
    const tree: JsonSchema = {
      $ref: "#/$defs/Node",
      $defs: {
        Node: {
          type: "object",
          properties: {
            value: { type: "integer" },
            next: { anyOf: [{ $ref: "#/$defs/Node" }, { type: "null" }] },
            children: { type: "array", items: { $ref: "#/$defs/Node" } }
          },
          required: ["value", "next", "children"],
          additionalProperties: false
        }
      }
    }
    for (const answer of await askFor(tree, 50)) {
      expect(problemsOf(answer, tree, tree)).toEqual([])
      expect(JSON.stringify(answer).length).toBeLessThan(100_000)
    }
  })

  it("ends even where the schema could never be satisfied", async () => {
    const endless: JsonSchema = {
      $ref: "#/$defs/A",
      $defs: { A: { type: "object", properties: { a: { $ref: "#/$defs/A" } }, required: ["a"] } }
    }
    expect(await askFor(endless)).toHaveLength(1)
    expect(await askFor({ $ref: "#" })).toHaveLength(1)
    expect(await askFor({ allOf: [{ $ref: "#" }] })).toHaveLength(1)
  })

  it("has as many ratings as there are texts to rate", async () => {
    const schema: JsonSchema = {
      type: "object",
      properties: {
        ratings: { type: "array", items: { type: "integer" } },
        rationales: { type: "array", items: { type: "string" } }
      },
      required: ["ratings", "rationales"]
    }
    const question =
      "Rating: [number]\nRationale: [why]\n<text 1> A\n<text 2> B\n<text 3> C\n<text 4> D"
    const [answer] = (await askFor(schema, 1, question)) as ReadonlyArray<{
      ratings: ReadonlyArray<number>
      rationales: ReadonlyArray<string>
    }>
    expect(answer?.ratings).toHaveLength(4)
    expect(answer?.rationales).toHaveLength(4)
    expect(answer?.ratings.every((rating) => rating >= 1 && rating <= 5)).toBe(true)
  })

  it("is an object where only JSON is asked for", async () => {
    const completion = await openai(simulator).chat.completions.create({
      model: "m",
      messages: [{ role: "user", content: prompt }],
      response_format: { type: "json_object" }
    })
    expect(JSON.parse(completion.choices[0]?.message.content ?? "")).toMatchObject({
      answer: expect.any(String)
    })
  })

  it.each([
    ["^[A-Z]{3}-\\d{4}$", {}],
    ["^(?:red|green|blue)(, (?:red|green|blue)){0,2}$", {}],
    ["^\\+?[1-9]\\d{5,9}$", {}],
    ["^[^@\\s]+@[a-z]+\\.(com|org)$", {}],
    ["^#[0-9a-fA-F]{6}$", { minLength: 7, maxLength: 7 }]
  ])("matches the pattern %s", async (pattern, lengths) => {
    for (const answer of await askFor({ type: "string", pattern, ...lengths }, 10))
      expect(answer).toMatch(new RegExp(pattern))
  })
})

/** Schemas that can be satisfied, of everything that providers let one ask for. */
const schemas = fc.letrec<{ schema: JsonSchema; leaf: JsonSchema }>((tie) => ({
  leaf: fc.oneof(
    fc.record({ type: fc.constant("string") }),
    fc
      .tuple(fc.nat(40), fc.nat(40))
      .map(([minLength, more]) => ({ type: "string", minLength, maxLength: minLength + more })),
    fc
      .constantFrom("date", "date-time", "email", "uuid", "uri")
      .map((format) => ({ type: "string", format })),
    fc
      .tuple(fc.integer({ min: -1000, max: 1000 }), fc.nat(50))
      .map(([minimum, more]) => ({ type: "integer", minimum, maximum: minimum + more })),
    fc
      .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 2, max: 9 }))
      .map(([low, multipleOf]) => ({
        type: "integer",
        exclusiveMinimum: low,
        exclusiveMaximum: low + 3 * multipleOf,
        multipleOf
      })),
    fc
      .tuple(fc.integer({ min: -5, max: 5 }), fc.nat(3))
      .map(([minimum, more]) => ({ type: "number", minimum, maximum: minimum + more })),
    fc.constantFrom<JsonSchema>(
      { type: "boolean" },
      { type: "null" },
      { type: "number" },
      { type: "integer" },
      { type: ["string", "null"] }
    ),
    fc
      .uniqueArray(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), {
        minLength: 1,
        maxLength: 5
      })
      .map((values) => ({ enum: values })),
    fc.oneof(fc.string(), fc.integer(), fc.boolean()).map((value) => ({ const: value })),
    fc.constantFrom("Point", "List").map((name) => ({ $ref: `#/$defs/${name}` }))
  ),
  schema: fc.oneof(
    { maxDepth: 4, depthIdentifier: "schema" },
    tie("leaf"),
    fc
      .record({
        properties: fc.dictionary(fc.string({ minLength: 1, maxLength: 12 }), tie("schema"), {
          maxKeys: 4
        }),
        optional: fc.boolean(),
        additionalProperties: fc.constantFrom(false, true)
      })
      .map(({ properties, optional, additionalProperties }) => ({
        type: "object",
        properties,
        required: Object.keys(properties).filter((_, index) => !optional || index % 2 === 0),
        additionalProperties
      })),
    fc
      .record({ items: tie("schema"), minItems: fc.nat(3), more: fc.nat(3) })
      .map(({ items, minItems, more }) => ({
        type: "array",
        items,
        minItems,
        maxItems: minItems + more
      })),
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((prefixItems) => ({
      type: "array",
      prefixItems,
      minItems: prefixItems.length,
      items: false
    })),
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    tie("schema").map((schema) => ({ allOf: [schema] })),
    tie("schema").map((values) => ({
      type: "object",
      additionalProperties: values,
      minProperties: 1
    }))
  )
})).schema

const definitions = {
  Point: {
    type: "object",
    properties: { x: { type: "number" }, y: { type: "number" } },
    required: ["x", "y"],
    additionalProperties: false
  },
  List: {
    type: "object",
    properties: {
      head: { type: "integer" },
      tail: { anyOf: [{ type: "null" }, { $ref: "#/$defs/List" }] }
    },
    required: ["head", "tail"]
  }
}

describe("a generated schema", () => {
  it("is satisfied by the answer", async () => {
    await fc.assert(
      fc.asyncProperty(schemas, async (inner) => {
        const schema: JsonSchema = {
          type: "object",
          properties: { result: inner },
          required: ["result"],
          additionalProperties: false,
          $defs: definitions
        }
        for (const answer of await askFor(schema, 3))
          expect(problemsOf(answer, schema, schema)).toEqual([])
      }),
      { numRuns: 150 }
    )
  })
})
