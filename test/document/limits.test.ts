import { describe, expect, it } from "vitest"
import { fromJsonPromise, fromYamlPromise } from "../../src/index.ts"
import { handWritten } from "./fixtures.ts"

const laughs = (levels: number): string =>
  `l0: &l0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n${Array.from({ length: levels }, (_, i) => `l${i + 1}: &l${i + 1} [${Array.from({ length: 10 }, () => `*l${i}`).join(", ")}]`).join("\n")}\n`

describe("a document that is made to do harm is refused at once", () => {
  it.each([
    ["a billion laughs", laughs(9), "has more than 2,000,000 values"],
    [
      "laughs in merged keys",
      `a: &a { x: 1 }\n${Array.from({ length: 30 }, (_, i) => `m${i}: &m${i} { ${i === 0 ? "<<: *a" : `<<: [*m${i - 1}, *m${i - 1}]`}, k${i}: *${i === 0 ? "a" : `m${i - 1}`}, l${i}: *${i === 0 ? "a" : `m${i - 1}`} }`).join("\n")}\n`,
      "values"
    ],
    ["an alias of itself", "a: &a [*a]", "the alias '*a' stands for nothing"],
    ["an alias of nothing", "a: *b", "the alias '*b' stands for nothing"],
    ["lists in lists", "[".repeat(20_000), "nested more than 100 levels deep"],
    [
      "mappings in mappings",
      Array.from({ length: 2000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
      "nested more than 100 levels deep"
    ],
    ["mappings in mappings on a line", "{a: ".repeat(20_000), "nested more than 100 levels deep"],
    ["dashes in dashes", "- ".repeat(5000), "nested more than 100 levels deep"],
    [
      "depth through aliases",
      `a0: &a0 1\n${Array.from({ length: 120 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]`).join("\n")}`,
      "nested more than 100 levels deep"
    ]
  ])(
    "%s",
    async (_, text, message) => {
      await expect(fromYamlPromise(text)).rejects.toThrow(message)
    },
    10_000
  )

  it("many keys, and the same key many times", async () => {
    await expect(
      fromYamlPromise(
        `pipeline:\n${Array.from({ length: 50_000 }, (_, i) => `  k${i}: 1`).join("\n")}`
      )
    ).rejects.toThrow("has no key 'steps'")
    await expect(
      fromYamlPromise(Array.from({ length: 3000 }, () => "a: 1").join("\n"))
    ).rejects.toThrow("the key 'a' is there twice")
  }, 10_000)

  it("too long a text", async () => {
    await expect(fromYamlPromise(handWritten, { limits: { maxBytes: 100 } })).rejects.toThrow(
      "more than the 0.0000954 MB that are allowed"
    )
    expect((await fromYamlPromise(handWritten, { limits: { maxBytes: 10_000 } })).name).toBe(
      "hand-written"
    )
  })

  it("deep JSON", async () => {
    await expect(fromJsonPromise("[".repeat(200) + "]".repeat(200))).rejects.toThrow(
      "nested more than 100 levels deep"
    )
    await expect(fromJsonPromise("[".repeat(100_000))).rejects.toThrow("This is no JSON")
  })
})

it("what a document repeats by an alias is there each time, and stays when it is saved", async () => {
  const text = handWritten.replace(
    "columns: [instruction, generation]",
    "columns: &c [instruction, generation]\n        more: *c"
  )
  const loaded = await fromYamlPromise(text)
  expect(loaded.graph.nodes.get("keep")!.step.options["columns"]).toEqual([
    "instruction",
    "generation"
  ])
})

it("keys like __proto__ and constructor are keys like any other", async () => {
  const loaded = await fromYamlPromise(
    handWritten
      .replace(
        "score: 1",
        "score: 1\n            __proto__: { polluted: true }\n            constructor: 2"
      )
      .replace("name: hand-written", "name: hand-written\n  __proto__: 1")
  )
  expect(({} as { readonly polluted?: boolean }).polluted).toBeUndefined()
  const [row] = loaded.graph.nodes.get("load")!.step.options["data"] as ReadonlyArray<object>
  expect(Object.keys(row!)).toEqual(["instruction", "score", "__proto__", "constructor"])
  const unknown = await fromYamlPromise(
    handWritten.replace("name: KeepColumns", "name: constructor"),
    { bind: {} }
  )
  expect(unknown.missing).toMatchObject([{ name: "constructor", steps: ["keep"] }])
})
