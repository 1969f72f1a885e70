/**
 * Arithmetic: worked solutions for word problems. The sums are right; whether they are the ones the
 * problem needs is left to chance, as with a weak model.
 */
import type { Question } from "../../models/simulated/Question.ts"
import type { Dice } from "./Dice.ts"

const asksHowMany =
  /\bhow (?:many|much|far|long|old|often|tall|heavy)\b|\bin total\b|\baltogether\b/i
const asksWhatNumber =
  /\bwhat (?:is|was|are|will be) (?:the|her|his|their|its) (?:\w+ )?(?:total|sum|difference|average|price|cost|number|amount|speed|area|age)\b/i

const numberWords: Readonly<Record<string, number>> = {
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  twenty: 20,
  half: 2,
  twice: 2,
  double: 2,
  dozen: 12
}

const numberPattern =
  /(\d[\d,]*(?:\.\d+)?)|\b(two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|half|twice|double|dozen)\b/gi

/** The word after a number, where it names what is counted. */
const unitPattern =
  /^\s+(?!(?:and|the|more|than|from|less|per|each|for|are|was|but|with|times|percent|what)\b)([a-z]{3,})/

/** A number of the problem and what it counts. */
interface Quantity {
  readonly value: number
  readonly unit: string
}

const quantitiesIn = (prompt: string): ReadonlyArray<Quantity> => {
  const found: Array<Quantity> = []
  for (const match of prompt.matchAll(numberPattern)) {
    const [text, digits] = match
    const value =
      digits === undefined
        ? (numberWords[text.toLowerCase()] ?? 0)
        : Number(digits.replaceAll(",", ""))
    const after = match.index + text.length
    const unit = unitPattern.exec(prompt.slice(after, after + 24))?.[1] ?? ""
    if (value > 0 && value < 1e7) found.push({ value, unit })
    if (found.length === 6) break
  }
  return found
}

/** The numbers of a word problem; undefined if the question is none. */
export const wordProblemIn = (question: Question): ReadonlyArray<Quantity> | undefined => {
  if (!asksHowMany.test(question.prompt) && !asksWhatNumber.test(question.prompt)) return undefined
  const quantities = quantitiesIn(question.prompt)
  return quantities.length >= 2 ? quantities : undefined
}

/** A sum worked out: "48 / 2" and 24. */
interface Sum {
  readonly sum: string
  readonly result: number
}

const round = (value: number): number => Math.round(value * 100) / 100

const calculate = (dice: Dice, left: number, right: number): Sum => {
  const sums: ReadonlyArray<Sum> = [
    { sum: `${left} + ${right}`, result: round(left + right) },
    { sum: `${left} * ${right}`, result: round(left * right) },
    { sum: `${left} - ${right}`, result: round(left - right) },
    { sum: `${left} / ${right}`, result: round(left / right) }
  ]
  const sensible = sums.filter(
    ({ result }) => result > 0 && result < 1e6 && Number.isInteger(result)
  )
  return sensible.length > 0
    ? dice.pick(sensible)
    : { sum: `${left} + ${right}`, result: round(left + right) }
}

const firstSteps = [
  "We start with {a}.",
  "The problem gives us {a} to begin with.",
  "Let us take {a} as the starting point.",
  "First, note that there are {a}."
]

const steps = [
  "Taking the {b} into account gives {sum} = {result}.",
  "Next we use the {b}: {sum} = {result}.",
  "Together with the {b} that makes {sum} = {result}.",
  "Since we also have {b}, we compute {sum} = {result}.",
  "That leaves us with {sum} = {result}."
]

const named = ({ value, unit }: Quantity): string =>
  unit === "" ? String(value) : `${value} ${unit}`

/**
 * Solves a word problem in a few steps and ends with `#### number`; in numbered steps that end with
 * "The answer is: number" where the question asks for those.
 */
export const solve = (
  dice: Dice,
  quantities: ReadonlyArray<Quantity>,
  question: Question
): string => {
  const used = quantities.slice(0, dice.between(2, Math.min(4, quantities.length)))
  const lines: Array<string> = []
  let value = used[0]?.value ?? 0
  lines.push(dice.pick(firstSteps).replace("{a}", named(used[0] ?? { value, unit: "" })))
  for (const quantity of used.slice(1)) {
    const { sum, result } = calculate(dice, value, quantity.value)
    lines.push(
      dice
        .pick(steps)
        .replace("{b}", named(quantity))
        .replace("{sum}", sum)
        .replace("{result}", String(result))
    )
    value = result
  }
  const wantsSteps =
    /the answer is/i.test(question.prompt) || /the answer is/i.test(question.system)
  return wantsSteps
    ? [...lines.map((line, index) => `Step ${index + 1}: ${line}`), `The answer is: ${value}`].join(
        "\n"
      )
    : [...lines, `#### ${value}`].join("\n")
}
