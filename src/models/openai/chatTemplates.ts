/** Chat templates: chats as the prompts that models were trained on. */
import { readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import { type Chat, textOf } from "../chat/Chat.ts"
import { list, record, textIn } from "../http/wireValues.ts"

/** A chat template as its source, with the tokens that it may name. */
interface TemplateSource {
  readonly source: string
  readonly tokens: Readonly<Record<string, string>>
}

const turns = (before: string, after: string): string =>
  `{% for message in messages %}${before.replace("ROLE", "{{ message['role'] }}")}{{ message['content'] }}${after}{% endfor %}` +
  `{% if add_generation_prompt %}${before.replace("ROLE", "assistant")}{% endif %}`

/** The families that a template may be named by. */
export const families = {
  llama3: {
    source: `{{ bos_token }}${turns("<|start_header_id|>ROLE<|end_header_id|>\n\n", "<|eot_id|>")}`,
    tokens: { bos_token: "<|begin_of_text|>" }
  },
  qwen2: { source: turns("<|im_start|>ROLE\n", "<|im_end|>\n"), tokens: {} },
  phi3: { source: turns("<|ROLE|>\n", "<|end|>\n"), tokens: {} }
} as const satisfies Readonly<Record<string, TemplateSource>>

export type Family = keyof typeof families

/** What stands before a turn of the user, in families that Python names too. */
const preQueries: Readonly<Record<string, string>> = {
  llama3: "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n",
  qwen2: "<|im_start|>user\n"
}

export interface TemplateOptions {
  readonly chatTemplate?: string | undefined
  readonly tokenizer?: string | undefined
  readonly magpiePreQueryTemplate?: string | undefined
}

/** The template that the options name. Rejects where a tokenizer's file has none. */
const sourceOf = async ({ chatTemplate, tokenizer }: TemplateOptions): Promise<TemplateSource> => {
  if (chatTemplate !== undefined)
    return Object.hasOwn(families, chatTemplate)
      ? families[chatTemplate as Family]
      : { source: chatTemplate, tokens: {} }
  const path = tokenizer!
  const isFolder = (await stat(path)).isDirectory()
  const file = isFolder ? join(path, "tokenizer_config.json") : path
  const { chat_template, ...config } = record(JSON.parse(await readFile(file, "utf8")))
  const source = Array.isArray(chat_template) ? named(list(chat_template)) : textIn(chat_template)
  if (source === undefined) throw new Error(`${file} has no 'chat_template'`)
  const tokens = Object.entries(config).flatMap(([name, token]) => {
    const text = textIn(token) ?? textIn(record(token)["content"])
    return name.endsWith("_token") && text !== undefined ? [[name, text] as const] : []
  })
  return { source, tokens: Object.fromEntries(tokens) }
}

/** Of several templates, the one for chats. */
const named = (templates: ReadonlyArray<unknown>): string | undefined =>
  textIn(templates.map(record).find(({ name }) => name === "default")?.["template"])

/** A text that no template changes and no chat holds. */
const sentinel = "9f2c7e51-next-turn"

/**
 * Makes prompts of chats by a template. A chat that does not end with the user's turn becomes a
 * prompt that ends where the next turn of the user begins.
 */
export const promptsBy = async (options: TemplateOptions): Promise<(chat: Chat) => string> => {
  const [{ Template }, { source, tokens }] = await Promise.all([
    import("@huggingface/jinja"),
    sourceOf(options)
  ])
  const template = new Template(source)
  const preQuery = options.magpiePreQueryTemplate
  const rendered = (chat: Chat, goesOn: boolean): string =>
    template.render({
      ...tokens,
      messages: chat.map(({ content, role }) => ({ role, content: textOf(content) })),
      add_generation_prompt: goesOn
    })
  return (chat) => {
    if (chat.at(-1)?.role === "user") return rendered(chat, true)
    if (preQuery !== undefined)
      return (chat.length === 0 ? "" : rendered(chat, false)) + (preQueries[preQuery] ?? preQuery)
    const whole = rendered([...chat, { role: "user", content: sentinel }], false)
    const end = whole.indexOf(sentinel)
    if (end === -1)
      throw new Error("the chat template leaves out the user's turn: give magpiePreQueryTemplate")
    return whole.slice(0, end)
  }
}
