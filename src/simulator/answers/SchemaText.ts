/**
 * Schema strings: text for the string fields of a schema, chosen by format, pattern, field name and
 * length.
 */
import type { JsonSchema } from "../../models/simulated/Question.ts"
import type { Dice } from "./Dice.ts"
import { rationale, rate } from "./Judgement.ts"
import { wordLists } from "./Phrasing.ts"
import { proseOn, type Style } from "./Prose.ts"
import { stringMatching } from "./SchemaPattern.ts"
import type { Topic } from "./Topic.ts"

const hex = (dice: Dice, length: number): string =>
  Array.from({ length }, () => dice.between(0, 15).toString(16)).join("")
const two = (value: number): string => String(value).padStart(2, "0")
const date = (dice: Dice): string =>
  `${dice.between(1990, 2030)}-${two(dice.between(1, 12))}-${two(dice.between(1, 28))}`
const time = (dice: Dice): string =>
  `${two(dice.between(0, 23))}:${two(dice.between(0, 59))}:${two(dice.between(0, 59))}Z`
const slug = (dice: Dice): string => dice.pick(wordLists["factor"] ?? ["item"])

const formats: Readonly<Record<string, (dice: Dice) => string>> = {
  date,
  time,
  "date-time": (dice) => `${date(dice)}T${time(dice)}`,
  duration: (dice) => `P${dice.between(1, 30)}D`,
  email: (dice) => `${slug(dice)}@example.org`,
  hostname: (dice) => `${slug(dice)}.example.org`,
  uri: (dice) => `https://example.org/${slug(dice)}`,
  url: (dice) => `https://example.org/${slug(dice)}`,
  ipv4: (dice) => `192.0.2.${dice.between(1, 254)}`,
  ipv6: (dice) => `2001:db8::${hex(dice, 4)}`,
  uuid: (dice) =>
    `${hex(dice, 8)}-${hex(dice, 4)}-4${hex(dice, 3)}-a${hex(dice, 3)}-${hex(dice, 12)}`
}

/** What fields of these names hold, where the schema does not say. */
const byName: ReadonlyArray<readonly [name: RegExp, write: (dice: Dice, topic: Topic) => string]> =
  [
    [/e_?mail$/i, (dice) => `${slug(dice)}@example.org`],
    [/(?:url|uri|link|website)$/i, (dice) => `https://example.org/${slug(dice)}`],
    [/(?:date|_on|_at|birthday|deadline)$/i, date],
    [/phone$/i, (dice) => `+44 20 7946 0${dice.between(100, 999)}`],
    [/(?:zip|postcode|postal_?code)$/i, (dice) => String(dice.between(10_000, 99_999))],
    [
      /(?:author|person|(?:first|last|full|user)_?name|speaker)$/i,
      (dice) => dice.pick(wordLists["person"] ?? ["Mira"])
    ],
    [
      /title$/i,
      (dice, topic) => `${topic.phrase}: ${dice.pick(wordLists["gain"] ?? ["a closer look"])}`
    ],
    [
      /(?:name|label|category|tag|keyword|topic|city|country|language|type|id|key|unit|role|subject)s?$/i,
      (dice, topic) =>
        dice.pick([...topic.words, topic.phrase, ...dice.sample(wordLists["factor"] ?? [], 2)])
    ],
    [/^(?:rationale|reason|feedback|critique)/i, (dice) => rationale(dice, rate(dice))],
    [
      /(?:text|answer|response|description|summary|reasoning|explanation|content|body|solution|thought|document|passage|generation|output|story)$/i,
      (dice, topic) => proseOn(dice, topic, dice.pick<Style>(["explanation", "advice", "remark"]))
    ]
  ]

const freeText = (dice: Dice, topic: Topic, name: string): string => {
  const write = byName.find(([pattern]) => pattern.test(name))?.[1]
  return write === undefined ? proseOn(dice, topic, "sentence") : write(dice, topic)
}

const cut = (text: string, maxLength: number): string => {
  if (text.length <= maxLength) return text
  const cutText = text.slice(0, maxLength)
  const wordEnd = cutText.lastIndexOf(" ")
  return wordEnd > maxLength / 2 ? cutText.slice(0, wordEnd) : cutText
}

/** Writes the text of a string field; `name` is the field's, "" where it has none. */
export const stringFor = (dice: Dice, shape: JsonSchema, name: string, topic: Topic): string => {
  const minLength = Number(shape["minLength"] ?? 0)
  const maxLength = Number(shape["maxLength"] ?? Infinity)
  if (typeof shape["pattern"] === "string") {
    const match = stringMatching(dice, shape["pattern"], minLength, maxLength)
    if (match !== undefined) return match
  }
  const format = formats[String(shape["format"])]
  if (format !== undefined) return format(dice)
  const text = freeText(dice, topic, name)
  if (text.length >= minLength && text.length <= maxLength) return text
  // Lengths are counted in characters by some validators and in UTF-16 units by others: plain ASCII is the same for both.
  let fitted = text.replace(/[^\x20-\x7e]/g, "")
  while (fitted.length < minLength)
    fitted += ` ${proseOn(dice, topic, "remark").replace(/[^\x20-\x7e]/g, "")}`
  const short = cut(fitted, maxLength)
  return short.length >= minLength ? short : fitted.slice(0, maxLength)
}
