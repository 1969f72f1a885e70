/**
 * Prose: text that looks like a model's answer. It takes up the prompt's words, keeps to a style
 * that fits it, and says nothing true.
 */
import type { Dice } from "./Dice.ts"
import { sentences, snippets, wordLists } from "./Phrasing.ts"
import type { Topic } from "./Topic.ts"

/** How an answer is built. */
export type Style = "explanation" | "list" | "advice" | "code" | "story" | "remark" | "sentence"

/** A sentence cut at its holes: literal text at even places, the names of lists at odd ones. */
type Template = ReadonlyArray<string>

const compile = (templates: ReadonlyArray<string>): ReadonlyArray<Template> =>
  templates.map((template) => template.split(/\{(\w+)\}/))

const compiled = Object.fromEntries(
  Object.entries(sentences).map(([part, templates]) => [part, compile(templates)])
) as {
  readonly [Part in keyof typeof sentences]: ReadonlyArray<Template>
}

const capitalise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** One text being written: people and words that were named once keep their names. */
class Writer {
  readonly #dice: Dice
  readonly #topic: Topic
  readonly #named = new Map<string, string>()
  readonly #used = new Set<Template>()
  readonly #recent = new Set<string>()

  constructor(dice: Dice, topic: Topic) {
    this.#dice = dice
    this.#topic = topic
  }

  #fill(hole: string): string {
    const lower = hole.toLowerCase()
    if (lower === "topic") return this.#topic.phrase
    if (lower === "word") return this.#dice.pick(this.#topic.words)
    const list = wordLists[lower.replace(/\d$/, "")] ?? []
    return lower.startsWith("person") ? this.#person(lower, list) : this.#another(list)
  }

  #person(hole: string, people: ReadonlyArray<string>): string {
    const known = this.#named.get(hole)
    if (known !== undefined) return known
    const name = this.#another(people)
    this.#named.set(hole, name)
    return name
  }

  /** A word that was not just used: "cost and cost" reads badly. */
  #another(list: ReadonlyArray<string>): string {
    let word = this.#dice.pick(list)
    for (let tries = 0; tries < 8 && this.#recent.has(word); tries++) word = this.#dice.pick(list)
    this.#recent.add(word)
    return word
  }

  /** Writes a sentence of this kind, one that this text does not have yet if there is any. */
  sentence(templates: ReadonlyArray<Template>): string {
    let template = this.#dice.pick(templates)
    for (let tries = 0; tries < 8 && this.#used.has(template); tries++)
      template = this.#dice.pick(templates)
    this.#used.add(template)
    let text = template[0] ?? ""
    for (let at = 1; at < template.length; at += 2) {
      const hole = template[at] ?? ""
      const filled = this.#fill(hole)
      if (/\ba $/i.test(text) && /^(?:[aeiou]|hon)/i.test(filled)) text = `${text.slice(0, -1)}n `
      text += (hole.charCodeAt(0) < 0x61 ? capitalise(filled) : filled) + (template[at + 1] ?? "")
    }
    return capitalise(text)
  }

  sentences(templates: ReadonlyArray<Template>, count: number): Array<string> {
    return Array.from({ length: count }, () => this.sentence(templates))
  }
}

const identifier = (words: string, fallback: string): string =>
  words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[_0-9]+|_+$/g, "") || fallback

const code = (dice: Dice, topic: Topic, writer: Writer): string => {
  const [language, source] = dice.pick(snippets)
  const id = identifier(topic.phrase, "solve")
  const item = identifier(dice.pick(topic.words), "item")
  const body = source
    .replaceAll("{id}", id)
    .replaceAll("{item}", item === id ? `${item}_item` : item)
  const outro = writer.sentences(compiled.codeOutro, dice.between(1, 2)).join(" ")
  return `${writer.sentence(compiled.codeIntro)}\n\n\`\`\`${language}\n${body}\n\`\`\`\n\n${outro}`
}

const list = (dice: Dice, writer: Writer): string => {
  const numbered = dice.chance(0.5)
  const items = writer
    .sentences(compiled.listItem, dice.between(3, 6))
    .map((item, index) => (numbered ? `${index + 1}. ${item}` : `- ${item}`))
  const outro = dice.chance(0.5) ? `\n\n${writer.sentence(compiled.closing)}` : ""
  return `${writer.sentence(compiled.listIntro)}\n\n${items.join("\n")}${outro}`
}

/** Writes a text about a topic in a style. */
export const proseOn = (dice: Dice, topic: Topic, style: Style): string => {
  const writer = new Writer(dice, topic)
  switch (style) {
    case "code":
      return code(dice, topic, writer)
    case "list":
      return list(dice, writer)
    case "advice":
      return [
        writer.sentence(compiled.adviceOpening),
        ...writer.sentences(compiled.advice, dice.between(2, 4)),
        writer.sentence(dice.chance(0.5) ? compiled.caution : compiled.closing)
      ].join(" ")
    case "story":
      return [
        writer.sentence(compiled.storyOpening),
        ...writer.sentences(compiled.story, dice.between(2, 4)),
        writer.sentence(compiled.storyClosing)
      ].join(" ")
    case "remark":
      return [
        writer.sentence(compiled.opening),
        ...writer.sentences(compiled.reason, dice.between(0, 1))
      ].join(" ")
    case "sentence":
      return writer.sentence(compiled.opening)
    case "explanation": {
      const first = [
        writer.sentence(compiled.opening),
        ...writer.sentences(compiled.reason, dice.between(1, 3))
      ]
      const second = [
        writer.sentence(compiled.example),
        ...writer.sentences(compiled.caution, dice.between(0, 1)),
        writer.sentence(compiled.closing)
      ]
      return `${first.join(" ")}${dice.chance(0.4) ? "\n\n" : " "}${second.join(" ")}`
    }
  }
}

const cues: ReadonlyArray<readonly [pattern: RegExp, style: Style]> = [
  [
    /\b(?:function|code|script|python|javascript|typescript|sql|regex|program|algorithm|bash|implement)\b/i,
    "code"
  ],
  [/\b(?:story|poem|tale|fiction|narrative|dialogue|scene|haiku|novel|character)\b/i, "story"],
  [
    /\b(?:list|ideas|brainstorm|suggest|name (?:\w+ )?(?:two|three|four|five|six|ten|\d+)|examples of|titles|slogans|bullet)\b/i,
    "list"
  ],
  [
    /\b(?:advice|how (?:can|do|should|would) (?:i|we|you|one)|tips|should i|plan|prepare|improve|steps to|deal with)\b/i,
    "advice"
  ]
]

const otherStyles: ReadonlyArray<Style> = [
  "explanation",
  "explanation",
  "explanation",
  "advice",
  "list",
  "remark"
]

/** What is asked for is mostly said at the beginning. */
const readLength = 300

/** Finds the style that a prompt asks for, if it does. */
export const styleAskedFor = (prompt: string): Style | undefined => {
  const beginning = prompt.slice(0, readLength)
  return cues.find(([pattern]) => pattern.test(beginning))?.[1]
}

/** Chooses the style of an answer: mostly the one asked for, sometimes another, as models do. */
export const chooseStyle = (dice: Dice, asked: Style | undefined): Style =>
  asked !== undefined && dice.chance(0.85) ? asked : dice.pick(otherStyles)
