/** Judgements: answers to prompts that ask for ratings or scores, in the format that they ask for. */
import type { Question } from "../../models/simulated/Question.ts"
import type { Dice } from "./Dice.ts"

/** What a prompt wants judged, and how. */
export interface Judgement {
  /**
   * Blocks of ratings, one for each text; numbered score lines; feedback with one result; one score
   * at the end.
   */
  readonly form: "ratings" | "scores" | "result" | "score"
  /** How many texts are to be judged. */
  readonly count: number
  /** `ratings`: whether each block starts with a type; `result`: whether the result is A or B. */
  readonly variant: boolean
}

const maxTexts = 50

/**
 * The largest number up to which all numbers from 1 were found: a stray "answer 7" does not make
 * seven texts.
 */
const runLength = (text: string, pattern: RegExp): number => {
  const found = new Set<number>()
  for (const match of text.matchAll(pattern)) found.add(Number(match[1]))
  let length = 0
  while (length < maxTexts && found.has(length + 1)) length++
  return length
}

const words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
const textNouns = "(?:texts?|responses?|answers?|outputs?|generations?|completions?|candidates?)"
const announced = new RegExp(
  `\\b(\\d{1,2}|${words.join("|")})\\s+(?:\\w+\\s+)?${textNouns}\\b`,
  "i"
)
const numbered = new RegExp(`\\b${textNouns}\\s*#?\\[?(\\d{1,2})\\b`, "gi")

const countTexts = ({ system, prompt }: Question): number => {
  const said = announced.exec(system)?.[1]?.toLowerCase()
  const number = said === undefined ? 0 : words.indexOf(said) + 1 || Number(said)
  return number > 0 ? Math.min(number, maxTexts) : Math.max(1, runLength(prompt, numbered))
}

/** Finds out what a prompt wants judged; undefined if nothing. */
export const judgementIn = (question: Question): Judgement | undefined => {
  const text = `${question.system}\n${question.prompt}`
  if (/\brating:/i.test(text) && /\brationale:/i.test(text)) {
    return { form: "ratings", count: countTexts(question), variant: /^[^\w\n]*type:/im.test(text) }
  }
  if (text.includes("[RESULT]")) {
    return {
      form: "result",
      count: 1,
      variant: /\b(?:A or B|"A"|'A'|Response B|Answer B)/i.test(text)
    }
  }
  if (/\[(?:\d+|i|n|index|number)\]\s*score/i.test(text)) {
    return {
      form: "scores",
      count: Math.max(1, runLength(question.prompt, /\[(\d{1,2})\]/g)),
      variant: false
    }
  }
  if (/\bscore:\s*(?:<|\[|\{)/i.test(text)) return { form: "score", count: 1, variant: false }
  return undefined
}

const verdicts: Readonly<Record<number, ReadonlyArray<string>>> = {
  1: [
    "It misses the task almost entirely.",
    "Most of the claims are wrong or beside the point.",
    "The instruction is not followed, and what is said cannot be relied on.",
    "A reader would be worse off for having read it.",
    "It answers a question that nobody asked."
  ],
  2: [
    "Parts of the task are covered, but serious errors remain.",
    "It starts well and then contradicts itself.",
    "Several requirements are ignored without a reason.",
    "The idea is right, the facts that should carry it are not.",
    "Too little of it can be used as it stands."
  ],
  3: [
    "The main point is right, though important details are missing.",
    "It is useful in parts but stays vague where it matters.",
    "The structure is fine; the content needs a check.",
    "Half of the instruction is met well, the other half only mentioned.",
    "Acceptable, with a claim or two that lack support."
  ],
  4: [
    "Accurate and relevant, with one small gap.",
    "It follows the instruction closely and could only be tighter.",
    "A solid answer with a minor slip in the details.",
    "Nearly everything asked for is there and in a sensible order.",
    "Reliable on the facts, slightly long in the telling."
  ],
  5: [
    "Correct, complete and easy to follow.",
    "Every requirement is met and nothing is superfluous.",
    "It is accurate throughout and says how sure it is.",
    "Hard to improve: precise, honest and to the point.",
    "It does what was asked and explains why it works."
  ]
}

const remarks = [
  "The wording stays clear.",
  "One example would have helped.",
  "The tone suits the request.",
  "Compared with the others it is more specific.",
  "The order of the points makes sense.",
  "The last sentence adds little.",
  "It names its limits.",
  "The key term is explained early.",
  "Nothing in it conflicts with the instruction.",
  "The length fits the question.",
  "It could have said where its figures come from.",
  "The conclusion follows from what was said before."
]

/** Ratings of real judges lean to the upper half. */
const ratings = [1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5]

/** A rating from 1 to 5. */
export const rate = (dice: Dice): number => dice.pick(ratings)

/** A reason for a rating. */
export const rationale = (dice: Dice, rating: number): string => {
  const verdict = dice.pick(verdicts[rating] ?? ["It cannot be judged."])
  return dice.chance(0.6) ? `${verdict} ${dice.pick(remarks)}` : verdict
}

const typesFor = (dice: Dice, rating: number): string =>
  rating === 5 && dice.chance(0.5) ? "None" : String(dice.between(1, 3))

const ratingBlock = (dice: Dice, withType: boolean): string => {
  const rating = rate(dice)
  const block = `Rating: ${rating}\nRationale: ${rationale(dice, rating)}`
  return withType
    ? `Type: ${typesFor(dice, rating)}\nRationale: ${dice.pick(remarks)}\n${block}`
    : block
}

/** Writes a judgement. */
export const judge = (dice: Dice, { form, count, variant }: Judgement): string => {
  const indices = Array.from({ length: count }, (_, index) => index + 1)
  switch (form) {
    case "ratings":
      return indices.map(() => ratingBlock(dice, variant)).join("\n\n")
    case "scores":
      return indices.map((index) => `[${index}] Score: ${dice.between(1, count + 1)}`).join("\n")
    case "result": {
      const rating = rate(dice)
      return `Feedback: ${rationale(dice, rating)} [RESULT] ${variant ? dice.pick(["A", "B"]) : rating}`
    }
    case "score": {
      const rating = rate(dice)
      return `${rationale(dice, rating)}\nScore: ${rating}`
    }
  }
}
