/** Chats as prompts: a model asked by its own chat template, which writes the user's turns too. */
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  AnthropicLLM,
  ClientvLLM,
  from,
  fromYamlPromise,
  Magpie,
  MagpieGenerator,
  OpenAILLM,
  Pipeline,
  runStepPromise,
  toYamlPromise
} from "../../src/index.ts"
import type { Chat } from "../../src/models/chat/Chat.ts"
import { promptsBy } from "../../src/models/openai/chatTemplates.ts"
import { json, serve } from "./wire.ts"

const system = { role: "system", content: "Be kind." } as const
const user = { role: "user", content: "Hi" } as const
const assistant = { role: "assistant", content: "Hello." } as const

/** As Llama's own, it strips texts and begins with a token of the tokenizer. */
const tokenizerConfig = {
  bos_token: { content: "<s>" },
  eos_token: "</s>",
  chat_template: `{{ bos_token }}
{%- for message in messages %}
  {%- if (message.role == 'user') != (loop.index0 % 2 == 0) and messages[0].role != 'system' %}
    {{- raise_exception('roles must alternate') }}
  {%- endif %}
  {{- '[' + message.role + ']' + message.content | trim + eos_token }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '[assistant]' }}{% endif %}`
}

const tokenizer = (config: object): string => {
  const folder = mkdtempSync(join(tmpdir(), "distilabel-tokenizer-"))
  writeFileSync(join(folder, "tokenizer_config.json"), JSON.stringify(config))
  return folder
}

/** A server whose every completion is this text. */
const completing = (text: string) =>
  serve((_, response) => json(response, { choices: [{ index: 0, text, finish_reason: "stop" }] }))

describe("a chat template", () => {
  it("makes the prompts of its family", async () => {
    const llama3 = await promptsBy({ chatTemplate: "llama3" })
    expect(llama3([])).toBe("<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n")
    expect(llama3([system, user])).toBe(
      "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe kind.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
    )
    const qwen2 = await promptsBy({ chatTemplate: "qwen2" })
    expect(qwen2([user, assistant])).toBe(
      "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello.<|im_end|>\n<|im_start|>user\n"
    )
  })

  it("comes from a tokenizer's file, or the folder that holds it", async () => {
    const folder = tokenizer(tokenizerConfig)
    for (const path of [folder, join(folder, "tokenizer_config.json")]) {
      const promptOf = await promptsBy({ tokenizer: path })
      expect(promptOf([user])).toBe("<s>[user]Hi</s>[assistant]")
      expect(promptOf([])).toBe("<s>[user]")
      expect(promptOf([user, assistant])).toBe("<s>[user]Hi</s>[assistant]Hello.</s>[user]")
      expect(() => promptOf([assistant])).toThrow("roles must alternate")
    }
    const several = tokenizer({
      chat_template: [
        { name: "tool_use", template: "x" },
        { name: "default", template: "{{ messages[0].content }}" }
      ]
    })
    expect((await promptsBy({ tokenizer: several }))([user])).toBe("Hi")
  })

  it("ends before the user's turn wherever the next turn is the user's", async () => {
    const promptOf = await promptsBy({ chatTemplate: "qwen2" })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.string()), { maxLength: 3 }),
        fc.string({ unit: "grapheme" }),
        async (turns, next) => {
          const chat: Chat = turns.flatMap(([asked, answered]) => [
            { role: "user", content: asked },
            { role: "assistant", content: answered }
          ])
          const before = promptOf(chat)
          const after = promptOf([...chat, { role: "user", content: next }])
          expect(after.startsWith(before + next)).toBe(true)
          expect(before.endsWith("<|im_start|>user\n")).toBe(true)
        }
      )
    )
  })

  it("is followed by the text that option magpiePreQueryTemplate names", async () => {
    const qwen = await promptsBy({ chatTemplate: "qwen2", magpiePreQueryTemplate: "qwen2" })
    expect(qwen([])).toBe("<|im_start|>user\n")
    const own = await promptsBy({
      chatTemplate: "{{ messages | length }}",
      magpiePreQueryTemplate: "U:"
    })
    expect([own([]), own([system]), own([user])]).toEqual(["U:", "1U:", "1"])
  })
})

