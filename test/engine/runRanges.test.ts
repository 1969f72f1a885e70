/** Options of runs out of their range are refused before anything is asked, all of them at once. */
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { expect, it } from "vitest"
import { optionProblems } from "../../src/engine/local/runRanges.ts"
import {
  dryRunPromise,
  estimatePromise,
  from,
  InvalidPipeline,
  LoadDataFromDicts,
  Pipeline,
  run,
  runPromise,
  ScriptedLLM,
  TextGeneration
} from "../../src/index.ts"

const asked: Array<unknown> = []
const pipeline = Pipeline(
  "ranges",
  {},
  from(LoadDataFromDicts({ name: "load", data: [{ instruction: "a" }] })).to(
    TextGeneration({
      name: "ask",
      llm: ScriptedLLM({
        answers: (chat) => {
          asked.push(chat)
          return "x"
        }
      })
    })
  )
)

const refusal = async (running: Promise<unknown>): Promise<InvalidPipeline> => {
  const error = await running.then(
    () => undefined,
    (thrown: unknown) => thrown
  )
  expect(error).toBeInstanceOf(InvalidPipeline)
  expect(asked).toEqual([])
  return error as InvalidPipeline
}

it("a run names every option that is wrong, with its range, beside what is wrong with parameters", async () => {
  const options = {
    maxErrorRate: 3,
    maxRows: -1,
    maxTokens: Number.NaN,
    maxCost: "5",
    maxRowsInFlight: 1.5,
    stopTimeout: -2,
    progress: "loud",
    maxrows: 5,
    prices: { m: { input: -1, output: 2 } },
    parameters: { ask: { retries: -1 } }
  }
  const { message } = await refusal(runPromise(pipeline, options as never))
  expect(message.split("\n").slice(1)).toEqual([
    "  1. Option maxrows is not known. Did you mean 'maxRows'? There are: outputDir, cacheDir, useCache, retryFailed, durability, maxCost, budget, maxTokens, maxRows, maxErrorRate, signals, stopTimeout, progress, report, maxRowsInFlight, batches, batchSize, sample, parameters, dataset, prices, loadGroups, onEvent, onSummary, signal.",
    "  2. Option maxErrorRate is 3. Give a number between 0 and 1, or leave it out.",
    "  3. Option maxRows is -1. Give a whole number greater than 0, or leave it out.",
    "  4. Option maxTokens is NaN. Give a whole number greater than or equal to 0, or leave it out.",
    '  5. Option maxCost is "5". Give a number greater than or equal to 0, or leave it out.',
    "  6. Option maxRowsInFlight is 1.5. Give a whole number greater than 0, or leave it out.",
    "  7. Option stopTimeout is -2. Give a number greater than or equal to 0, or leave it out.",
    '  8. Option progress is "loud". Give "auto" | "live" | "plain" | "none", or leave it out.',
    '  9. Option prices["m"].input is -1. Give a number greater than or equal to 0, or leave it out.',
    "  10. Parameter 'retries' of step 'ask' has a wrong value. It wants a whole number greater than or equal to 0 and gets -1."
  ])
})

it("trials and estimates keep to the same list", async () => {
  const trial = await refusal(dryRunPromise(pipeline, { batchSize: 0, maxErrorRate: -0.1 }))
  expect(trial.all.map((problem) => problem._tag)).toEqual(["WrongOption", "WrongOption"])
  const estimate = await refusal(estimatePromise(pipeline, { sample: 1.5, maxRows: Number.NaN }))
  expect(estimate.message).toContain("Option sample is 1.5. Give a whole number greater than 0")
  expect(estimate.message).toContain("Option maxRows is NaN.")
  const failure = await Effect.runPromise(Effect.flip(run(pipeline, { maxErrorRate: 2 })))
  expect(failure.message).toBe(
    "Pipeline 'ranges' cannot run: Option maxErrorRate is 2. Give a number between 0 and 1, or leave it out."
  )
})

it("numbers in their range, and no others, pass", () => {
  const counts = ["maxRows", "maxRowsInFlight", "batchSize", "sample"] as const
  fc.assert(
    fc.property(fc.constantFrom(...counts), fc.double(), (option, value) => {
      const fits = Number.isSafeInteger(value) && value > 0
      expect(optionProblems({ [option]: value })).toHaveLength(fits ? 0 : 1)
    })
  )
  fc.assert(
    fc.property(fc.double({ min: -2, max: 2 }), (value) => {
      const fits = value >= 0 && value <= 1
      expect(optionProblems({ maxErrorRate: value })).toHaveLength(fits ? 0 : 1)
    })
  )
})
