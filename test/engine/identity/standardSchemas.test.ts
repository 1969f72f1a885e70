import { toStandardJsonSchema } from "@valibot/to-json-schema"
import { type } from "arktype"
import { from, LoadDataFromDicts, MapRows, Pipeline } from "distilabel-ts"
import * as v from "valibot"
import { describe, expect, it } from "vitest"
import { z } from "zod"
import { identify } from "../../../src/engine/identity/identify.ts"

const limits = { least: 1 }
const identityOf = async (schema: never) => {
  const load = LoadDataFromDicts({ name: "load", data: [{ text: "a" }] })
  const mapped = MapRows({ name: "mapped", outputs: { x: schema }, map: () => ({}) as never })
  const { notices, steps } = await identify(Pipeline("p", {}, from(load).to(mapped)).graph)
  return { identity: steps.get("mapped"), notices }
}

describe("a step with a Standard Schema", () => {
  it.each<[string, () => unknown, () => unknown]>([
    ["zod", () => z.object({ a: z.string() }), () => z.object({ a: z.number() })],
    ["arktype", () => type({ a: "string" }), () => type({ a: "string > 1" })],
    [
      "valibot with JSON Schema",
      () => toStandardJsonSchema(v.object({ a: v.string() })),
      () => toStandardJsonSchema(v.object({ a: v.optional(v.string()) }))
    ],
    [
      "a refinement, and what it reads",
      () => z.string().refine((text) => text.length > limits.least),
      () => z.string().refine((text) => text.length >= limits.least)
    ]
  ])("is the same for equal schemas, and another for others: %s", async (_, make, other) => {
    const first = await identityOf(make() as never)
    expect(first.notices).toEqual([])
    expect(await identityOf(make() as never)).toEqual(first)
    expect((await identityOf(other() as never)).identity).not.toEqual(first.identity)
  })

  it("without a JSON Schema is not kept, and says so", async () => {
    expect((await identityOf(v.string() as never)).notices).toEqual([
      expect.stringContaining("a schema of valibot without JSON Schema")
    ])
  })
})
