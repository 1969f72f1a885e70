import { describe, expect, it } from "vitest"
import * as library from "../../src/index.ts"

/** What a program in JavaScript may write, where no compiler looks. */
type Loose = Record<string, (...args: ReadonlyArray<unknown>) => never>
const loose = library as unknown as Loose
const { CombineColumns, from, KeepColumns, LoadDataFromDicts } = library
const load = LoadDataFromDicts({ name: "load", data: [{ a: 1 }] })
const keep = KeepColumns({ name: "keep", columns: ["a"] })
const flow = from(load) as unknown as Loose & object
const combined = CombineColumns({ name: "both", columns: ["a"] })

const wrong: ReadonlyArray<readonly [program: string, write: () => unknown, says: string]> = [
  ["Pipeline(name, flow)", () => loose["Pipeline"]!("p", flow), "nothing where a flow belongs"],
  ["Pipeline(flow)", () => loose["Pipeline"]!(flow), "A pipeline needs a name first"],
  ["a step as a leaf", () => loose["Pipeline"]!("p", {}, keep), "is given the step 'keep' where"],
  ["a hole among leaves", () => loose["Pipeline"]!("p", {}, [flow, null]), "nothing where a flow"],
  ["from()", () => loose["from"]!(), "from is given nothing where a step belongs"],
  ["from(text)", () => loose["from"]!("load"), 'from is given "load" where a step belongs'],
  [".to()", () => flow["to"]!(), ".to is given nothing where a step belongs"],
  ["a class that was not called", () => flow["to"]!(KeepColumns), "KeepColumns itself, which was"],
  ["a flow as a step", () => flow["to"]!(flow), ".to is given a flow where a step belongs"],
  ["a hole among branches", () => flow["branch"]!([keep, undefined]), ".branch is given nothing"],
  ["a name as a routing", () => flow["route"]!("keep", [keep]), ".route needs a routing first"],
  ["concat()", () => loose["concat"]!(), "concat is given nothing where a list of flows belongs"],
  ["nothing as a routing", () => flow["route"]!(null, [keep]), ".route needs a routing first"],
  ["a large number as a step", () => flow["to"]!(5n), ".to is given 5 where a step belongs"],
  [
    "a number as a flow",
    () => loose["concat"]!([flow, 5]),
    "concat is given 5 where a flow belongs"
  ],
  ["zip without a step", () => loose["zip"]!([flow, flow]), "zip is given nothing where a step"],
  [
    "join without flows",
    () => loose["join"]!(undefined, combined),
    "join is given nothing where a"
  ],
  ["no options", () => loose["KeepColumns"]!(), "KeepColumns takes its options as an object, and"],
  [
    "a text as options",
    () => loose["KeepColumns"]!("keep"),
    "a value of type string: KeepColumns({ … })"
  ],
  ["no name", () => loose["KeepColumns"]!({ columns: ["a"] }), "KeepColumns needs a name, a text"],
  [
    "no columns",
    () => loose["KeepColumns"]!({ name: "k" }),
    "KeepColumns 'k' has no columns, which"
  ],
  [
    "a text as a list",
    () => loose["KeepColumns"]!({ name: "k", columns: "a" }),
    "KeepColumns 'k' has a wrong columns: Expected array"
  ],
  ["no process", () => loose["step"]!({ name: "s" }), "step 's' has no process, which it needs"],
  ["no model", () => loose["TextGeneration"]!({ name: "t" }), "'t' has no llm, which it needs"],
  [
    "a model's name as a model",
    () => loose["TextGeneration"]!({ name: "t", llm: "gpt-4" }),
    "TextGeneration 't' has a value of type string as its llm, where a model belongs: make one"
  ],
  [
    "a model without options",
    () => loose["OpenAILLM"]!(),
    "OpenAILLM takes its options as an object"
  ]
]

describe("a program that no compiler has seen", () => {
  it.each(wrong)("is told in a sentence what is wrong: %s", (_, write, says) => {
    expect(write).toThrow(says)
  })

  it("may leave out a pipeline's options", () => {
    expect(loose["Pipeline"]!("p", undefined, flow)).toMatchObject({ name: "p" })
  })
})
