import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type LinkedPlan, linked } from "../../../src/engine/plan/linked.ts"
import { planOf } from "../../../src/engine/plan/planning.ts"
import { from, Pipeline, sampleNSteps, step } from "../../../src/index.ts"
import { pipelineOf, programs } from "../programs.ts"
import { numbers } from "../rows.ts"

/** A linked plan without its circles. */
const outline = ({ leaves, nodes }: LinkedPlan) => ({
  leaves: leaves.map(({ id }) => id),
  nodes: nodes.map(({ ins, outs, routing, starts, step, ...rest }) => ({
    ...rest,
    step: step?.name,
    routing: typeof routing,
    ins: ins.map(({ arm, from, ordered, regions }) => [
      arm,
      from.id,
      ordered?.from.id,
      [...regions].map((region) => [region.from.id, region.to.id])
    ]),
    outs: outs.map(({ to }) => to.id),
    starts: starts.map(({ edge, to }) => [edge?.arm, to.id])
  }))
})

describe("a plan", () => {
  it("is plain data: as JSON and back, or sent to another process, any plan is the same", () => {
    fc.assert(
      fc.property(programs({ asks: false, mostRows: 5 }), (program) => {
        const plan = planOf(pipelineOf(program).graph)
        expect(JSON.parse(JSON.stringify(plan))).toStrictEqual(plan)
        expect(structuredClone(plan)).toStrictEqual(plan)
      }),
      { numRuns: 100 }
    )
  })

  it("that was sent links with the graph of the same pipeline, built anew, as it does at home", () => {
    fc.assert(
      fc.property(programs({ asks: false, mostRows: 5 }), (program) => {
        const plan = planOf(pipelineOf(program).graph)
        const { graph } = pipelineOf(program)
        const sent = linked(JSON.parse(JSON.stringify(plan)) as typeof plan, graph)
        expect(outline(sent)).toEqual(outline(linked(planOf(graph), graph)))
        for (const node of sent.nodes) {
          for (const edge of node.outs) expect(edge.from).toBe(node)
          for (const edge of node.ins) expect(edge.to).toBe(node)
          for (const region of node.starts) expect(region.from).toBe(node)
        }
      }),
      { numRuns: 30 }
    )
  })

  it("says of gates which routing they are, and how that chooses", () => {
    const arms = ["a", "b"].map((name) => step({ name, process: (rows) => rows }))
    const rows = from(numbers(10))
    const byBatch = planOf(Pipeline("p", {}, rows.route(sampleNSteps(1), arms).flows).graph)
    const byRow = planOf(Pipeline("p", {}, rows.route(() => "a", arms).flows).graph)
    const gateOf = ({ nodes }: typeof byRow) => nodes.find(({ kind }) => kind === "gate")?.routing
    expect(gateOf(byBatch)).toEqual({ number: 0, by: "batch" })
    expect(gateOf(byRow)).toEqual({ number: 0, by: "row" })
  })
})
