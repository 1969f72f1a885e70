import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { hindranceOf, rangesOf } from "../../src/cluster/shardable.ts"
import { planOf } from "../../src/engine/plan/planning.ts"
import { blockOf, grainOf } from "../../src/engine/plan/positionwise.ts"
import {
  CombineOutputs,
  concat,
  from,
  globalStep,
  Pipeline,
  sampleNSteps,
  step
} from "../../src/index.ts"
import { pipelineOf, programs } from "../engine/programs.ts"
import { numbers } from "../engine/rows.ts"

const same = <const Name extends string>(name: Name) =>
  step({ name, inputs: {}, outputs: {}, process: (rows) => [...rows] })

describe("a pipeline", () => {
  it("can be cut into shards only where a run of it could go on from any row", () => {
    fc.assert(
      fc.property(programs({ asks: false, mostRows: 5 }), (program) => {
        const { graph } = pipelineOf(program)
        if (hindranceOf(graph) === undefined) expect(blockOf(planOf(graph))).toBeGreaterThan(0)
        else expect(blockOf(planOf(graph))).toBeUndefined()
      }),
      { numRuns: 100 }
    )
  })

  it("that cannot be cut is told by the step that needs rows beside one another", () => {
    const all = globalStep({ name: "all", inputs: {}, outputs: {}, process: (rows) => [...rows] })
    expect(hindranceOf(Pipeline("p", {}, from(numbers(5)).to(all)).graph)).toBe(
      "step 'all' needs all rows at once"
    )
    const flow = from(numbers(5))
    const both = concat([flow.to(same("a")), flow.to(same("b"))]).to(same("after"))
    expect(hindranceOf(Pipeline("p", {}, both).graph)).toMatch(/numbers the rows of its branches/)
  })
})

describe("the shards of a run", () => {
  const { graph } = Pipeline(
    "p",
    {},
    from(numbers(5, { batchSize: 12 }))
      .route(sampleNSteps(1), [same("a"), same("b")])
      .join(CombineOutputs({ name: "combine" }))
  )

  it("are all rows once, in order, no more than wanted, and no routed batch lies across two", () => {
    fc.assert(
      fc.property(fc.nat(50_000), fc.integer({ min: 1, max: 200 }), (rows, most) => {
        const ranges = rangesOf(grainOf(planOf(graph)), rows, most)
        expect(ranges.length).toBeLessThanOrEqual(most)
        expect(ranges.length).toBeGreaterThan(0)
        let position = 0
        for (const { from, to } of ranges) {
          expect(from).toBe(position)
          expect(from % 12).toBe(0)
          position = to
        }
        expect(position).toBe(rows)
        const sizes = ranges.map(({ from, to }) => to - from)
        expect(sizes.slice(0, -1)).toEqual(sizes.slice(0, -1).toSorted((a, b) => b - a))
        if (most >= 16 && rows > 12 * 4 * most)
          expect(sizes.at(-2)).toBeLessThanOrEqual(sizes[0]! / 2)
        if (most >= 64 && rows > 12 * 16 * most)
          expect(sizes.at(-2)).toBeLessThanOrEqual(sizes[0]! / 8)
      })
    )
  })
})
