import { describe, expect, it } from "vitest"
import { Description } from "../../../src/engine/identity/Description.ts"
import { Inspector } from "../../../src/engine/identity/Inspector.ts"
import { parser } from "../../../src/engine/identity/parser.ts"

/** The hash of a function that takes a value from outside. */
const described = (value: unknown): string => {
  const inspector = new Inspector()
  try {
    return new Description(inspector, parser).add(() => value).findings.digest()
  } finally {
    inspector.close()
  }
}

class Named extends Error {}
const withTone = <A extends object>(value: A, tone: string): A => Object.assign(value, { tone })
const shared = {}

describe("values that a function takes from outside", () => {
  it.each<[string, () => unknown, () => unknown]>([
    ["descriptions of symbols", () => Symbol("a"), () => Symbol("b")],
    ["messages of errors", () => new Error("a"), () => new Error("b")],
    ["classes of errors", () => new Error("a"), () => new Named("a")],
    ["parameters of addresses", () => new URLSearchParams("a=1"), () => new URLSearchParams("a=2")],
    [
      "bytes of views and buffers",
      () => new DataView(new Uint8Array([1]).buffer),
      () => new DataView(new Uint8Array([2]).buffer)
    ],
    ["kinds of lists of numbers", () => new Uint8Array(4), () => new Int8Array(4)],
    ["properties of lists", () => withTone(["x"], "a"), () => withTone(["x"], "b")],
    ["properties of maps", () => withTone(new Map(), "a"), () => withTone(new Map(), "b")],
    ["properties of dates", () => withTone(new Date(0), "a"), () => withTone(new Date(0), "b")],
    ["properties of regular expressions", () => withTone(/a/, "a"), () => withTone(/a/, "b")],
    [
      "properties of bytes",
      () => withTone(new Uint8Array(1), "a"),
      () => withTone(new Uint8Array(1), "b")
    ],
    [
      "properties of bound functions",
      () => withTone(described.bind(null), "a"),
      () => withTone(described.bind(null), "b")
    ],
    ["holes and undefined", () => new Array(1), () => [undefined]],
    ["absent and undefined", () => ({}), () => ({ a: undefined })],
    ["texts and numbers", () => ({ a: "1" }), () => ({ a: 1 })],
    ["where a property stands", () => ({ a: { b: 1 }, c: 1 }), () => ({ a: { b: 1, c: 1 } })],
    ["the order of keys", () => ({ a: 1, b: 2 }), () => ({ b: 2, a: 1 })],
    ["the order of a set", () => new Set(["a", "b"]), () => new Set(["b", "a"])],
    ["one object twice and two objects", () => [shared, shared], () => [{}, {}]],
    ["frozen and not", () => ({ a: 1 }), () => Object.freeze({ a: 1 })],
    ["with a prototype and without", () => ({}), () => Object.create(null) as object],
    [
      "languages of formatters",
      () => new Intl.NumberFormat("en"),
      () => new Intl.NumberFormat("de")
    ]
  ])("are told apart: %s", (_, one, other) => {
    expect(described(one())).not.toBe(described(other()))
    expect(described(one())).toBe(described(one()))
  })
})
