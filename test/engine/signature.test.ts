import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { OpenAILLM, PushToHub, step, TextGeneration } from "../../src/index.ts"
import { stepSignature } from "../../src/engine/signature.ts"
import type { StepData } from "../../src/step/Step.ts"

const signed = (made: unknown): string => stepSignature(made as StepData)

describe("what a step is", () => {
  it.each(["token", "timeout", "apiKey", "maxRetries"])("depends on its own parameter, also one that is called %s", (name) => {
    const own = (value: string) => step({ name: "own", inputs: { text: Schema.String }, outputs: {}, parameters: { [name]: Schema.String }, defaults: { [name]: value }, process: (rows) => rows })
    expect(signed(own("a"))).not.toBe(signed(own("b")))
    expect(signed(own("a"))).toBe(signed(own("a")))
  })

  it("does not depend on secrets, whether they are given or come from elsewhere, nor on a model's limits", () => {
    const push = (token?: string) => PushToHub({ name: "push", repoId: "me/rivers", ...(token === undefined ? {} : { token }) })
    expect(signed(push("hf_aaaaaaaa"))).toBe(signed(push()))
    const ask = (more: object) => TextGeneration({ name: "ask", llm: OpenAILLM({ model: "m", ...more }) })
    expect(signed(ask({ apiKey: "sk-aaaaaaaaaa", timeout: 5, maxConcurrency: 3 }))).toBe(signed(ask({})))
    expect(signed(ask({ generationKwargs: { temperature: 0 } }))).not.toBe(signed(ask({})))
  })
})
