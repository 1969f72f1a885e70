import { describe, expect, it } from "vitest"
import { readTemplate } from "../../src/tasks/Template.ts"

const row = {
  name: "hello wORLD",
  text: "The quick brown fox jumps over the lazy dog",
  n: 2.345,
  ns: [3, 1, 2],
  none: null,
  people: [
    { name: "Ann", city: "Lima", age: 30 },
    { name: "bob", city: "Ica", age: 20 },
    { name: "Cy", city: "Lima", age: 40 }
  ]
}
const render = (template: string): string => readTemplate(template).render(row)

describe("filters of Jinja", () => {
  // What Jinja 3.1 prints for the same templates and values.
  it.each([
    ["{{ name | title }}", "Hello World"],
    ["{{ 'o\\'brien-smith (x)' | title }}", "O'brien-Smith (X)"],
    ["{{ text | truncate(15) }}", "The quick..."],
    ["{{ text | truncate(15, True) }}", "The quick br..."],
    ["{{ text | truncate(length=15, end='!') }}", "The quick!"],
    ["{{ 'short text' | truncate(8) }}", "short text"],
    [
      "{{ n | round(1) }} {{ 2.5 | round }} {{ n | round(2, 'floor') }} {{ 2.1 | round(method='ceil') }}",
      "2.3 2 2.34 3"
    ],
    ["{{ '%s has %d of %05.1f%%' | format('Ann', 3, 9.25) }}", "Ann has 3 of 009.3%"],
    [
      "{% for b in [1, 2, 3, 4, 5] | batch(2, 0) %}{{ b | join(',') }};{% endfor %}",
      "1,2;3,4;5,0;"
    ],
    ["{% for s in [1, 2, 3, 4, 5] | slice(2) %}{{ s | join(',') }};{% endfor %}", "1,2,3;4,5;"],
    [
      "{% for city, list in people | groupby('city') %}{{ city }}:{{ list | length }};{% endfor %}",
      "Ica:1;Lima:2;"
    ],
    ["{{ ns | min }} {{ ns | max }} {{ ns | sum }}", "1 3 6"],
    ["{{ (people | max(attribute='age')).name }} {{ people | sum(attribute='age') }}", "Cy 90"],
    ["{{ text | wordcount }} {{ ns | count }}", "9 3"],
    ["{{ text | wordwrap(15) }}", "The quick brown\nfox jumps over\nthe lazy dog"],
    ["[{{ 'ab' | center(6) }}]", "[  ab  ]"],
    ["{{ '<a & \"b\">' | e }}", "&lt;a &amp; &#34;b&#34;&gt;"],
    [
      "{{ ['a', 'b'] | map('upper') | join }} {{ people | map(attribute='name') | join(', ') }}",
      "AB Ann, bob, Cy"
    ],
    ["{{ 'a b/c' | urlencode }}", "a%20b/c"],
    ["{% for x in ns %}{{ loop.cycle('odd', 'even') }} {% endfor %}", "odd even odd "],
    ["{% raw %}{{ name }} {% if %}{% endraw %} {{ ns | first }}", "{{ name }} {% if %} 3"]
  ])("%s", (template, expected) => {
    expect(render(template)).toBe(expected)
  })

  it("random draws the same item for the same list", () => {
    expect(["3", "1", "2"]).toContain(render("{{ ns | random }}"))
    expect(render("{{ ns | random }}")).toBe(render("{{ ns|random }}"))
  })

  it("read the columns that their arguments name", () => {
    expect(readTemplate("{{ text | truncate(limit) }}").columns).toEqual(["text", "limit"])
    expect(
      readTemplate("{% for x in ns %}{{ loop.cycle(name, 'b') }}{% endfor %}").columns
    ).toEqual(["ns", "name"])
  })
})

describe("a filter that is not known", () => {
  it("is told of with its place and what was meant, all at once", () => {
    expect(() => readTemplate("{{ a | uper }}\n{% if b | lenght > 2 %}x{% endif %}")).toThrow(
      "the template cannot be read: filter 'uper' at line 1, column 8 is not known. Did you mean 'upper'? filter 'lenght' at line 2, column 11 is not known. Did you mean 'length'?"
    )
  })

  it("is refused when the task is made", async () => {
    const { ScriptedLLM, TextGeneration } = await import("distilabel-ts")
    const llm = ScriptedLLM({ answers: "x" })
    expect(() =>
      TextGeneration({ name: "x", llm, template: "{{ a | reverze }}", columns: ["a"] })
    ).toThrow("Did you mean 'reverse'?")
  })
})
