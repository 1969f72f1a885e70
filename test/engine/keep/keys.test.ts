import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { contentKey, joinedKey } from "../../../src/engine/keep/keys.ts"
import type { Item } from "../../../src/engine/plan/Item.ts"

const rows = fc.dictionary(
  fc.oneof(fc.constantFrom("a", "b c", "\n", "\t"), fc.string()),
  fc.oneof(fc.string(), fc.constantFrom("a\nb", "a\tb", "}\n{"), fc.integer(), fc.boolean()),
  { maxKeys: 4 }
)
const item = (key: string): Item => ({
  row: {},
  failure: undefined,
  tokens: [],
  key,
  credit: undefined,
  text: undefined,
  position: 0,
  path: []
})
const joined = (arms: ReadonlyArray<ReadonlyArray<string>>) =>
  joinedKey(arms.map((keys) => keys.map(item)))

describe("the key of a row", () => {
  it("is one line without a tab, whatever the row holds", () => {
    fc.assert(fc.property(rows, (row) => !/[\n\t]/.test(contentKey(row)!)))
  })

  it("differs for rows that differ, short or long", () => {
    fc.assert(
      fc.property(rows, rows, fc.nat(100), (one, other, length) => {
        const filled = [one, other].map((row) => ({ ...row, filling: "x".repeat(length) }))
        const [left, right] = filled.map((row) => JSON.stringify(row))
        const [leftKey, rightKey] = filled.map(contentKey)
        expect(leftKey === rightKey).toBe(left === right)
      })
    )
  })

  it("of rows that meet tells which came over which branch", () => {
    const keys = fc.array(
      fc.array(
        rows.map((row) => contentKey(row)!),
        { maxLength: 3 }
      ),
      {
        minLength: 1,
        maxLength: 3
      }
    )
    fc.assert(
      fc.property(keys, keys, (one, other) => {
        expect(joined(one) === joined(other)).toBe(JSON.stringify(one) === JSON.stringify(other))
      })
    )
    expect(joined([["a", "b"], []])).not.toBe(joined([["a"], ["b"]]))
    expect(joined([["a"], ["b", "c"]])).not.toBe(joined([["a", "b"], ["c"]]))
  })
})
