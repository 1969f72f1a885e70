import { afterAll, beforeEach, describe, expect, it } from "vitest"
import { startSimulator } from "../../src/simulator/index.ts"
import { failureOf, openai } from "./clients.ts"

const simulator = await startSimulator({ models: ["model-a", "model-b"] })
afterAll(() => simulator.close())
beforeEach(() => simulator.reset())
const client = openai(simulator)

describe("OpenAI's client", () => {
  it("gets an answer with usage that adds up", async () => {
    const completion = await client.chat.completions.create({
      model: "model-a",
      messages: [
        { role: "system", content: "You are a geologist." },
        { role: "user", content: "Why do volcanoes erupt?" }
      ]
    })
    const [choice] = completion.choices
    expect(choice?.finish_reason).toBe("stop")
    expect(choice?.message.content).toMatch(/volcanoes|erupt/i)
    expect(completion.model).toBe("model-a")
    expect(completion.usage?.prompt_tokens).toBeGreaterThan(5)
    expect(completion.usage?.total_tokens).toBe(
      (completion.usage?.prompt_tokens ?? 0) + (completion.usage?.completion_tokens ?? 0)
    )
  })

  it("gets n different answers to one question", async () => {
    const { choices } = await client.chat.completions.create({
      model: "model-a",
      n: 4,
      messages: [{ role: "user", content: "Describe a harbour at dawn." }]
    })
    expect(choices.map((choice) => choice.index)).toEqual([0, 1, 2, 3])
    expect(new Set(choices.map((choice) => choice.message.content)).size).toBe(4)
  })

  it("is cut off at the token limit with finish_reason length", async () => {
    const completion = await client.chat.completions.create({
      model: "model-a",
      max_completion_tokens: 9,
      messages: [{ role: "user", content: "Explain the tides." }]
    })
    expect(completion.choices[0]?.finish_reason).toBe("length")
    expect(completion.usage?.completion_tokens).toBe(9)
  })

  it("stops before a stop sequence", async () => {
    const whole = await client.chat.completions.create({
      model: "model-a",
      messages: [{ role: "user", content: "Explain the tides." }]
    })
    const text = whole.choices[0]?.message.content ?? ""
    const stopped = await client.chat.completions.create({
      model: "model-a",
      stop: ". ",
      messages: [{ role: "user", content: "Explain the tides." }]
    })
    expect(stopped.choices[0]?.message.content).toBe(text.split(". ")[0])
    expect(stopped.choices[0]?.finish_reason).toBe("stop")
  })

  it("may send images, which are not looked at", async () => {
    const text = "What is in this picture of a bridge?"
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } } as const
    const withImage = await client.chat.completions.create({
      model: "model-a",
      messages: [{ role: "user", content: [{ type: "text", text }, image] }]
    })
    const without = await client.chat.completions.create({
      model: "model-a",
      messages: [{ role: "user", content: text }]
    })
    expect(withImage.choices[0]?.message.content).toBe(without.choices[0]?.message.content)
  })

  it("gets log probabilities whose tokens make up the answer", async () => {
    const completion = await client.chat.completions.create({
      model: "model-a",
      logprobs: true,
      top_logprobs: 3,
      messages: [{ role: "user", content: "Explain the tides." }]
    })
    const content = completion.choices[0]?.logprobs?.content ?? []
    expect(content.map((token) => token.token).join("")).toBe(
      completion.choices[0]?.message.content
    )
    expect(content.every((token) => token.logprob <= 0 && token.top_logprobs.length === 3)).toBe(
      true
    )
    expect(content.length).toBe(completion.usage?.completion_tokens)
  })

  it("gets another answer for another seed, and the same for the same", async () => {
    const answer = async (seed: number) => {
      const completion = await client.chat.completions.create({
        model: "model-a",
        seed,
        messages: [{ role: "user", content: "Explain the tides." }]
      })
      return completion.choices[0]?.message.content
    }
    expect(await answer(1)).toBe(await answer(1))
    expect(await answer(1)).not.toBe(await answer(2))
  })

  it("can list the models and look one up", async () => {
    const models = await Array.fromAsync(client.models.list())
    expect(models.map((model) => model.id)).toEqual(["model-a", "model-b"])
    expect((await client.models.retrieve("model-b")).id).toBe("model-b")
    expect(simulator.stats()).toMatchObject({ requests: 0, lookups: 2 })
  })

  it("gets 404 for a model that does not exist, whether it looks it up or asks it", async () => {
    const lookup = await failureOf(client.models.retrieve("model-x"))
    const question = await failureOf(
      client.chat.completions.create({
        model: "model-x",
        messages: [{ role: "user", content: "Hi" }]
      })
    )
    for (const error of [lookup, question]) {
      expect(error).toMatchObject({
        status: 404,
        code: "model_not_found",
        type: "invalid_request_error"
      })
      expect(error.message).toContain("'model-x' does not exist")
    }
  })

  it("gets the same answer in pieces as a stream", async () => {
    const question = {
      model: "model-a",
      messages: [{ role: "user" as const, content: "Name a river" }]
    }
    const { choices } = await client.chat.completions.create(question)
    let text = ""
    for await (const chunk of await client.chat.completions.create({ ...question, stream: true }))
      text += chunk.choices[0]?.delta.content ?? ""
    expect(text).toBe(choices[0]!.message.content)
  })

  it("gets 400 for a request without messages, and for too many answers", async () => {
    const create = (extra: object) =>
      client.chat.completions.create({
        model: "model-a",
        messages: [{ role: "user", content: "Hi" }],
        ...extra
      } as never)
    expect(await failureOf(create({ messages: [] }))).toMatchObject({
      status: 400,
      type: "invalid_request_error"
    })
    expect(await failureOf(create({ n: 1000 }))).toMatchObject({ status: 400 })
  })

  it("finds every model when no list is given", async () => {
    await using open = await startSimulator()
    expect((await openai(open).models.retrieve("whatever/model")).id).toBe("whatever/model")
  })
})
