import { expect, it } from "vitest"
import { restoredOutput } from "../../src/models/chat/storedAnswers.ts"

it("answers come back from a journal as they were kept", () => {
  const output = {
    answers: [
      {
        text: "The Rhine.",
        reasoning: "Rivers, then.",
        finishReason: "stop",
        usage: { input: 3, output: 9, reasoning: 4, cached: 1 }
      },
      { text: null, finishReason: "filtered" }
    ]
  } as const
  expect(restoredOutput(JSON.parse(JSON.stringify(output)))).toEqual(output)
})

it("answers of versions before 0.2 are read out of their columns", () => {
  expect(
    restoredOutput({
      generations: ["a", null, "c"],
      statistics: { input_tokens: [7], output_tokens: [1, 0, 5], cached_tokens: [2] },
      finishReasons: ["stop", "filtered", "length"],
      reasonings: [null, null, "Hm."],
      logprobs: [[[{ token: "a", logprob: -1 }]], null, null]
    })
  ).toEqual({
    answers: [
      {
        text: "a",
        finishReason: "stop",
        usage: { input: 3, output: 1, cached: 1 },
        logprobs: [[{ token: "a", logprob: -1 }]]
      },
      { text: null, finishReason: "filtered", usage: { input: 2, output: 0, cached: 1 } },
      {
        text: "c",
        finishReason: "length",
        reasoning: "Hm.",
        usage: { input: 2, output: 5, cached: 0 }
      }
    ]
  })
  expect(restoredOutput({ generations: ["a"], statistics: {} })).toEqual({
    answers: [{ text: "a", finishReason: "stop" }]
  })
})

it("what is no answer at all is none", () => {
  expect(restoredOutput(undefined)).toEqual({ answers: [] })
})
