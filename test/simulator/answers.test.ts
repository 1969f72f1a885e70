import { afterAll, describe, expect, it } from "vitest"
import { startSimulator } from "../../src/simulator/index.ts"
import { openai } from "./clients.ts"

const simulator = await startSimulator()
afterAll(() => simulator.close())
const client = openai(simulator)

const answer = async (prompt: string, system?: string): Promise<string> => {
  const messages = [
    ...(system === undefined ? [] : [{ role: "system" as const, content: system }]),
    { role: "user" as const, content: prompt }
  ]
  const completion = await client.chat.completions.create({ model: "m", messages })
  return completion.choices[0]?.message.content ?? ""
}

const subjects = [
  "sourdough bread",
  "tidal power",
  "chess openings",
  "the Silk Road",
  "hospital triage",
  "beekeeping",
  "sleep and memory",
  "jazz harmony",
  "urban trees",
  "tax returns"
]
const questions = [
  "Explain",
  "Give me five ideas about",
  "How should I start with",
  "Write a short story about",
  "Write a Python function for",
  "Why do people care about"
]

describe("answers", () => {
  it("keep to a length that is asked for", async () => {
    const texts = await Promise.all(
      subjects.map((subject) => answer(`Ask about ${subject}, between 512 and 1024 characters.`))
    )
    expect(texts.filter(({ length }) => length < 512 || length > 1024)).toEqual([])
  })

  it("have as many lines as are asked for, after dashes if wanted", async () => {
    const plain = await answer("Write 7 queries about tides.\n\nWrite one query on each line.")
    expect(plain.split("\n")).toHaveLength(7)
    const dashed = await answer("List 3 doubts about tides, one on each line, after a dash.")
    expect(dashed).toMatch(/^- [^\n]+\n- [^\n]+\n- [^\n]+$/)
  })

  it("do not look repetitive in a sample of 200", async () => {
    const prompts = Array.from(
      { length: 200 },
      (_, index) =>
        `${questions[index % 6]} ${subjects[index % 10]}, please; this is request ${index}.`
    )
    const answers = await Promise.all(prompts.map((prompt) => answer(prompt)))
    expect(new Set(answers).size).toBe(200)
    const sentences = answers
      .flatMap((text) => text.split(/(?<=[.?!])\s+|\n+/))
      .filter((sentence) => sentence.length > 20)
    const counts = Map.groupBy(sentences, (sentence) => sentence)
    const most = Math.max(...[...counts.values()].map((same) => same.length))
    expect(most / 200).toBeLessThan(0.12)
    expect(counts.size / sentences.length).toBeGreaterThan(0.6)
    const beginnings = new Set(answers.map((text) => text.split(" ").slice(0, 3).join(" ")))
    expect(beginnings.size).toBeGreaterThan(50)
  })

  it("take up the words of the prompt", async () => {
    for (const subject of subjects) {
      const words = subject.split(" ").filter((word) => word.length > 4)
      expect((await answer(`Explain ${subject} to me.`)).toLowerCase()).toMatch(
        new RegExp(words.join("|").toLowerCase())
      )
    }
  })

  it("never leave a hole of a template open", async () => {
    const answers = await Promise.all(
      questions.flatMap((question) => subjects.map((subject) => answer(`${question} ${subject}?`)))
    )
    for (const text of answers)
      expect(text).not.toMatch(/undefined|\{(?:[a-z]+\d?|[A-Z][a-z]+)\}(?! =)/)
  })

  it("keep the people of a story apart", async () => {
    const stories = await Promise.all(
      Array.from({ length: 30 }, (_, index) => answer(`Write a story about voyage ${index}.`))
    )
    for (const story of stories) expect(story).not.toMatch(/said (\w+), and \1 laughed/)
  })

  it("can be written to an empty prompt, one without letters, and one in another script", async () => {
    for (const prompt of ["", "12 + 3 =", "请解释光合作用", "🙂🙂🙂"])
      expect((await answer(prompt)).length).toBeGreaterThan(20)
  })

  it("can be given by a function of one's own, which sees the whole question", async () => {
    await using own = await startSimulator({
      answer: ({ model, system, prompt, history, n, index, schema }) =>
        JSON.stringify({ model, system, prompt, turns: history.length, n, index, schema })
    })
    const completion = await openai(own).chat.completions.create({
      model: "m",
      n: 2,
      messages: [
        { role: "system", content: "s" },
        { role: "user", content: "a" },
        { role: "assistant", content: "b" },
        { role: "user", content: "c" }
      ],
      response_format: {
        type: "json_schema",
        json_schema: { name: "x", schema: { type: "object" } }
      }
    })
    expect(completion.choices.map((choice) => JSON.parse(choice.message.content ?? ""))).toEqual([
      {
        model: "m",
        system: "s",
        prompt: "c",
        turns: 2,
        n: 2,
        index: 0,
        schema: { type: "object" }
      },
      { model: "m", system: "s", prompt: "c", turns: 2, n: 2, index: 1, schema: { type: "object" } }
    ])
  })

  it("turn into a 500 when one's own function throws", async () => {
    await using own = await startSimulator({
      answer: () => {
        throw new Error("no idea")
      }
    })
    await expect(
      openai(own).chat.completions.create({
        model: "m",
        messages: [{ role: "user", content: "Hi" }]
      })
    ).rejects.toMatchObject({
      status: 500,
      message: expect.stringContaining("no idea")
    })
  })
})

