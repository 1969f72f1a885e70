import { describe, expect, it } from "vitest"
import { readFunction } from "../../../src/engine/identity/functionUse.ts"

/** Names of the surroundings that a function uses, each with what it does to it. */
const used = (text: string): ReadonlyArray<string> =>
  [
    ...new Set(
      readFunction(text)!.uses.map(
        ({ kind, name, path }) => `${kind === "read" ? "" : `${kind} `}${[name, ...path].join(".")}`
      )
    )
  ].toSorted()
const changed = (text: string): ReadonlyArray<string> =>
  [...readFunction(text)!.changes.changed].toSorted()

describe("the text of a function", () => {
  it.each([
    ["an arrow", "(a) => a + x"],
    ["an async arrow", "async a => await x(a)"],
    ["a function", "function (a) { return x }"],
    ["a named generator", "async function* named(a) { yield named; yield x }"],
    ["a method", "process(rows) { return x }"],
    ["an async method", "async process(rows) { return x }"],
    ["a generator method", "*process(rows) { yield x }"],
    ["an async generator method", "async *process(rows) { yield x }"],
    ["a getter", "get process() { return x }"],
    ["a setter", "set process(value) { value.y = x }"],
    ["a method under a computed name", "[other](rows) { return x }"],
    ["a method under a text", "'a b'(rows) { return x }"],
    ["a private method", "#secret(rows) { return this.#secret(x) }"],
    ["a class", "class A { m() { return x } }"],
    ["a class with one method and no name", "class { m() { return x } }"],
    ["a function whose types are blank", "(a        , b = x          )          => a + b"],
    ["sloppy code", "function (a) { var let = x; return 010 + let }"]
  ])("is read: %s", (_, text) => {
    expect(used(text).map((name) => name.replace(/\..*/, ""))).toEqual(["x"])
  })

  it("that cannot be parsed says nothing", () => {
    expect(readFunction("(a) => a +")).toBeUndefined()
    expect(readFunction("not a function")).toBeUndefined()
  })
})

describe("a name of the surroundings", () => {
  it.each<[string, string, ReadonlyArray<string>]>([
    [
      "is what no parameter, variable, function, class or caught value within has",
      "(a, { b, c: [d] }, ...e) => { const f = 1; function g() {} class H {} try {} catch (i) { i } return [a, b, d, e, f, g, H, z] }",
      ["z"]
    ],
    [
      "is used outside of the block that declares it",
      "() => { { const x = 1; x } return x }",
      ["x"]
    ],
    [
      "is not used where var declares it for the whole function",
      "() => { if (true) { var x = 1 } return x }",
      []
    ],
    [
      "is used in a default that does not see the body",
      "(a = x) => { var x = 1; return a + x }",
      ["x"]
    ],
    [
      "is used by a spread, a shorthand, a computed key and a template",
      "() => [...a, { b, [c]: `${d}` }]",
      ["a", "b", "c", "d"]
    ],
    [
      "is no property, key or label",
      "(o) => { a: for (;;) break a; return { b: o.c, d() {} } }",
      []
    ],
    [
      "is no word in a text, a comment or a regular expression",
      "() => 'a' + /b/.source /* c */ + `d`",
      []
    ],
    ["is used by typeof", "() => typeof a", ["a"]],
    ["is used with its path", "() => a.b?.c.d + a['e'] + a[f]", ["a", "a.b.c.d", "a.e", "f"]],
    [
      "is used with what is taken out of it",
      "() => { const { b, c: d } = a; return b + d }",
      ["a.b", "a.c"]
    ],
    [
      "is used as a whole where all of it is taken",
      "() => { const { b, ...rest } = a; return rest }",
      ["a"]
    ],
    [
      "is set",
      "() => { [b, { c }] = d; for (e of f) e; return a = 1 }",
      ["d", "e", "f", "set a", "set b", "set c", "set e"]
    ],
    [
      "is counted where nothing takes the value",
      "() => { a++; b += 1; c = c + 1; d.push(1); e[f] = (e[f] ?? 0) + 1; g = Math.max(g, 2) }",
      ["Math.max", "count a", "count b", "count c", "count d.push", "count e", "count g", "f"]
    ],
    [
      "is not only counted where something takes the value",
      "() => { const x = a++; return b += x }",
      ["set a", "set b"]
    ]
  ])("%s", (_, text, names) => {
    expect(used(text)).toEqual(names)
  })
})

describe("an object of the surroundings", () => {
  it.each<[string, string, ReadonlyArray<string>]>([
    ["is changed by an assignment to a property", "() => (a.b = 1)", ["a"]],
    ["is changed by delete and ++", "() => { delete a.b; return b.c++ }", ["a", "b"]],
    ["is changed by a method that changes", "() => a.sort()", ["a"]],
    ["is changed under another name", "() => { const b = a.list; b.sort(); return b }", ["a.list"]],
    [
      "is changed by way of its elements",
      "() => { for (const each of a) each.n = 1; b.forEach((each) => { each.n = 1 }) }",
      ["a", "b"]
    ],
    ["is changed by Object.assign", "() => Object.assign(a, {})", ["a"]],
    ["is changed by a borrowed method", "() => Array.prototype.push.call(a, 1)", ["a"]],
    [
      "is not changed by what changes a copy",
      "() => { const b = [...a]; b.sort(); const c = { ...a, d: 1 }; c.d = 2; return a.map((x) => x).reverse().concat(Object.assign({}, a)) }",
      []
    ],
    [
      "is not changed by what a fold gathers",
      "() => a.reduce((all, each) => { all.push(each); return all }, [])",
      []
    ],
    [
      "is not changed by what changes a parameter",
      "(rows) => rows.map((row) => { row.n = a; return row })",
      ["#0"]
    ]
  ])("%s", (_, text, names) => {
    expect(changed(text)).toEqual(names)
  })
})
