/** Pipelines to draw. */
import * as Schema from "effect/Schema"
import fc from "fast-check"
import {
  CombineOutputs,
  FilterRows,
  GraphBuilder,
  KeepColumns,
  LoadDataFromDicts,
  sampleNSteps,
  ScriptedLLM,
  step,
  TextGeneration
} from "../../src/index.ts"
import type { UntypedPipeline } from "../../src/pipeline/Pipeline.ts"
import type { StepData } from "../../src/step/Step.ts"

/**
 * A graph that is connected as numbers say: each step comes after one of the steps before it, or
 * joins some of them.
 */
interface Written {
  readonly steps: ReadonlyArray<{
    readonly kind: "task" | "adds" | "keeps" | "filters" | "joins"
    readonly after: ReadonlyArray<number>
    readonly name: string
  }>
  readonly routed: boolean
}

export const written: fc.Arbitrary<Written> = fc.record({
  steps: fc.array(
    fc.record({
      kind: fc.constantFrom("task", "adds", "keeps", "filters", "joins"),
      after: fc.array(fc.nat(40), { minLength: 1, maxLength: 4 }),
      name: fc.stringMatching(/^[a-z_.一-龠-]{0,40}$/)
    }),
    { maxLength: 24 }
  ),
  routed: fc.boolean()
})

const llm = ScriptedLLM({ model: "small", answers: "x" })

const madeStep = (kind: Written["steps"][number]["kind"], name: string, i: number): StepData => {
  switch (kind) {
    case "task":
      return TextGeneration({ name, llm })
    case "adds":
      return step({
        name,
        outputs: { [`column_${i}`]: Schema.Number },
        process: (rows) => rows.map(() => ({}))
      })
    case "keeps":
      return KeepColumns({ name, columns: ["instruction"] })
    case "filters":
      return FilterRows({ name, where: () => true })
    case "joins":
      return CombineOutputs({ name })
  }
}

export const built = ({ routed, steps }: Written): UntypedPipeline => {
  const builder = new GraphBuilder("random", { description: "made by chance" }).add(
    LoadDataFromDicts({ name: "load", data: [{ instruction: "a", id: 1 }] })
  )
  const names = ["load"]
  const followers = new Map<string, Array<string>>()
  steps.forEach(({ after, kind, name: text }, i) => {
    const name = `s${i}${text}`
    const before = [...new Set(after.map((place) => names[place % names.length]!))]
    builder.add(
      madeStep(before.length > 1 ? "joins" : kind === "joins" ? "filters" : kind, name, i)
    )
    if (before.length > 1 || !routed) for (const from of before) builder.connect(from, name)
    else followers.set(before[0]!, [...(followers.get(before[0]!) ?? []), name])
    names.push(name)
  })
  for (const [from, to] of followers) builder.route(from, sampleNSteps(1), to)
  return builder.build()
}
