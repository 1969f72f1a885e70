import {
  from,
  LoadDataFromDicts,
  Pipeline,
  run as runGraded,
  runPromise,
  ScriptedLLM,
  task,
  TextGeneration
} from "distilabel-ts"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { expect, it, vi } from "vitest"

const load = LoadDataFromDicts({ name: "load", data: [{ topic: "rivers" }] })
const graded = (answers: ReadonlyArray<string>, retries = 0) =>
  task({
    name: "graded",
    llm: ScriptedLLM({ answers, inOrder: true }),
    retries,
    inputs: { topic: Schema.String },
    outputs: { grade: Schema.Number },
    prompt: (row) => row.topic,
    parse: (answer) => ({ grade: Number(answer), more: 1 })
  })
const run = (step: ReturnType<typeof graded>) =>
  runPromise(Pipeline("p", {}, from(load).to(step)), { progress: "none", useCache: false })

it("an answer that parses to another type than is declared makes an error row", async () => {
  const { default: rows } = await run(graded(["I would say 4."]))
  expect(await rows.toArray()).toEqual([])
  const [error] = await Array.fromAsync(rows.errors())
  expect(error).toMatchObject({
    reason: "ParseFailed",
    detail: "column 'grade' is declared as number, and got NaN",
    raw: "I would say 4."
  })
})

class Ledger extends Context.Service<
  Ledger,
  { readonly gradeOf: (answer: string) => Effect.Effect<number, Error> }
>()("test/Ledger") {}

it("prompt and parse may be effects that require services, and what they fail with is an error row", async () => {
  const asked: Array<string> = []
  const graded = task({
    name: "graded",
    llm: ScriptedLLM({ answers: ["good", "?"], inOrder: true }),
    inputs: { topic: Schema.String },
    outputs: { grade: Schema.Number },
    prompt: ({ topic }) => Effect.sync(() => (asked.push(topic), `Grade ${topic}`)),
    parse: (answer) =>
      Effect.map(
        Effect.flatMap(Ledger, (ledger) => ledger.gradeOf(answer ?? "")),
        (grade) => ({ grade })
      )
  })
  const two = LoadDataFromDicts({ name: "load", data: [{ topic: "rivers" }, { topic: "seas" }] })
  const distiset = await runGraded(Pipeline("p", {}, from(two).to(graded)), {
    progress: "none",
    useCache: false
  }).pipe(
    Effect.provideService(Ledger, {
      gradeOf: (answer) =>
        answer === "good" ? Effect.succeed(5) : Effect.fail(new Error(`no grade for ${answer}`))
    }),
    Effect.runPromise
  )
  expect(asked.toSorted()).toEqual(["rivers", "seas"])
  expect((await distiset.default.toArray()).map(({ grade }) => grade)).toEqual([5])
  const [error] = await Array.fromAsync(distiset.default.errors())
  expect(error).toMatchObject({ reason: "ParseFailed", detail: "no grade for ?", raw: "?" })
})

it("a prompt that a promise refuses makes an error row before anything is asked", async () => {
  const asking = task({
    name: "asking",
    llm: ScriptedLLM({ answers: ["5"], inOrder: true }),
    inputs: { topic: Schema.String },
    outputs: { grade: Schema.Number },
    prompt: async ({ topic }) => {
      if (topic === "rivers") throw new Error("no rivers today")
      return topic
    },
    parse: async (answer) => ({ grade: Number(answer) })
  })
  const { default: rows } = await runPromise(Pipeline("p", {}, from(load).to(asking)), {
    progress: "none",
    useCache: false
  })
  expect(await rows.toArray()).toEqual([])
  const [error] = await Array.fromAsync(rows.errors())
  expect(error).toMatchObject({ reason: "BadInput", detail: "no rivers today" })
})

it("the model is told what is wrong, and asked again, where retries allow it", async () => {
  const { default: rows } = await run(graded(["four", "4"], 1))
  expect((await rows.toArray()).map(({ grade }) => grade)).toEqual([4])
})

it("columns that parse adds without declaring them are left out, with one warning", async () => {
  const written = vi.spyOn(process.stderr, "write").mockReturnValue(true)
  const { default: rows } = await run(graded(["4"]))
  const [row] = await rows.toArray()
  const lines = written.mock.calls.map(([text]) => String(text))
  written.mockRestore()
  expect(row).not.toHaveProperty("more")
  expect(lines.filter((line) => line.includes("'more'"))).toHaveLength(1)
})

it.each([null, "", "  \n"])("an answer of %j makes an error row", async (answer) => {
  const llm = ScriptedLLM({ answers: [answer] })
  const read = async (nulls: "error" | "keep") => {
    const step = TextGeneration({ name: "generate", llm, template: "{{ topic }}", nulls })
    const { default: rows } = await runPromise(Pipeline("p", {}, from(load).to(step)), {
      progress: "none",
      useCache: false
    })
    return { rows: await rows.toArray(), errors: await Array.fromAsync(rows.errors()) }
  }
  const { errors, rows } = await read("error")
  expect(rows).toEqual([])
  expect(errors).toMatchObject([
    {
      reason: "ParseFailed",
      detail: answer === null ? "the model gave no answer" : "the answer is empty"
    }
  ])
  const kept = await read("keep")
  expect(kept.rows).toMatchObject([{ generation: answer }])
  expect(kept.errors).toEqual([])
})

it("the answer of one model is the instruction of the next", async () => {
  const question = TextGeneration({
    name: "question",
    llm: ScriptedLLM({ answers: "why?" }),
    template: "{{ topic }}",
    outputMappings: { generation: "question" }
  })
  const answer = TextGeneration({
    name: "answer",
    llm: ScriptedLLM({ answers: "because" }),
    inputMappings: { instruction: "question" },
    outputMappings: { generation: "answer" }
  })
  const pipeline = Pipeline("p", {}, from(load).to(question).to(answer))
  const { default: rows } = await runPromise(pipeline, { progress: "none", useCache: false })
  expect(await rows.toArray()).toMatchObject([{ question: "why?", answer: "because" }])
})
