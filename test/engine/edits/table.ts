/**
 * More than a hundred edits of a pipeline's code: each is a module and what is changed in it, with
 * the rows, of ten, that its step must work on again. `none` where nothing changed that matters,
 * `all` where something did, or where it cannot be seen whether something did.
 */

/** What the module's exports are used for. */
export type Kind =
  | "map"
  | "process"
  | "filter"
  | "global"
  | "join"
  | "reduce"
  | "route"
  | "task"
  | "parse"
  | "threads"
  | "generator"
  | "schema"
  | "options"

export interface Edit {
  readonly title: string
  readonly kind: Kind
  readonly code: string
  /** What is replaced by what, wherever it stands; nothing for a rerun of the same. */
  readonly from: string
  readonly to: string
  readonly again: "all" | "none"
  /** Modules beside it. The edit is made in them too. */
  readonly modules?: Readonly<Record<string, string>>
  /** An environment variable that is another one for the second run. */
  readonly env?: readonly [name: string, before: string, after: string]
}

const edit =
  (again: "all" | "none", kind: Kind) =>
  (title: string, code: string, from = "", to = from, more: Partial<Edit> = {}): Edit => ({
    title,
    kind,
    code,
    from,
    to,
    again,
    ...more
  })
const changes = edit("all", "map")
const keeps = edit("none", "map")
const again = (title: string, code: string, more: Partial<Edit> = {}): Edit =>
  changes(title, code, "", "", more)

/** A package in node_modules. */
const pack = (code: string): Readonly<Record<string, string>> => ({
  "node_modules/pack/package.json": `{ "name": "pack", "version": "1.0.0", "type": "module", "exports": "./index.js" }`,
  "node_modules/pack/index.js": code
})

const map = (body: string): string => `export const map = (row) => ({ v: ${body} })`

