import { readFileSync } from "node:fs"
import { parseXml, XmlElement, type XmlNode } from "@rgrove/parse-xml"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import pipeline from "../../examples/seedPipeline.ts"
import {
  concat,
  ExpandColumns,
  from,
  GraphBuilder,
  LoadDataFromDicts,
  LoadDataFromFileSystem,
  MapRows,
  Pipeline,
  RenameColumns,
  ScriptedLLM,
  TextGeneration,
  toSvg,
  zip,
  CombineOutputs
} from "../../src/index.ts"
import { check } from "../../src/pipeline/check.ts"
import type { AnyPipeline } from "../../src/pipeline/Pipeline.ts"
import { built, written } from "./graphs.ts"

const elements = (node: XmlNode): ReadonlyArray<XmlElement> => [
  ...(node instanceof XmlElement ? [node] : []),
  ...("children" in node ? (node.children as ReadonlyArray<XmlNode>).flatMap(elements) : [])
]
const drawn = (svg: string) => {
  const all = elements(parseXml(svg))
  const ofClass = (name: string) =>
    all.filter(({ attributes }) => attributes["class"]?.split(" ").includes(name) === true)
  return {
    root: all[0]!,
    all,
    ofClass,
    texts: (name: string) => ofClass(name).map(({ text }) => text)
  }
}
const chain = (length: number): AnyPipeline => {
  const builder = new GraphBuilder("chain").add(
    LoadDataFromDicts({ name: "s0", data: [{ instruction: "a" }] })
  )
  for (let i = 1; i < length; i++)
    builder
      .add(TextGeneration({ name: `s${i}`, llm: ScriptedLLM({ answers: "x" }) }))
      .connect(`s${i - 1}`, `s${i}`)
  return builder.build()
}
/** A graph whose names the check would refuse. */
const unchecked = (name: string, column: string, description = ""): AnyPipeline => {
  const step = LoadDataFromDicts({ name, data: [{ [column]: 1 }] })
  return {
    name,
    description,
    graph: check({
      nodes: [{ name, step, gather: "none", from: [] }],
      routings: [],
      leaves: [name]
    }).graph
  }
}
const hostile = [
  "<script>alert(1)</script>",
  "]]>&amp;\"'",
  "\u0000\u0007\u001B[31m",
  "\uD800",
  "a\nb\tc\u2028d",
  "\u202Eabc",
  "",
  " ",
  "👩‍👩‍👧".repeat(40),
  "W".repeat(400),
  "指示".repeat(90)
]

