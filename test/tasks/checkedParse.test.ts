import {
  from,
  LoadDataFromDicts,
  Pipeline,
  runPromise,
  ScriptedLLM,
  task,
  TextGeneration
} from "distilabel-ts"
import { Schema } from "effect"
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