export const edits: ReadonlyArray<Edit> = [
  // Text.
  changes("a number in the function", map("row.n + 1"), "+ 1", "+ 2"),
  changes("a text in the function", map("`a${row.n}`"), "`a", "`b"),
  changes("an operator", map("row.n + 3"), "+ 3", "- 3"),
  changes(
    "a comment in the function, which is part of its text",
    map("row.n /* one */"),
    "one",
    "two"
  ),
  keeps("a comment outside of the function", `// one\n${map("row.n + 1")}`, "one", "two"),
  keeps(
    "a variable that the function does not use",
    `const unused = 1\nexport const other = () => unused\n${map("row.n")}`,
    "unused = 1",
    "unused = 2"
  ),
  keeps("nothing", map("row.n + 1")),
  keeps("lines between functions", `const a = 1\n\n\n${map("row.n + a")}`, "\n\n\n", "\n"),
  keeps(
    "a type",
    `type N = number\nexport const map = (row: { n: N }) => ({ v: row.n })`,
    "type N = number",
    "type N = number | string"
  ),

  // Variables.
  changes("a captured number", `const add = 1\n${map("row.n + add")}`, "add = 1", "add = 2"),
  changes("a captured text", `const tone = "a"\n${map("tone + row.n")}`, `"a"`, `"b"`),
  changes(
    "minus zero",
    `const zero = 0\n${map("Object.is(row.n * 0, zero)")}`,
    "zero = 0",
    "zero = -0"
  ),
  changes("a captured bigint", `const big = 1n\n${map("String(big) + row.n")}`, "1n", "2n"),
  changes(
    "null and undefined",
    `const none = null\n${map("String(none) + row.n")}`,
    "null",
    "undefined"
  ),
  changes("a text for a number", `const one = 1\n${map("typeof one + row.n")}`, "= 1", `= "1"`),
  changes(
    "the list that is spread",
    `const words = ["a"]\n${map("[...words, row.n].join()")}`,
    `"a"`,
    `"b"`
  ),
  changes(
    "the object that is spread",
    `const defaults = { a: 1 }\n${map("JSON.stringify({ ...defaults, n: row.n })")}`,
    "a: 1",
    "a: 2"
  ),
  changes(
    "the order of keys of a map",
    `const order = new Map([["a", 1], ["b", 2]])\n${map("[...order.keys()].join() + row.n")}`,
    `[["a", 1], ["b", 2]]`,
    `[["b", 2], ["a", 1]]`
  ),
  changes(
    "the order of keys of an object, which its text shows",
    `const both = { a: 1, b: 2 }\n${map("JSON.stringify(both) + row.n")}`,
    "a: 1, b: 2",
    "b: 2, a: 1"
  ),
  changes(
    "an element of a set",
    `const stop = new Set(["a"])\n${map("stop.has('b') || row.n")}`,
    `["a"]`,
    `["b"]`
  ),
  changes(
    "a date",
    `const since = new Date(2020, 1)\n${map("since.getTime() + row.n")}`,
    "2020",
    "2021"
  ),
  changes(
    "a regular expression",
    `const rest = /1/\n${map("rest.test(String(row.n))")}`,
    "/1/",
    "/2/"
  ),
  changes(
    "the flags of a regular expression",
    `const rest = /A/\n${map("rest.test('a' + row.n)")}`,
    "/A/",
    "/A/i"
  ),
  changes(
    "bytes",
    `const bytes = new Uint8Array([1, 2])\n${map("bytes[1] + row.n")}`,
    "1, 2",
    "1, 3"
  ),
  changes(
    "an address",
    `const base = new URL("http://a/")\n${map("base.href + row.n")}`,
    "http://a",
    "http://b"
  ),
  changes(
    "the middle of a long list",
    `const list = Array.from({ length: 20000 }, (_, i) => i === 9000 ? "a" : "w")\n${map("list[9000] + row.n")}`,
    `"a"`,
    `"b"`
  ),
  changes(
    "a name that also stands in a template",
    "const limit = 1\n" + map("`limit=${limit} ${row.n}`"),
    "limit = 1",
    "limit = 2"
  ),
  changes(
    "a name that also stands in a comment",
    `const limit = 1\n${map("/* limit = the most */ limit + row.n")}`,
    "limit = 1",
    "limit = 2"
  ),
  changes(
    "a name that a variable within shadows elsewhere",
    `const limit = 1\n${map("[1].map((limit) => { limit += 1; return limit }).join() + limit + row.n")}`,
    "limit = 1",
    "limit = 2"
  ),
  keeps(
    "a name that a parameter shadows",
    `const limit = 1\nexport const other = limit\n${map("[1].map((limit) => limit + 1).join() + row.n")}`,
    "limit = 1",
    "limit = 2"
  ),
  keeps(
    "a name that is only a property",
    `const limit = 1\nexport const other = limit\n${map("({ limit: 3 }).limit + row.n")}`,
    "limit = 1",
    "limit = 2"
  ),
  keeps(
    "a name that is only a label",
    `const limit = 1\nexport const other = limit\nexport const map = (row) => { limit: for (;;) { break limit } return { v: row.n } }`,
    "limit = 1",
    "limit = 2"
  ),
  changes(
    "a shorthand property",
    `const tone = "a"\n${map("JSON.stringify({ tone, n: row.n })")}`,
    `"a"`,
    `"b"`
  ),
  changes(
    "a computed property",
    `const key = "a"\n${map("JSON.stringify({ [key]: row.n })")}`,
    `"a"`,
    `"b"`
  ),
  changes(
    "a default of a parameter",
    `const add = 1\nexport const map = (row, more = add) => ({ v: row.n + more })`,
    "add = 1",
    "add = 2"
  ),
  changes(
    "a default in a pattern",
    `const add = 1\nexport const map = ({ n, more = add }) => ({ v: n + more })`,
    "add = 1",
    "add = 2"
  ),
  changes(
    "a default that a variable of the body has the name of",
    `const x = 1\nexport const map = (row, more = x) => { var x = 5; return { v: row.n + more + x } }`,
    "const x = 1",
    "const x = 2"
  ),
  changes(
    "what typeof looks at",
    `const flag = 1\n${map("typeof flag + row.n")}`,
    "flag = 1",
    `flag = "1"`
  ),
  changes(
    "a tagged template",
    "const tag = (parts) => parts.join('a')\n" + map("tag`${row.n}-${row.n}`"),
    "'a'",
    "'b'"
  ),
  changes(
    "a value that is caught",
    `const text = "a"\nexport const map = (row) => { try { throw new Error(text) } catch (text) { return { v: text.message + row.n } } }`,
    `"a"`,
    `"b"`
  ),
  changes(
    "a symbol's property",
    `const key = Symbol("k")\nconst held = { [key]: 1 }\n${map("held[key] + row.n")}`,
    "[key]: 1",
    "[key]: 2"
  ),
  changes(
    "a getter",
    `const held = { get tone() { return "a" } }\n${map("held.tone + row.n")}`,
    `"a"`,
    `"b"`
  ),
  changes(
    "a property that is not listed",
    `const held = Object.defineProperty({}, "tone", { value: "a" })\n${map("held.tone + row.n")}`,
    `"a"`,
    `"b"`
  ),
  changes(
    "an inherited property",
    `const held = Object.create({ tone: "a" })\n${map("held.tone + row.n")}`,
    `"a"`,
    `"b"`
  ),
  changes(
    "an object that holds itself",
    `const held = { tone: "a" }\nheld.self = held\n${map("held.self.tone + row.n")}`,
    `"a"`,
    `"b"`
  ),
  keeps(
    "nothing, of an object that holds itself",
    `const held = { tone: "a" }\nheld.self = held\n${map("held.self.tone + row.n")}`
  ),
  changes(
    "what a proxy stands for",
    `const held = new Proxy({ tone: "a" }, {})\n${map("held.tone + row.n")}`,
    `"a"`,
    `"b"`
  ),
  changes(
    "what a proxy answers",
    `const held = new Proxy({}, { get: () => "a" })\n${map("held.tone + row.n")}`,
    `"a"`,
    `"b"`
  ),
  changes(
    "what a promise holds",
    `const held = Promise.resolve("a")\nawait held\nexport const process = async (rows) => { const tone = await held; return rows.map(({ n }) => ({ v: tone + n })) }`,
    `"a"`,
    `"b"`,
    { kind: "process" }
  ),
  keeps(
    "nothing, of a promise",
    `const held = Promise.resolve("a")\nawait held\nexport const process = async (rows) => { const tone = await held; return rows.map(({ n }) => ({ v: tone + n })) }`,
    "",
    "",
    { kind: "process" }
  ),
  changes(
    "a part of a destructured object",
    `const config = { tone: "a", other: 1 }\nexport const map = (row) => { const { tone } = config; return { v: tone + row.n } }`,
    `"a"`,
    `"b"`
  ),

  // Functions.
  changes("a helper", `const help = (n) => n + 1\n${map("help(row.n)")}`, "n + 1", "n + 2"),
  changes(
    "a helper's helper's helper's helper",
    `const d = (n) => n + 1\nconst c = (n) => d(n)\nconst b = (n) => c(n)\nconst a = (n) => b(n)\n${map("a(row.n)")}`,
    "n + 1",
    "n + 2"
  ),
  changes(
    "what a helper takes from outside",
    `const add = 1\nconst help = (n) => n + add\n${map("help(row.n)")}`,
    "add = 1",
    "add = 2"
  ),
  changes(
    "helpers that call each other",
    `const even = (n) => n === 0 || odd(n - 1)\nconst odd = (n) => n !== 0 && even(n - 1)\nconst add = 1\n${map("even(row.n + add)")}`,
    "add = 1",
    "add = 2"
  ),
  changes(
    "a helper in a list",
    `const helps = [(n) => n + 1]\n${map("helps[0](row.n)")}`,
    "n + 1",
    "n + 2"
  ),
  changes(
    "a helper in a map",
    `const helps = new Map([["a", (n) => n + 1]])\n${map("helps.get('a')(row.n)")}`,
    "n + 1",
    "n + 2"
  ),
  changes(
    "a method of an object",
    `const helps = { help(n) { return n + this.add }, add: 1 }\n${map("helps.help(row.n)")}`,
    "add: 1",
    "add: 2"
  ),
  changes(
    "an argument of bind",
    `const sum = (a, b) => a + b\nconst help = sum.bind(null, 1)\n${map("help(row.n)")}`,
    "null, 1",
    "null, 2"
  ),
  changes(
    "the this of bind",
    `const help = function (n) { return this.add + n }.bind({ add: 1 })\n${map("help(row.n)")}`,
    "add: 1",
    "add: 2"
  ),
  changes(
    "a function that a function made",
    `const adding = (add) => (n) => n + add\nconst help = adding(1)\n${map("help(row.n)")}`,
    "adding(1)",
    "adding(2)"
  ),
  changes(
    "a generator function",
    `function* parts(n) { yield n + 1 }\n${map("[...parts(row.n)].join()")}`,
    "n + 1",
    "n + 2"
  ),
  changes(
    "an async helper",
    `const help = async (n) => n + 1\nexport const process = (rows) => Promise.all(rows.map(async ({ n }) => ({ v: await help(n) })))`,
    "n + 1",
    "n + 2",
    { kind: "process" }
  ),
  changes(
    "a property of a function",
    `const help = (n) => n + help.add\nhelp.add = 1\n${map("help(row.n)")}`,
    "add = 1",
    "add = 2"
  ),
  changes(
    "a method in short form",
    `const held = { process(rows) { return rows.map(({ n }) => ({ v: n + 1 })) } }\nexport const { process } = held`,
    "n + 1",
    "n + 2",
    { kind: "process" }
  ),
  changes(
    "what an async method takes from outside",
    `const add = 1\nconst held = { async process(rows) { return rows.map(({ n }) => ({ v: n + add })) } }\nexport const { process } = held`,
    "add = 1",
    "add = 2",
    { kind: "process" }
  ),
  changes(
    "what a method under a computed name takes from outside",
    `const add = 1\nconst held = { ["pro" + "cess"](rows) { return rows.map(({ n }) => ({ v: n + add })) } }\nexport const { process } = held`,
    "add = 1",
    "add = 2",
    { kind: "process" }
  ),
  changes(
    "what a generator method takes from outside",
    `const add = 1\nconst held = { *process(rows) { for (const { n } of rows) yield { v: n + add } } }\nexport const { process } = held`,
    "add = 1",
    "add = 2",
    { kind: "process" }
  ),

  // Classes.
  changes(
    "a field of an instance",
    `class Settings { constructor(tone) { this.tone = tone } }\nconst settings = new Settings("a")\n${map("settings.tone + row.n")}`,
    `("a")`,
    `("b")`
  ),
  changes(
    "a private field of an instance",
    `class Settings { #tone; constructor(tone) { this.#tone = tone } say() { return this.#tone } }\nconst settings = new Settings("a")\n${map("settings.say() + row.n")}`,
    `("a")`,
    `("b")`
  ),
  changes(
    "a method of a class",
    `class Settings { say() { return "a" } }\nconst settings = new Settings()\n${map("settings.say() + row.n")}`,
    `"a"`,
    `"b"`
  ),
  changes(
    "a method of the class that a class extends",
    `class Base { say() { return "a" } }\nclass Settings extends Base {}\nconst settings = new Settings()\n${map("settings.say() + row.n")}`,
    `"a"`,
    `"b"`
  ),
  changes(
    "what a method takes from outside",
    `const tone = "a"\nclass Settings { say() { return tone } }\nconst settings = new Settings()\n${map("settings.say() + row.n")}`,
    `"a"`,
    `"b"`
  ),
  changes(
    "a static field",
    `class Settings { static tone = "a" }\n${map("Settings.tone + row.n")}`,
    `"a"`,
    `"b"`
  ),
  changes(
    "a method that was put on a prototype",
    `class Settings {}\nSettings.prototype.say = () => "a"\nconst settings = new Settings()\n${map("settings.say() + row.n")}`,
    `"a"`,
    `"b"`
  ),
  keeps(
    "nothing, of an instance",
    `class Settings { #tone; constructor(tone) { this.#tone = tone } say() { return this.#tone } }\nconst settings = new Settings("a")\n${map("settings.say() + row.n")}`
  ),
  keeps(
    "nothing, of a class that is used within",
    `class Builder { parts = []; add(n) { this.parts.push(n); return this } }\n${map("new Builder().add(row.n).parts.join()")}`
  ),

  // Modules.
  changes(
    "a function of another module",
    `import { help } from "./help.ts"\n${map("help(row.n)")}`,
    "n + 1",
    "n + 2",
    { modules: { "help.ts": "export const help = (n: number) => n + 1" } }
  ),
  changes(
    "a value of another module",
    `import { add } from "./help.ts"\n${map("row.n + add")}`,
    "add = 1",
    "add = 2",
    { modules: { "help.ts": "export const add = 1" } }
  ),
  changes(
    "what is used of a namespace",
    `import * as help from "./help.ts"\n${map("help.plus(row.n)")}`,
    "n + 1",
    "n + 2",
    {
      modules: { "help.ts": "export const plus = (n) => n + 1\nexport const minus = (n) => n - 5" }
    }
  ),
  keeps(
    "what is not used of a namespace",
    `import * as help from "./help.ts"\n${map("help.plus(row.n)")}`,
    "n - 5",
    "n - 6",
    {
      modules: { "help.ts": "export const plus = (n) => n + 1\nexport const minus = (n) => n - 5" }
    }
  ),
  keeps(
    "a comment in another module",
    `import { help } from "./help.ts"\n${map("help(row.n)")}`,
    "// one",
    "// two",
    { modules: { "help.ts": "// one\nexport const help = (n) => n + 1" } }
  ),
  changes(
    "a module that another one imports",
    `import { help } from "./help.ts"\n${map("help(row.n)")}`,
    "add = 1",
    "add = 2",
    {
      modules: {
        "help.ts": `import { add } from "./deep.ts"\nexport const help = (n) => n + add`,
        "deep.ts": "export const add = 1"
      }
    }
  ),
  changes(
    "a module that is imported when it is needed",
    `export const process = async (rows) => { const { help } = await import("./help.ts"); return rows.map(({ n }) => ({ v: help(n) })) }`,
    "n + 1",
    "n + 2",
    { kind: "process", modules: { "help.ts": "export const help = (n) => n + 1" } }
  ),
  keeps(
    "nothing, of a module that is imported when it is needed",
    `export const process = async (rows) => { const { help } = await import("./help.ts"); return rows.map(({ n }) => ({ v: help(n) })) }`,
    "",
    "",
    { kind: "process", modules: { "help.ts": "export const help = (n) => n + 1" } }
  ),
  changes(
    "a module in threads",
    "export const process = (rows) => rows.map(({ n }) => ({ v: n + 1 }))",
    "n + 1",
    "n + 2",
    { kind: "threads" }
  ),
  changes(
    "what a module in threads imports",
    `import { help } from "./help.ts"\nexport const process = (rows) => rows.map(({ n }) => ({ v: help(n) }))`,
    "add = 1",
    "add = 2",
    {
      kind: "threads",
      modules: {
        "help.ts": `export * from "./deep.ts"`,
        "deep.ts": "const add = 1\nexport const help = (n) => n + add"
      }
    }
  ),
  keeps(
    "nothing, of a module in threads",
    `import { help } from "./help.ts"\nexport const process = (rows) => rows.map(({ n }) => ({ v: help(n) }))`,
    "",
    "",
    { kind: "threads", modules: { "help.ts": "export const help = (n) => n" } }
  ),
  changes(
    "nothing, of a module in threads that counts",
    "let count = 0\nexport const process = (rows) => rows.map(({ n }) => ({ v: n + count++ }))",
    "",
    "",
    { kind: "threads" }
  ),

  // Packages.
  changes(
    "the version of a package",
    `import { help } from "pack"\n${map("help(row.n)")}`,
    `"version": "1.0.0"`,
    `"version": "1.0.1"`,
    { modules: pack("export const help = (n) => n + 1") }
  ),
  keeps(
    "nothing, of a package that keeps something in mind",
    `import { help } from "pack"\n${map("help(row.n)")}`,
    "",
    "",
    {
      modules: pack(
        "const seen = new Map()\nexport const help = (n) => seen.get(n) ?? (seen.set(n, n + 1), n + 1)"
      )
    }
  ),
  changes(
    "what a package's function was made with",
    `import { adding } from "pack"\nconst help = adding(1)\n${map("help(row.n)")}`,
    "adding(1)",
    "adding(2)",
    { modules: pack("export const adding = (add) => (n) => n + add") }
  ),
  changes(
    "a field of an instance of a package's class",
    `import { Held } from "pack"\nconst held = new Held("a")\n${map("held.say() + row.n")}`,
    `"a"`,
    `"b"`,
    {
      modules: pack(
        "export class Held { #tone; constructor(tone) { this.#tone = tone } say() { return this.#tone } }"
      )
    }
  ),
  again(
    "nothing, of a package that reads the time",
    `import { help } from "pack"\n${map("help() * 0 + row.n")}`,
    { modules: pack("const now = () => Date.now()\nexport const help = () => now()") }
  ),
  again(
    "nothing, of a package whose method reads a file",
    `import pack from "pack"\n${map("pack.help().length * 0 + row.n")}`,
    {
      modules: pack(
        `import { readFileSync } from "node:fs"\nexport default { help() { return readFileSync(new URL(import.meta.url), "utf8") } }`
      )
    }
  ),
  keeps(
    "another function of a package",
    `import pack from "pack"\n${map("pack.help(row.n)")}`,
    "",
    "",
    { modules: pack("export default { help: (n) => n + 1, now: () => Date.now() }") }
  ),

  // What is outside, and what changes.
  again("nothing, of a function that reads the time", map("Date.now() - Date.now() + row.n")),
  again("nothing, of a function that makes a date of now", map("new Date().getFullYear() + row.n")),
  keeps("nothing, of a function that reads a date", map("new Date(row.n).getTime()")),
  again(
    "nothing, of a helper that reads a file",
    `import { readFileSync } from "node:fs"\nconst help = () => readFileSync(new URL("./data.txt", import.meta.url), "utf8")\n${map("help() + row.n")}`,
    { modules: { "data.txt": "a" } }
  ),
  changes(
    "a file that is read at the start",
    `import { readFileSync } from "node:fs"\nconst text = readFileSync(new URL("./data.txt", import.meta.url), "utf8")\n${map("text + row.n")}`,
    "one",
    "two",
    { modules: { "data.txt": "one" } }
  ),
  keeps("nothing, of random values in a finished run", map("Math.random() < 2 ? row.n : 0")),
  changes("the value of an environment variable", map("process.env.EDIT_TONE + row.n"), "", "", {
    env: ["EDIT_TONE", "a", "b"]
  }),
  keeps("another environment variable", map("process.env.EDIT_TONE + row.n"), "", "", {
    env: ["EDIT_OTHER", "a", "b"]
  }),
  again(
    "nothing, of a function that reads all of the environment",
    map("Object.keys(process.env).length * 0 + row.n")
  ),
  again(
    "nothing, of a counter that is read",
    `let count = 0\nexport const map = (row) => ({ v: row.n + count++ * 0 })`
  ),
  keeps(
    "nothing, of a counter that nobody reads",
    `let count = 0\nexport const map = (row) => { count += 1; return { v: row.n } }`
  ),
  keeps(
    "nothing, of a function that only writes to a file",
    `import { appendFileSync } from "node:fs"\nexport const map = (row) => { appendFileSync(new URL("./log.txt", import.meta.url), "x"); return { v: row.n } }`
  ),
  keeps(
    "nothing, of a global that is only counted",
    `export const map = (row) => { globalThis.editCalls = (globalThis.editCalls ?? 0) + 1; return { v: row.n } }`
  ),
  again(
    "nothing, of a global that is counted and read",
    `export const map = (row) => { globalThis.editReads = (globalThis.editReads ?? 0) + 1; return { v: globalThis.editReads * 0 + row.n } }`
  ),
  keeps(
    "nothing, of an address that is made with a captured text",
    `const config = { tone: "a" }\nexport const map = (row) => { const made = new URL("http://a/"); made.searchParams.set("tone", config.tone); return { v: made.href + row.n } }`
  ),
  keeps(
    "nothing, of a list that a function within fills",
    `const config = { tone: "a" }\nexport const map = (row) => { const put = (list, some) => { list.push(some) }; const made = []; put(made, config.tone); return { v: made.join() + row.n } }`
  ),
  changes(
    "the language of a formatter",
    `const format = new Intl.NumberFormat("en")\n${map("format.format(row.n + 0.5)")}`,
    `"en"`,
    `"de"`
  ),
  keeps(
    "nothing, of a formatter",
    `const format = new Intl.NumberFormat("en")\n${map("format.format(row.n)")}`
  ),
  again(
    "nothing, of a memory",
    `const memory = new Map()\nexport const map = (row) => { if (!memory.has(row.n)) memory.set(row.n, row.n + 1); return { v: memory.get(row.n) } }`
  ),
  again(
    "nothing, of a list that is sorted in place",
    `const words = ["b", "a"]\n${map("words.sort().join() + row.n")}`
  ),
  keeps(
    "nothing, of a copy that is sorted",
    `const words = ["b", "a"]\n${map("[...words].sort().join() + row.n")}`
  ),
  changes(
    "an object that is also written to",
    `const state = { tone: "a" }\nexport const map = (row) => { state.calls = 1; return { v: state.tone + row.n } }`,
    `"a"`,
    `"b"`
  ),
  again(
    "nothing, of an object that a helper changes",
    `const state = { n: 0 }\nconst bump = (some) => { some.n += 1 }\nexport const map = (row) => { bump(state); return { v: state.n * 0 + row.n } }`
  ),
  again(
    "nothing, of an instance that changes itself",
    `class Counter { n = 0; next() { return ++this.n } }\nconst counter = new Counter()\n${map("counter.next() * 0 + row.n")}`
  ),
  again(
    "nothing, of a class that counts its instances",
    `class Id { static last = 0; static next() { return ++Id.last } }\n${map("Id.next() * 0 + row.n")}`
  ),
  again(
    "nothing, of a function that counts its calls",
    `function next() { return ++next.calls }\nnext.calls = 0\n${map("next() * 0 + row.n")}`
  ),
  again(
    "nothing, of a getter that counts",
    `const held = { n: 0, get next() { return ++this.n } }\n${map("held.next * 0 + row.n")}`
  ),
  again(
    "nothing, of an instance's getter that counts",
    `class Held { n = 0; get next() { return ++this.n } }\nconst held = new Held()\n${map("held.next * 0 + row.n")}`
  ),
  again(
    "nothing, of an object that counts when it is written out",
    "const held = { n: 0, toString() { this.n += 1; return '' + this.n } }\n" +
      map("`${held}`.length * 0 + row.n")
  ),
  again(
    "nothing, of state that a callback changes",
    `const state = { n: 0 }\nconst update = (some, change) => change(some)\nexport const map = (row) => { update(state, (some) => { some.n += 1 }); return { v: state.n * 0 + row.n } }`
  ),
  again(
    "nothing, of state that is handed to a callback",
    `const state = { n: 0 }\nconst update = (change) => change(state)\nexport const map = (row) => ({ v: update((some) => ++some.n) * 0 + row.n })`
  ),
  changes(
    "an object to which rows are added, and which changes them",
    `const held = { add(row) { row.v = "a" } }\nexport const map = (row) => { const made = { v: "" }; held.push = held.add; held.add(made); return made }`,
    `"a"`,
    `"b"`
  ),
  changes(
    "what a list of another kind does with what is pushed",
    `class Marking extends Array { push(made) { made.v = "a"; return 1 } }\nconst marks = new Marking()\nexport const map = (row) => { const made = { v: "" }; marks.push(made); return made }`,
    `"a"`,
    `"b"`
  ),
  changes(
    "a field of an object that has one called ast",
    `const held = { ast: {}, tone: "a" }\n${map("held.tone + row.n")}`,
    `"a"`,
    `"b"`
  ),
  changes(
    "a static field called name",
    `const tone = "a"\nclass Held { static name = tone }\n${map("Held.name + row.n")}`,
    `"a"`,
    `"b"`
  ),
  again(
    "nothing, of a generator that goes on",
    `const numbers = (function* () { for (;;) yield 0 })()\n${map("numbers.next().value + row.n")}`
  ),
  again("nothing, of eval", map("eval('1') + row.n")),
  keeps("a function with a version", `export const version = "1"\n${map("row.n + 1")}`, "", ""),
  keeps(
    "the code of a step whose version stays",
    `export const version = "1"\n${map("row.n + Math.round(1.2)")}`,
    "1.2",
    "1.3"
  ),
  keeps(
    "nothing, of a step with a version that reads the time",
    `export const version = "1"\n${map("Date.now() * 0 + row.n")}`
  ),
  changes("the version", `export const version = "1"\n${map("row.n + 1")}`, `"1"`, `"2"`),

  // Other steps, and other functions of steps.
  edit("all", "filter")(
    "what a filter lets pass",
    "const least = 3\nexport const where = (row) => row.n > least",
    "least = 3",
    "least = 4"
  ),
  edit("none", "filter")(
    "nothing, of a filter",
    "const least = 3\nexport const where = (row) => row.n > least"
  ),
  edit("all", "global")(
    "a global step",
    "const add = 1\nexport const process = (rows) => rows.map((row) => ({ ...row, v: row.n + add }))",
    "add = 1",
    "add = 2"
  ),
  edit("none", "global")(
    "nothing, of a global step",
    "export const process = (rows) => rows.map((row) => ({ ...row, v: row.n }))"
  ),
  edit("all", "reduce")(
    "a step that gives fewer rows",
    "const add = 1\nexport const process = (rows) => [{ v: rows.length + add }]",
    "add = 1",
    "add = 2"
  ),
  edit("all", "join")(
    "a join",
    "const add = 1\nexport const process = (arms) => [{ v: arms.length + add }]",
    "add = 1",
    "add = 2"
  ),
  edit("none", "join")(
    "nothing, of a join",
    "const add = 1\nexport const process = (arms) => [{ v: arms.length + add }]"
  ),
  edit("none", "route")(
    "how rows are routed, to steps that keep what they made",
    'export const by = (row) => row.n < 5 ? "left" : "right"',
    "",
    ""
  ),
  edit("all", "options")(
    "a default of a parameter",
    "export const options = { defaults: { add: 1 }, process: (rows, { add }) => rows.map(({ n }) => ({ v: n + add })) }",
    "add: 1",
    "add: 2"
  ),
  edit("all", "schema")(
    "a check of an output",
    `import { Schema } from "effect"\nconst least = 1\nexport const v = Schema.Number.check(Schema.makeFilter((n) => n >= least))`,
    "least = 1",
    "least = 0"
  ),
  edit("none", "schema")(
    "nothing, of a check of an output",
    `import { Schema } from "effect"\nconst least = 1\nexport const v = Schema.Number.check(Schema.makeFilter((n) => n >= least))`
  ),
  edit("all", "task")(
    "what a model is asked",
    'const word = "What"\nexport const prompt = (row) => `${word} is ${row.n}?`',
    `"What"`,
    `"Who"`
  ),
  edit("none", "task")(
    "nothing, of what a model is asked",
    'const word = "What"\nexport const prompt = (row) => `${word} is ${row.n}?`'
  ),
  edit("none", "parse")(
    "how answers are read, which asks nothing again",
    'const mark = "!"\nexport const parse = (answer) => ({ v: answer + mark })',
    `"!"`,
    `"?"`
  ),
  edit("all", "generator")(
    "the rows of a generator",
    "const add = 1\nexport function* generate() { for (let n = 0; n < 10; n++) yield { n: n + add } }",
    "add = 1",
    "add = 20"
  ),
  edit("none", "generator")(
    "how a generator makes the same rows",
    "const add = 1\nexport function* generate() { for (let n = 0; n < 10; n++) yield { n: n * 2 - n * add } }",
    "n * 2 - n * add",
    "n * add"
  )
]
