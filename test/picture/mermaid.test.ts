import fc from "fast-check"
import { describe, expect, it } from "vitest"
import pipeline from "../../examples/seedPipeline.ts"
import { LoadDataFromDicts, toMermaid } from "../../src/index.ts"
import { check } from "../../src/pipeline/check.ts"
import { built, written } from "./graphs.ts"

const node = /^ {2}n\d+(\(\[|\[\(|\[\[|\{\{|\(|\[)"[^"]*"(\]\)|\)\]|\]\]|\}\}|\)|\])$/
const arrow = /^ {2}n\d+ (-->|-\.->)(\|"[^"]*"\|)? n\d+$/
const style = /^ {2}(classDef \w+ stroke:#[0-9a-f]{6},stroke-width:2px|class n\d+(,n\d+)* \w+)$/

describe("Mermaid text of a pipeline", () => {
  it("has a node for every step, an edge for every connection, and nothing else", () => {
    fc.assert(
      fc.property(written, (graph) => {
        const {
          graph: { leaves, nodes, routings },
          ...pipeline
        } = built(graph)
        const [open, title, close, flowchart, ...lines] = toMermaid({
          ...pipeline,
          graph: built(graph).graph
        })
          .trimEnd()
          .split("\n")
        expect([open, title, close, flowchart]).toEqual([
          "---",
          'title: "random"',
          "---",
          "flowchart TB"
        ])
        expect(lines.filter((line) => node.test(line)).length).toBe(
          nodes.size + leaves.length + routings.length
        )
        expect(lines.filter((line) => arrow.test(line)).length).toBe(
          [...nodes.values()].reduce((sum, { from }) => sum + from.length, 0) +
            leaves.length +
            routings.length
        )
        expect(
          lines.filter((line) => !node.test(line) && !arrow.test(line) && !style.test(line))
        ).toEqual([])
      }),
      { numRuns: 60 }
    )
  })

  it("shows routings, models and the columns on each edge", () => {
    const text = toMermaid(pipeline)
    expect(text).toContain(`n0(["load_dataset<br/>LoadDataFromFileSystem<br/>+ instruction"])`)
    expect(text).toContain(`{{"each batch: 2 of 3"}}`)
    expect(text).toContain(`OpenAI gpt-4-0125-preview`)
    expect(text).toContain(`n0 -->|"instruction"| n2`)
    expect(text).toContain(`n2 -.-> n1`)
  })

  it("keeps names that mean something to Mermaid from being read", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 40 }),
        fc.string({ unit: "binary", maxLength: 40 }),
        (name, column) => {
          const step = LoadDataFromDicts({ name, data: [{ [column]: 1 }] })
          const { graph } = check({
            nodes: [{ name, step, gather: "none", from: [] }],
            routings: [],
            leaves: [name]
          })
          const lines = toMermaid({ name: "x", graph }).trimEnd().split("\n").slice(4)
          expect(
            lines.filter((line) => !node.test(line) && !arrow.test(line) && !style.test(line))
          ).toEqual([])
          expect(
            lines.join("\n").replaceAll("<br/>", "").replaceAll("-->", "").replaceAll(/#\d+;/g, "")
          ).not.toMatch(/[<>`;&]/)
        }
      )
    )
    const step = LoadDataFromDicts({ name: 'a"]; click', data: [{ "<b>`end`": 1 }] })
    const { graph } = check({
      nodes: [{ name: 'a"]; click', step, gather: "none", from: [] }],
      routings: [],
      leaves: []
    })
    expect(toMermaid({ name: "", graph })).toContain(
      'n0(["a#34;#93;#59; click<br/>LoadDataFromDicts<br/>+ #60;b#62;#96;end#96;"])'
    )
  })
})
