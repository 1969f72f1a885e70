/** Models within steps: `llm` is among the tools where the step declares one, and answers are typed. */
import { Effect, Schema } from "effect"
import { expectError, expectType } from "tsd"
import { from, generatorStep, type Metadata, OpenAILLM, Pipeline, run, step } from "./index.js"

const llm = OpenAILLM({ model: "gpt-4o-mini" })

const rated = step({
  name: "rated",
  llm,
  outputs: { stars: Schema.Number },
  process: (_rows, _parameters, { llm }) =>
    Effect.gen(function* () {
      const { text } = yield* llm.ask("Rate.")
      expectType<string>(text)
      const { value } = yield* llm.ask({
        messages: [{ role: "user", content: "Rate." }],
        generationKwargs: { temperature: 0 },
        structuredOutput: Schema.Struct({ stars: Schema.Int })
      })
      expectType<number>(value.stars)
      return [{ stars: value.stars }]
    })
})

const made = generatorStep({
  name: "made",
  llm,
  outputs: { text: Schema.String },
  state: { last: "" },
  async *process({ llm, state }) {
    expectType<string>(state.last)
    yield { text: (await llm.askPromise("More?")).text }
  }
})

const pipeline = Pipeline("asking", {}, from(made).to(rated))
const running = run(pipeline, {
  parameters: {
    rated: { llm: { generationKwargs: { temperature: 1 } } },
    made: { llm: { generationKwargs: { topP: 0.5 } } }
  }
})
type Rows = Effect.Success<typeof running>["default"]
expectType<Metadata>(
  {} as (Rows extends { toArray(): Promise<ReadonlyArray<infer R>> } ? R : never)["distilabel_metadata"]
)

// No model is declared: there is none to ask.
expectError(
  step({
    name: "none",
    outputs: { text: Schema.String },
    process: async (_rows, _parameters, { llm }) => [{ text: (await llm.askPromise("?")).text }]
  })
)
// The model has no such kwarg.
expectError(
  step({
    name: "kwarg",
    llm,
    process: async (_rows, _parameters, { llm }) => {
      await llm.askPromise({ messages: "?", generationKwargs: { warmth: 1 } })
      return [{}]
    }
  })
)
// A state stands for the rows before it: they are made one by one.
expectError(
  generatorStep({
    name: "listed",
    outputs: { n: Schema.Number },
    state: { n: 0 },
    process: async () => [{ n: 1 }]
  })
)
