import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { identifyStep } from "../../../src/engine/identity/identify.ts"
import { OpenAILLM, PushToHub, step, TextGeneration } from "../../../src/index.ts"
import type { StepData } from "../../../src/step/Step.ts"

const signed = async (made: unknown): Promise<string> =>
  (await identifyStep(made as StepData)).signature

describe("what a step is", () => {
  it.each(["token", "timeout", "apiKey", "maxRetries"])(
    "depends on its own parameter, also one that is called %s",
    async (name) => {
      const own = (value: string) =>
        step({
          name: "own",
          inputs: { text: Schema.String },
          outputs: {},
          parameters: { [name]: Schema.String },
          defaults: { [name]: value },
          process: (rows) => rows
        })
      expect(await signed(own("a"))).not.toBe(await signed(own("b")))
      expect(await signed(own("a"))).toBe(await signed(own("a")))
    }
  )

  it("does not depend on secrets, whether they are given or come from elsewhere, nor on a model's limits", async () => {
    const push = (token?: string) =>
      PushToHub({ name: "push", repoId: "me/rivers", ...(token === undefined ? {} : { token }) })
    expect(await signed(push("hf_aaaaaaaa"))).toBe(await signed(push()))
    const ask = (more: object) =>
      TextGeneration({ name: "ask", llm: OpenAILLM({ model: "m", ...more }) })
    expect(await signed(ask({ apiKey: "sk-aaaaaaaaaa", timeout: 5, maxConcurrency: 3 }))).toBe(
      await signed(ask({}))
    )
    expect(await signed(ask({ generationKwargs: { temperature: 0 } }))).not.toBe(
      await signed(ask({}))
    )
  })
})
