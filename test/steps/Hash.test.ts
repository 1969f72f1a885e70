import { createHash } from "node:crypto"
import { expect, it } from "vitest"
import { Hash, runStepPromise } from "../../src/index.ts"

const hashed = async (value: unknown): Promise<string> =>
  (await runStepPromise(Hash({ name: "id" }), [{ text: value }])).rows[0]!.hash

it("a text has the hash that every other program finds", async () => {
  const text = "größer 🐈"
  expect(await hashed(text)).toBe(createHash("sha256").update(text, "utf8").digest("hex"))
  const { rows } = await runStepPromise(
    Hash({ name: "id", columns: ["q"], outputColumn: "md5", algorithm: "md5" }),
    [{ q: text, id: 1 }]
  )
  expect(rows).toEqual([{ q: text, id: 1, md5: createHash("md5").update(text).digest("hex") }])
})

it("objects have one hash in whatever order their keys stand; other values have others", async () => {
  expect(await hashed({ a: [1, { b: 2, c: 3 }] })).toBe(await hashed({ a: [1, { c: 3, b: 2 }] }))
  const values = [
    null,
    "null",
    0,
    "0",
    false,
    [],
    [null],
    {},
    { a: 1 },
    { a: 2 },
    10n ** 20n,
    "[null]"
  ]
  expect(new Set(await Promise.all(values.map(hashed))).size).toBe(values.length)
})

it("several columns are hashed together, each value in its place", async () => {
  const { rows } = await runStepPromise(Hash({ name: "id", columns: ["q", "r"] }), [
    { q: "a", r: "bc" },
    { q: "ab", r: "c" },
    { q: "bc", r: "a" }
  ])
  expect(new Set(rows.map(({ hash }) => hash)).size).toBe(3)
})

it("an empty list of columns is refused when the step is made", () => {
  expect(() => Hash({ name: "id", columns: [] })).toThrow("Hash 'id' has a wrong columns")
})