const texts = (count: number): string =>
  Array.from({ length: count }, (_, index) => `<text ${index + 1}> Something written.`).join("\n")

describe("a request for ratings", () => {
  it.each([1, 2, 3, 5])(
    "gets %i blocks for as many texts, apart by one blank line",
    async (count) => {
      const prompt = `Rate each text from 1 to 5.\n\n#### Output for Text 1\nRating: [number]\nRationale: [why]\n\nInstruction: say something.\n\nTexts:\n${texts(count)}`
      const blocks = (await answer(prompt)).split("\n\n")
      expect(blocks).toHaveLength(count)
      for (const block of blocks) expect(block).toMatch(/^Rating: [1-5]\nRationale: \w.+$/)
    }
  )

  it("gets types as well where they are asked for", async () => {
    const prompt = `Type: [number]\nRationale: [why]\nRating: [number]\nRationale: [why]\n${texts(3)}`
    const blocks = (await answer(prompt)).split("\n\n")
    expect(blocks).toHaveLength(3)
    for (const block of blocks)
      expect(block).toMatch(/^Type: (?:[1-3]|None)\nRationale: .+\nRating: [1-5]\nRationale: .+$/)
  })

  it("believes the system message about the number of texts", async () => {
    const prompt = `Rating: [number]\nRationale: [why]\n${texts(2)} See also text 3.`
    expect(
      (await answer(prompt, "You are a judge. You get 2 text outputs.")).split("\n\n")
    ).toHaveLength(2)
  })

  it("gets numbered scores, a result or a score, whichever format it shows", async () => {
    expect(
      await answer(
        "Score these.\n[1] First answer\n[2] Second answer\n[3] Third answer\nWrite:\n[1] Score: <number>"
      )
    ).toMatch(/^\[1\] Score: \d\n\[2\] Score: \d\n\[3\] Score: \d$/)
    expect(await answer("Write Feedback: (why) [RESULT] (a number from 1 to 5)")).toMatch(
      /^Feedback: .+ \[RESULT\] [1-5]$/
    )
    expect(await answer("Write Feedback: (why) [RESULT] (A or B)")).toMatch(
      /^Feedback: .+ \[RESULT\] [AB]$/
    )
    expect(await answer("Reason first, then end with Score: <1-5>")).toMatch(/\nScore: [1-5]$/)
  })
})

describe("a word problem", () => {
  const problem =
    "Natalia sold clips to 48 of her friends in April, and then she sold 12 fewer in May. How many clips did she sell altogether?"

  it("gets worked steps whose sums are right, and a final number", async () => {
    for (const variant of ["", " Show your work.", " Be brief.", " Think first."]) {
      const solution = await answer(problem + variant)
      const sums = [
        ...solution.matchAll(/(\d+(?:\.\d+)?) ([-+*/]) (\d+(?:\.\d+)?) = (\d+(?:\.\d+)?)/g)
      ]
      expect(sums.length).toBeGreaterThan(0)
      for (const [, left, sign, right, result] of sums) {
        const [a, b] = [Number(left), Number(right)]
        expect(Number(result)).toBeCloseTo(
          sign === "+" ? a + b : sign === "-" ? a - b : sign === "*" ? a * b : a / b,
          1
        )
      }
      expect(solution.split("\n").at(-1)).toBe(`#### ${sums.at(-1)?.[4]}`)
    }
  })

  it("gets numbered steps where the prompt asks for them", async () => {
    const solution = await answer(`${problem} Write Step 1: …, and at the end: The answer is: …`)
    expect(solution).toMatch(/^Step 1: .+\nStep 2: /)
    expect(solution).toMatch(/\nThe answer is: [\d.]+$/)
  })
})