describe("ClientvLLM", () => {
  it("sends chats as prompts, without a second token at their beginning", async () => {
    await using wire = await completing("Hello there.")
    const llm = ClientvLLM({
      model: "m",
      baseUrl: `${wire.url}/v1`,
      preflight: false,
      chatTemplate: "qwen2",
      generationKwargs: { maxNewTokens: 5, extraBody: { top_k: 3 } },
      structuredOutput: { name: "n", schema: { type: "object" } }
    })
    const { answers } = await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(llm.open, (client) =>
          client.generate({
            messages: [user],
            numGenerations: 1,
            generationKwargs: llm.generationKwargs,
            structuredOutput: llm.structuredOutput
          })
        )
      )
    )
    expect(answers).toMatchObject([{ text: "Hello there." }])
    expect(wire.asked.map(({ body, path }) => [path, body])).toEqual([
      [
        "/v1/completions",
        {
          model: "m",
          prompt: "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
          max_tokens: 5,
          top_k: 3,
          add_special_tokens: false,
          structured_outputs: { json: { type: "object" } }
        }
      ]
    ])
  })

  it("says before anything is asked that there is no template, or no way to have one", async () => {
    expect(() => ClientvLLM({ model: "m" })).toThrow(/needs one of the options chatTemplate and/)
    expect(() => ClientvLLM({ model: "m", chatTemplate: "qwen2", tokenizer: "/x" })).toThrow(
      /needs one of the options/
    )
    await using wire = await completing("x")
    for (const path of ["/nowhere", tokenizer({}), tokenizer({ chat_template: "{% for %}" })]) {
      const llm = ClientvLLM({ model: "m", baseUrl: `${wire.url}/v1`, tokenizer: path })
      await expect(runStepPromise(Magpie({ name: "it", llm }), [{}])).rejects.toThrow(
        /the chat template cannot be used: .*Give the path of the model's tokenizer_config\.json/
      )
    }
    expect(wire.asked).toEqual([])
  })

  it("leaves an error row where the template refuses a chat", async () => {
    await using wire = await completing("x")
    const llm = ClientvLLM({
      model: "m",
      baseUrl: `${wire.url}/v1`,
      preflight: false,
      chatTemplate: "{{ raise_exception('no such chats') }}"
    })
    const { errors, rows } = await runStepPromise(Magpie({ name: "it", llm }), [{}])
    expect(rows).toEqual([])
    expect(errors).toMatchObject([{ detail: expect.stringContaining("no such chats") }])
  })

  it("comes from documents of Python, and goes back with Magpie", async () => {
    const pipeline = Pipeline(
      "birds",
      {},
      from(
        MagpieGenerator({
          name: "made",
          llm: ClientvLLM({
            model: "m",
            tokenizer: "./model",
            magpiePreQueryTemplate: "llama3",
            baseUrl: "http://localhost:8000/v1"
          }),
          numRows: 3,
          nTurns: 2,
          systemPrompt: { birds: ["Birds.", 0.5], fish: ["Fish.", 0.5] }
        })
      )
    )
    const text = await toYamlPromise(pipeline)
    expect(text).toMatch(/magpie_pre_query_template: llama3[^]*n_turns: 2/)
    expect(text).toContain("module: distilabel.models.llms.vllm")
    expect(await toYamlPromise(await fromYamlPromise(text))).toBe(text)
  })
})

describe("Magpie", () => {
  it("refuses models that answer chats and nothing else", () => {
    for (const llm of [OpenAILLM({ model: "m" }), AnthropicLLM({ model: "m" })])
      expect(() => Magpie({ name: "it", llm })).toThrow(
        /Magpie 'it' needs a model that can write the user's turns, which .* cannot: .* Take ClientvLLM/
      )
  })

  it("refuses system prompts that cannot be drawn", () => {
    const llm = ClientvLLM({ model: "m", chatTemplate: "qwen2" })
    const wrong = (systemPrompt: never) => () => Magpie({ name: "it", llm, systemPrompt })
    expect(wrong({ a: ["A", 0.5], b: ["B", 0.4] } as never)).toThrow(/add up to 1/)
    expect(wrong({ a: ["A", 1.5], b: ["B", -0.5] } as never)).toThrow(/0 or more/)
    expect(wrong({ a: ["A", 1], b: "B" } as never)).toThrow(/some of its system prompts only/)
    expect(wrong([] as never)).toThrow(/no systemPrompt to draw from/)
  })

  it("draws system prompts by their weights, the same ones again for the same rows", async () => {
    await using wire = await completing("What sings?")
    const llm = ClientvLLM({
      model: "m",
      baseUrl: `${wire.url}/v1`,
      preflight: false,
      chatTemplate: "qwen2"
    })
    const rows = Array.from({ length: 60 }, (_, id) => ({ id }))
    const keys = async (seed: number) => {
      const step = Magpie({
        name: "it",
        llm,
        onlyInstruction: true,
        systemPrompt: { birds: ["Birds.", 0.75], fish: ["Fish.", 0.25], none: ["None.", 0] },
        seed
      })
      return (await runStepPromise(step, rows)).rows.map((row) => row.system_prompt_key)
    }
    const drawn = await keys(1)
    expect(new Set(drawn)).toEqual(new Set(["birds", "fish"]))
    expect(drawn.filter((key) => key === "birds").length).toBeGreaterThan(33)
    expect(await keys(1)).toEqual(drawn)
    expect(await keys(7)).not.toEqual(drawn)
  })
})
