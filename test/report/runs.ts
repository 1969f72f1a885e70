/** What tests of reports share: runs with awkward rows, and rows that fail. */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import {
  from,
  LoadDataFromDicts,
  Pipeline,
  runPromise,
  ScriptedLLM,
  task,
  TextGeneration
} from "../../src/index.ts"

export const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-report-"))

/** Nested far deeper than calls can be. */
const deep = (depth: number): unknown => {
  let value: unknown = "the bottom"
  for (let i = 0; i < depth; i++) value = { [`level ${depth - i}`]: value }
  return value
}

export const evil = `</script><script>document.title = "broken"</script><img src=x onerror="document.title='broken'"><!-- <script>`

const instructions = [
  "Name a river in Peru.",
  evil,
  "ما هي عاصمة مصر؟ اكتب الجواب في جملة واحدة.",
  "Family 👩‍👩‍👧‍👦, flag 🇵🇪, and a letter with marks: Z̷̨͓͐ͅ",
  "A **bold** word, `code`, a [link](javascript:alert(1)), <b>no HTML</b> and ![a picture](http://127.0.0.1:9/x.png)\n\n| a | b |\n|---|---|\n| 1 | 2 |",
  "refused"
]

/**
 * Rows with texts, numbers, chats and depths; some fail at `answer`, some at `grade`, some are
 * answered late.
 */
export const awkwardPipeline = (count = 12) => {
  const load = LoadDataFromDicts({
    name: "load",
    data: Array.from({ length: count }, (_, i) => ({
      instruction:
        i < instructions.length ? instructions[i]! : `Question ${i}: what is ${i} times 7?`,
      score: i % 4 === 3 ? null : i * 1.5,
      tags: i % 2 === 0 ? ["river", "Peru"] : [],
      turns: [
        { role: "system", content: "You are a guide." },
        { role: "user", content: "Where are we?" },
        { role: "assistant", content: "In **Lima**." }
      ],
      depths: deep(i === 0 ? 200 : 3)
    }))
  })
  const answer = TextGeneration({
    name: "answer",
    systemPrompt: "Answer in one sentence.",
    llm: ScriptedLLM({
      model: "writer",
      maxRetries: 2,
      answers: (messages) =>
        `The answer to “${String(messages.at(-1)?.content).slice(0, 40)}” is 42.`,
      failures: (messages, attempt) =>
        messages.at(-1)?.content === "refused"
          ? "Refused"
          : attempt < 3 && String(messages.at(-1)?.content).startsWith("Question 8:")
            ? "ServerError"
            : undefined
    })
  })
  const grade = task({
    name: "grade",
    retries: 1,
    llm: ScriptedLLM({
      model: "judge",
      answers: (messages) =>
        /Question (7|9):/.test(String(messages[0]?.content))
          ? "I would rather not say."
          : messages.length === 1 && /Question 10:/.test(String(messages[0]?.content))
            ? "four"
            : "4"
    }),
    inputs: { instruction: Schema.String },
    outputs: { grade: Schema.Number },
    prompt: (row) => `Grade: ${row.instruction}`,
    parse: (text) => {
      if (text === null || Number.isNaN(Number(text))) throw new Error("the answer is no number")
      return { grade: Number(text) }
    }
  })
  return Pipeline(
    "awkward",
    { description: "Rows that are hard to show, and some that fail." },
    from(load).to(answer).to(grade)
  )
}

/** Runs it into a folder of its own; gives the folder. */
export const awkwardRun = async (count?: number): Promise<string> => {
  const outputDir = folder()
  await runPromise(awkwardPipeline(count), { outputDir, progress: "none" })
  return outputDir
}