describe("an SVG of a pipeline", () => {
  it("has a card for every step, a way for every connection, and a card for every subset", () => {
    fc.assert(
      fc.property(written, (graph) => {
        const pipeline = built(graph)
        const { nodes, leaves, routings } = pipeline.graph
        const { ofClass } = drawn(toSvg(pipeline))
        const titles = ofClass("dp-card").map(
          ({ parent }) =>
            (parent as XmlElement).children
              .find(
                (child): child is XmlElement =>
                  child instanceof XmlElement && child.name === "title"
              )!
              .text.split("\n")[0]
        )
        for (const name of nodes.keys()) expect(titles).toContain(name)
        expect(titles.length).toBe(nodes.size + leaves.length + routings.length)
        const connections = [...nodes.values()].reduce((sum, { from }) => sum + from.length, 0)
        expect(ofClass("dp-way").length).toBe(connections + leaves.length + routings.length)
        expect(ofClass("dp-some").length).toBe(routings.reduce((sum, { to }) => sum + to.length, 0))
      }),
      { numRuns: 60 }
    )
  })

  it("tells what each step adds, removes, renames, reads and changes", () => {
    const flow = from(
      LoadDataFromDicts({ name: "load", data: [{ question: "a", tags: ["x"], gone: 1 }] })
    )
      .to(RenameColumns({ name: "rename", columns: { question: "text" } }))
      .to(ExpandColumns({ name: "expand", columns: ["tags"] }))
      .to(TextGeneration({ name: "answer", llm: ScriptedLLM({ model: "small", answers: "x" }) }), {
        input: { instruction: "text" }
      })
      .to(MapRows({ name: "less", inputs: {}, outputs: {}, removes: ["gone"], map: () => ({}) }))
    const { texts } = drawn(toSvg(Pipeline("changes", {}, flow)))
    expect(texts("dp-renames")).toEqual(["question → text"])
    expect(texts("dp-retypes")).toEqual(["~ tags"])
    expect(texts("dp-reads")).toEqual(["text as instruction"])
    expect(texts("dp-removes")).toEqual(["− gone"])
    expect(texts("dp-adds")).toEqual([
      "+ question",
      "+ tags",
      "+ gone",
      "+ generation",
      "+ model_name",
      "+ distilabel_metadata"
    ])
    expect(texts("dp-model")).toEqual(["small"])
  })

  it("tells which columns flow: their names where they are few, else how many, and that an open row may have more", () => {
    const open = from(LoadDataFromFileSystem({ name: "open", dataFiles: "x.jsonl" }))
    const many = from(LoadDataFromDicts({ name: "many", data: [{ a: 1, b: 2, c: 3, d: 4 }] }))
    const two = from(LoadDataFromDicts({ name: "two", data: [{ a: 1, b: "x" }] }))
    const both = concat([zip([two, open], CombineOutputs({ name: "pairs" })), many], {
      name: "all"
    })
    const { texts } = drawn(toSvg(Pipeline("flows", {}, both)))
    expect(texts("dp-tab")).toEqual(["a, b", "any columns", "a, b, …", "4 columns", "4 columns, …"])
    expect(texts("dp-kind")).toEqual(expect.arrayContaining(["zips 2 flows", "2 flows in turn"]))
    expect(texts("dp-type")).toEqual([
      "number",
      "string | number",
      "number | null",
      "number | null"
    ])
  })

  it("writes counts where there are some, and nowhere else", () => {
    const counts = (before: string, after: string | undefined) =>
      after === undefined ? 228 : before === "load_dataset" ? 1 : undefined
    const { texts } = drawn(toSvg(pipeline, { counts }))
    expect(texts("dp-tab").filter((text) => / rows?$/.test(text))).toEqual([
      "1 row",
      "1 row",
      "1 row",
      "228 rows"
    ])
    expect(texts("dp-label")).toEqual(["each batch: 2 of 3"])
  })

  it("is valid XML without scripts, whatever names and texts are in it", () => {
    const text = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: "binary", maxLength: 60 }))
    fc.assert(
      fc.property(text, text, text, (name, column, description) => {
        const { all, root } = drawn(toSvg(unchecked(name, column, description)))
        expect(root.name).toBe("svg")
        expect(new Set(all.map(({ name }) => name))).toEqual(
          new Set(["svg", "title", "desc", "style", "rect", "g", "path", "text"])
        )
      }),
      { numRuns: 200 }
    )
  })

  it("is the same each time, and draws one step as well as three hundred", () => {
    for (const length of [1, 3, 30, 300]) {
      const svg = toSvg(chain(length))
      expect(toSvg(chain(length))).toBe(svg)
      expect(drawn(svg).ofClass("dp-card").length).toBe(length + 1)
    }
  })

  it("follows the page's scheme unless it is told not to, and is described for who cannot see it", () => {
    expect(toSvg(pipeline)).toContain("@media (prefers-color-scheme:dark)")
    expect(toSvg(pipeline, { theme: "light" })).not.toContain("@media")
    expect(toSvg(pipeline, { theme: "dark" })).not.toBe(toSvg(pipeline, { theme: "light" }))
    const { all, root } = drawn(toSvg(pipeline))
    expect(root.attributes["role"]).toBe("img")
    expect(all.find(({ name }) => name === "title")!.text).toBe("Pipeline pipe-name")
    const words = all.find(({ name }) => name === "desc")!.text
    expect(words).toContain("My first pipe 5 steps. load_dataset → each batch: 2 of 3.")
    expect(words).toContain("combine_generations → subset default.")
  })

  it("goes to the right where that makes a wide picture narrower, and where it is told to", () => {
    const wide = (arms: number): AnyPipeline =>
      Pipeline(
        "wide",
        {},
        from(LoadDataFromDicts({ name: "load", data: [{ instruction: "a" }] }))
          .branch(
            Array.from({ length: arms }, (_, i) =>
              TextGeneration({ name: `arm_${i}`, llm: ScriptedLLM({ answers: "x" }) })
            )
          )
          .join(CombineOutputs({ name: "both" }))
      )
    const size = (svg: string) => ({
      width: Number(drawn(svg).root.attributes["width"]),
      height: Number(drawn(svg).root.attributes["height"])
    })
    expect(size(toSvg(wide(100))).width).toBeLessThan(2000)
    expect(size(toSvg(wide(100), { direction: "down" })).width).toBeGreaterThan(10_000)
    expect(size(toSvg(wide(2), { direction: "right" })).width).toBeGreaterThan(
      size(toSvg(wide(2))).width
    )
  })

  it("of the seed pipeline is the picture in the README", () => {
    expect(readFileSync("docs/seed-pipeline.svg", "utf8")).toBe(toSvg(pipeline))
    expect(readFileSync("README.md", "utf8")).toContain("docs/seed-pipeline.svg")
  })
})

it("a graph with problems can be drawn too", () => {
  const task = TextGeneration({
    name: "alone",
    llm: ScriptedLLM({ answers: "x" }),
    inputMappings: { instruction: "none" }
  })
  const { graph, problems } = check({
    nodes: [{ name: "alone", step: task, gather: "one", from: ["nobody"] }],
    routings: [],
    leaves: ["alone", "nobody"]
  })
  expect(problems.length).toBeGreaterThan(0)
  expect(drawn(toSvg({ name: "broken", graph })).texts("dp-name")).toEqual(["alone", "alone"])
})
