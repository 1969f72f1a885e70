import fc from "fast-check"
import { expect, it } from "vitest"
import { hasDigits, parseExactly } from "../../src/columns/exactJson.ts"

it("digits side by side are found wherever they stand, and others are not counted with them", () => {
  const texts = fc.array(fc.constantFrom("1", "23", "4567890", "a", " ", ".", "٣", "/", ":"), {
    maxLength: 40
  })
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 20 }), (parts, count) => {
      const text = parts.join("")
      expect(hasDigits(text, count)).toBe(new RegExp(`[0-9]{${count}}`).test(text))
    }),
    { numRuns: 2000 }
  )
})

it("integers that no number holds are read as their digits, whatever is around them", () => {
  expect(parseExactly('{"a":9007199254740993,"b":[-12345678901234567890,1e20],"c":12}')).toEqual({
    a: "9007199254740993",
    b: ["-12345678901234567890", 1e20],
    c: 12
  })
  expect(parseExactly("9007199254740993")).toBe("9007199254740993")
})
