import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import {
  CombineColumns,
  from,
  globalStep,
  Pipeline,
  run,
  runPromise,
  ScriptedLLM,
  step,
  TextGeneration
} from "../../src/index.ts"
import { stagesOf } from "../../src/pipeline/stages.ts"
import { makeStep } from "../../src/step/makeStep.ts"
import type { AnyStep, StepData } from "../../src/step/Step.ts"
import { numbers } from "./rows.ts"

const n = { inputs: { n: Schema.Number }, outputs: { v: Schema.Number } }
const plus = <const Name extends string>(name: Name) =>
  step({ name, ...n, process: (rows) => rows.map((row) => ({ v: row.n + 1 })) })
const all = <const Name extends string>(name: Name) =>
  globalStep({ name, ...n, process: (rows) => rows.map((row) => ({ ...row, v: row.n })) })

describe("load stages", () => {
  const graph = Pipeline(
    "p",
    {},
    from(numbers(3, { name: "load" }))
      .to(plus("a"))
      .to(all("g"))
      .to(plus("b"))
  ).graph

  it("are as distilabel cuts them: a global step alone, others together", () => {
    expect(stagesOf(graph, []).stages).toEqual([["load", "a"], ["g"], ["b"]])
    expect(stagesOf(graph, [["a"]]).stages).toEqual([["load"], ["a"], ["g"], ["b"]])
    expect(stagesOf(graph, "sequential").stages).toEqual([["load"], ["a"], ["g"], ["b"]])
  })

  it("put groups that could run side by side one after the other", () => {
    const wide = Pipeline(
      "p",
      {},
      from(numbers(3, { name: "load" }))
        .branch([plus("a"), plus("b"), plus("c")])
        .join(CombineColumns({ name: "both", columns: ["v"] }))
    ).graph
    expect(stagesOf(wide, [["a", "c"], ["b"]]).stages).toEqual([
      ["load"],
      ["a", "c"],
      ["b"],
      ["both"]
    ])
  })

  it("cannot have a step between two of the same group, nor one in two groups, nor one that is not there", async () => {
    expect(stagesOf(graph, [["load", "b"]]).problems).toMatchObject([
      { _tag: "WrongLoadGroup", group: ["load", "b"] }
    ])
    expect(stagesOf(graph, [["a"], ["a", "b"]]).problems).toMatchObject([
      { _tag: "WrongLoadGroup" },
      { _tag: "WrongLoadGroup" }
    ])
    const error = await Effect.runPromise(
      Effect.flip(
        run(Pipeline("p", {}, from(numbers(1)).to(plus("a"))), {
          loadGroups: [["aa"]],
          progress: "none"
        })
      )
    )
    expect(error.message).toContain("Did you mean 'a'?")
  })
})

/** A step that tells when it is loaded and unloaded. */
const loud = <const Name extends string>(name: Name, log: Array<string>) => {
  const own = step({
    name,
    inputs: { n: Schema.Number },
    outputs: { [name]: Schema.Number },
    process: (rows) => rows
  })
  const data = own as unknown as StepData
  return makeStep<AnyStep>({
    name,
    type: "Loud",
    kind: "step",
    gives: data.gives,
    extendsRows: true,
    open: () =>
      Effect.acquireRelease(
        Effect.sync(() => {
          log.push(`+${name}`)
          return {
            kind: "batch" as const,
            process: (rows: ReadonlyArray<object>) => rows.map((row) => ({ ...row, [name]: 1 }))
          }
        }),
        () => Effect.sync(() => log.push(`-${name}`))
      )
  }) as unknown as typeof own
}

describe("a run in load groups", () => {
  it("loads each group when what comes before is done, after unloading that", async () => {
    const log: Array<string> = []
    const pipeline = Pipeline(
      "p",
      {},
      from(numbers(500)).to(loud("a", log)).to(loud("b", log)).to(loud("c", log))
    )
    const distiset = await runPromise(pipeline, {
      loadGroups: [["a"], ["b", "c"]],
      progress: "none",
      useCache: false
    })
    expect([...log].sort()).toEqual(["+a", "+b", "+c", "-a", "-b", "-c"])
    expect(log.slice(0, 4)).toEqual(["+a", "-a", "+b", "+c"])
    expect(distiset.default.length).toBe(500)
  })

  it("gives the same rows as without, through routing, joins, global steps and models", async () => {
    const ask = <const Name extends string>(name: Name) =>
      TextGeneration({
        name,
        template: "What is {{ n }}?",
        llm: ScriptedLLM({
          model: name,
          answers: (messages) => `${name}: ${JSON.stringify(messages)}`
        })
      })
    const pipeline = () =>
      Pipeline(
        "p",
        {},
        from(numbers(12_000))
          .to(plus("one"))
          .branch([ask("x"), ask("y")])
          .join(CombineColumns({ name: "both", columns: ["generation"] }))
          .to(all("g"))
          .to(plus("last"))
      )
    const rows = async (options: { readonly loadGroups?: "sequential" }) =>
      (
        await runPromise(pipeline(), { ...options, progress: "none", useCache: false })
      ).default.toArray()
    const staged = await rows({ loadGroups: "sequential" })
    expect(staged).toHaveLength(12_000)
    expect(staged).toEqual(await rows({}))
  })
})
