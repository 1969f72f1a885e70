import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { readTemplate } from "../../src/tasks/Template.ts"

const columnsOf = (source: string): ReadonlyArray<string> =>
  [...readTemplate(source).columns].sort()

describe("a template", () => {
  it("reads the columns that it names, and none that it makes itself", () => {
    expect(columnsOf("{{ a }} {{ b.c | upper }} {{ d[e] }}")).toEqual(["a", "b", "d", "e"])
    expect(
      columnsOf("{% for x in xs %}{{ x }} {{ loop.index }}{% else %}{{ none_here }}{% endfor %}")
    ).toEqual(["none_here", "xs"])
    expect(
      columnsOf("{% set y = z %}{{ y }}{% if not w and range(3) %}{{ v }}{% endif %}")
    ).toEqual(["v", "w", "z"])
    expect(columnsOf("{{ names | join(separator) }} {{ 'text' }} {{ 3 }}")).toEqual([
      "names",
      "separator"
    ])
    expect(columnsOf("no hole")).toEqual([])
  })

  it("of text and names reads the same columns, and gives the same text, as one with a comment, which only the parser understands", () => {
    const part = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 6 }),
      fc.constantFrom("\n", " "),
      fc
        .constantFrom("a", "b_1", "true", "None", "loop", "not", "in", "constructor", "1")
        .map((name) => `{{ ${name} }}`)
    )
    const outcome = (source: string): unknown => {
      try {
        return [
          columnsOf(source),
          readTemplate(source).render({ a: "x", b_1: 2, constructor: "c" })
        ]
      } catch (thrown) {
        return (thrown as Error).constructor.name
      }
    }
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 8 }).map((parts) => parts.join("")),
        (source) => {
          expect(outcome(`${source}.`)).toEqual(outcome(`${source}{# only a comment #}.`))
        }
      ),
      { numRuns: 500 }
    )
  })

  it("keeps line ends as Jinja does by default", () => {
    expect(
      readTemplate("Texts:\n{% for t in ts %}\n{{ t }}\n{% endfor %}\nEnd.\n").render({
        ts: ["a", "b"]
      })
    ).toBe("Texts:\n\na\n\nb\n\nEnd.")
  })

  it("renders numbers, lists, dates, big numbers, and nothing for what is not there", () => {
    expect(
      readTemplate("{{ a }}|{{ b }}|{{ c }}|{{ d }}").render({ a: 1, b: [1, "x"], c: 12n })
    ).toBe('1|[1, "x"]|12|')
    expect(readTemplate("{{ when }}").render({ when: new Date(0) })).toContain("1970-01-01")
  })

  it("leaves what looks like a template in a value alone, and reaches no code", () => {
    expect(readTemplate("{{ a }}").render({ a: "{{ b }} {% for %}" })).toBe("{{ b }} {% for %}")
    for (const attack of [
      "{{ a.constructor.constructor('return process')() }}",
      "{{ range.constructor('return 1')() }}",
      "{{ ''.constructor }}"
    ]) {
      let rendered = ""
      try {
        rendered = readTemplate(attack).render({ a: "x" })
      } catch {
        rendered = "refused"
      }
      expect(rendered).not.toContain("process")
      expect(["refused", "", "1"].includes(rendered) && rendered !== "1").toBe(true)
    }
  })

  it("says what is wrong with one that cannot be read", () => {
    expect(() => readTemplate("{% for x in %}")).toThrow(
      /the template cannot be read.*It starts with/
    )
    expect(() => readTemplate("{{ a ")).toThrow(/the template cannot be read/)
  })
})
