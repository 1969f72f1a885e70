/**
 * Answers: what the simulated model says. The form follows the question (JSON, ratings, a form
 * to fill in, a worked sum, prose), the content its words and dice.
 */
import type { Limited } from "../../models/simulated/Protocol.ts"
import type { Question } from "../../models/simulated/Question.ts"
import { isObject } from "../../models/simulated/Wire.ts"
import { solve, wordProblemIn } from "../answers/Arithmetic.ts"
import { lengthIn, ofLength } from "../answers/AskedLength.ts"
import { hasCalls, withCalls } from "../answers/CallForm.ts"
import { Dice } from "../answers/Dice.ts"
import { filledIn, formIn, textsOf } from "../answers/FormAnswer.ts"
import { judge, judgementIn } from "../answers/Judgement.ts"
import { chooseStyle, proseOn, styleAskedFor } from "../answers/Prose.ts"
import { valueFor } from "../answers/SchemaAnswer.ts"
import { countTokens, limitTokens } from "../answers/Tokens.ts"
import { topicOf } from "../answers/Topic.ts"
import type { AnswerRequest } from "./SimulatorOptions.ts"

const firstPurpose = 100

/** Reads a question once and gives a writer for each of its answers. */
const writerFor = (question: Question): ((dice: Dice) => string) => {
  const judgement = judgementIn(question)
  const shown = formIn(question)
  if (shown !== undefined && hasCalls(shown)) {
    // A schema says nothing of the arguments, which depend on the function: the form says as much.
    const topic = topicOf(question.prompt)
    return (dice) => filledIn(dice, withCalls(dice, shown, question.prompt, topic), topic)
  }
  if (question.schema !== undefined) {
    const { schema } = question
    const topic = topicOf(question.prompt)
    const asked = { rated: judgement?.count, forms: textsOf(shown) }
    return (dice) => JSON.stringify(valueFor(dice, schema, topic, asked))
  }
  if (!question.json && judgement !== undefined) return (dice) => judge(dice, judgement)
  if (shown !== undefined) {
    const topic = topicOf(question.prompt)
    return (dice) => filledIn(dice, shown, topic)
  }
  const quantities = question.json ? undefined : wordProblemIn(question)
  if (quantities !== undefined) return (dice) => solve(dice, quantities, question)
  const topic = topicOf(question.prompt)
  const asked = styleAskedFor(question.prompt)
  const length = lengthIn(question.prompt)
  const written = (dice: Dice): string => proseOn(dice, topic, chooseStyle(dice, asked))
  const prose =
    length === undefined ? written : (dice: Dice): string => ofLength(dice, written, length)
  return question.json ? (dice) => JSON.stringify({ answer: prose(dice) }) : prose
}

/** Where the first of the stop sequences begins, or the end of the text. */
const stopAt = (text: string, stops: ReadonlyArray<string>): number => {
  let end = text.length
  for (const stop of stops) {
    const found = stop === "" ? -1 : text.indexOf(stop)
    if (found !== -1 && found < end) end = found
  }
  return end
}

/** Writes the `n` answers to a question, cut at its stop sequences and token limit. */
export const answersTo = (
  question: Question,
  key: number,
  answer: ((request: AnswerRequest) => string) | undefined
): ReadonlyArray<Limited> => {
  const { model, system, prompt, history, n, schema, tool } = question
  if (tool !== undefined)
    return Array.from({ length: n }, (_, index) => {
      const dice = new Dice(key, firstPurpose + index)
      const made = valueFor(dice, tool.parameters, topicOf(prompt), { rated: undefined })
      const call = { name: tool.name, arguments: isObject(made) ? made : {} }
      return { text: "", tokens: countTokens(JSON.stringify(call)), truncated: false, call }
    })
  const write = answer === undefined ? writerFor(question) : undefined
  return Array.from({ length: n }, (_, index) => {
    const text =
      write === undefined
        ? (answer?.({ model, system, prompt, history, n, index, schema }) ?? "")
        : write(new Dice(key, firstPurpose + index))
    return limitTokens(text.slice(0, stopAt(text, question.stop)), question.maxTokens)
  })
}

const refusals = [
  "I'm sorry, but I can't help with that request.",
  "I can't assist with this.",
  "I'm not able to answer that, but I am happy to help with something else.",
  "Sorry, this is something I have to decline."
]

const refusalPurpose = 4

/** Writes a sentence by which the model declines. */
export const refusalOf = (key: number): Limited =>
  limitTokens(new Dice(key, refusalPurpose).pick(refusals), undefined)

/** Estimates the tokens that a question costs, with four for the frame of each message. */
export const inputTokensOf = (question: Question): number => {
  const texts = [
    question.system,
    ...question.history.map((turn) => turn.text),
    question.prompt
  ].filter((text) => text !== "")
  return texts.reduce((sum, text) => sum + countTokens(text) + 4, 0)
}
