import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  fitted,
  graphemes,
  inLines,
  textWidth,
  type TextStyle,
  wrapped
} from "../../src/picture/measure.ts"

const name: TextStyle = { font: "text", size: 14, bold: true }
const code: TextStyle = { font: "code", size: 10.5 }
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom("a", "W", "_", " ", "-", "/", "指", "🚀", "👩‍👩‍👧", "é", "م", "\n"),
    fc.string({ unit: "grapheme", maxLength: 1 })
  ),
  maxLength: 120
})

describe("text in a picture", () => {
  it("is as wide as its letters: wide ones, narrow ones, two cells for Chinese, one picture for an emoji of several code points", () => {
    expect(textWidth("WWW", name)).toBeGreaterThan(textWidth("iii", name) * 3)
    expect(textWidth("指示", code)).toBeGreaterThan(textWidth("abc", code))
    expect(graphemes("👩‍👩‍👧é")).toEqual(["👩‍👩‍👧", "é"])
    expect(textWidth("👩‍👩‍👧", name)).toBe(textWidth("🚀", name))
    expect(textWidth("é", name)).toBe(textWidth("e", name))
  })

  it("is cut so that it fits its room, and left as it is where it fits", () => {
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 40, max: 400 }),
        fc.constantFrom(name, code),
        (given, room, style) => {
          for (const line of [
            fitted(given, room, style),
            ...wrapped(given, room, style),
            ...inLines(given, room, style, 3)
          ])
            expect(textWidth(line, style)).toBeLessThanOrEqual(room)
          expect(wrapped(given, room, style).length).toBeLessThanOrEqual(2)
          expect(inLines(given, room, style, 3).length).toBeLessThanOrEqual(3)
        }
      )
    )
    expect(fitted("short", 200, name)).toBe("short")
    expect(fitted("text_generation_with_a_long_name_v2", 120, name)).toMatch(/^text_.*….*2$/)
  })

  it("of a name is broken where a reader would break it", () => {
    expect(wrapped("text_generation_with_gpt-4-0125-preview", 200, name)).toEqual([
      "text_generation_with_",
      "gpt-4-0125-preview"
    ])
    expect(wrapped("meta-llama/Llama-3.1-405B-Instruct", 200, name)).toEqual([
      "meta-llama/",
      "Llama-3.1-405B-Instruct"
    ])
  })
})
