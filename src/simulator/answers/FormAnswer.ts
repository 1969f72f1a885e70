/**
 * Forms: answers to prompts that show in a fenced block what an answer must look like, with places
 * to fill in between angle brackets, or ask for so many lines.
 */
import type { Question } from "../../models/simulated/Question.ts"
import type { Dice } from "./Dice.ts"
import { proseOn } from "./Prose.ts"
import type { Topic } from "./Topic.ts"

const shown = /in (?:exactly )?this form[^\n]*\n+```[a-z]*\n([^]*?)\n```/i

/** Prompts that a trained model goes on with, and how. */
const continued = { at: /\[\[\[User\]\]\]\s*$/, form: "<a question>\n[[[Assistant]]] <an answer>" }

/** Prompts that ask for so many texts, and what says that each has a line of its own. */
const counted = /\b(?:write|list|name|give) (\d{1,2}) /i
const lined = /\bone (?:\w+ )?on each line(, after a dash)?/i

const linesIn = (text: string): string | undefined => {
  const [, count] = counted.exec(text) ?? []
  const each = lined.exec(text)
  if (count === undefined || each === null) return undefined
  const line = each[1] === undefined ? "<a text>" : "- <a text>"
  return Array.from({ length: Number(count) }, () => line).join("\n")
}

/** The form that a prompt shows, or describes as lines; undefined if it does neither. */
export const formIn = ({ prompt, system }: Question): string | undefined => {
  if (continued.at.test(prompt)) return continued.form
  const text = `${system}\n${prompt}`
  const form = shown.exec(text)?.[1] ?? linesIn(text)
  return form !== undefined && /<[^<>\n]+>/.test(form) ? form : undefined
}

/**
 * Texts of a form in JSON that say more than what belongs there, by their keys: a model that is
 * held to a schema writes its texts by these.
 */
export const textsOf = (form: string | undefined): ReadonlyMap<string, string> => {
  const texts = new Map<string, string>()
  if (form === undefined) return texts
  try {
    JSON.parse(form, (key, value: unknown) => {
      if (typeof value === "string" && /<[^<>\n]+>/.test(value) && !/^<[^<>\n]+>$/.test(value))
        texts.set(key, value)
      return value
    })
  } catch {
    // A form of another kind.
  }
  return texts
}

/** The form with its places filled in. */
export const filledIn = (dice: Dice, form: string, topic: Topic): string => {
  const json = /^\s*[[{]/.test(form)
  return lengthened(dice, form).replaceAll(/<([^<>\n]+)>/g, (_, place: string) => {
    const text = filling(dice, place, topic)
    return json ? JSON.stringify(text).slice(1, -1) : text
  })
}

/** Lists that end in an ellipsis, with some more of their last item in its place. */
const lengthened = (dice: Dice, form: string): string =>
  form.replaceAll(/("<[^<>\n]+>"), …/g, (_, item: string) =>
    Array.from({ length: dice.between(1, 8) }, () => item).join(", ")
  )

const range = /^(-?\d+) to (-?\d+)$/
const choice = /^\S+(?:, \S+)*,? or \S+$/

const filling = (dice: Dice, place: string, topic: Topic): string => {
  const [, low, high] = range.exec(place) ?? []
  if (low !== undefined) return String(dice.between(Number(low), Number(high)))
  if (choice.test(place)) return dice.pick(place.split(/,? or |, /))
  if (/\bnumber\b/.test(place)) return String(dice.between(1, 9))
  if (/\b(?:label|argument|value|name|word)\b/.test(place)) return dice.pick(words)
  return proseOn(dice, topic, "sentence")
}

const words = ["delivery", "billing", "praise", "question", "complaint", "travel", "science"]
