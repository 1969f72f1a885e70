/** Evolutions: a text is made another one, round by round, by mutations that are drawn. */
import type { StepLLM } from "../../step/StepLLM.ts"
import { drawn } from "../draw/drawn.ts"
import { type Mutations, promptPlace } from "./mutations.ts"

/** A mutation, always the same for the same seed and texts. */
export const drawnMutation = (
  mutations: Mutations,
  ...by: ReadonlyArray<string | number>
): string => mutations[drawn(undefined, Object.keys(mutations), ...by)]!

/** A prompt with texts in its places. */
export const filled = (mutation: string, texts: Readonly<Record<string, string>>): string =>
  // All at once: a text may hold what looks like a place.
  mutation.replaceAll(/<[A-Z]+>/g, (place) => texts[place] ?? place)

/** The instruction that an answer holds: models repeat the heading. Throws if there is none. */
export const instructionIn = (answer: string): string => {
  const instruction = answer.split("Prompt#:").at(-1)!.trim()
  if (instruction === "") throw new Error("the answer has no instruction after its heading")
  return instruction
}

/** The instructions that come of one, each of the one before. */
export const evolvedInstructions = async (
  llm: StepLLM,
  instruction: string,
  {
    mutations,
    rounds,
    seed
  }: {
    readonly mutations: Mutations
    readonly rounds: number
    readonly seed: number
  }
): Promise<ReadonlyArray<string>> => {
  const evolved: Array<string> = []
  for (let round = 0; round < rounds; round++) {
    const mutation = drawnMutation(mutations, seed, instruction, round)
    const { text } = await llm.askPromise(
      filled(mutation, { [promptPlace]: evolved.at(-1) ?? instruction })
    )
    evolved.push(instructionIn(text))
  }
  return evolved
}

/** What the model answers to each of some instructions. */
export const answersTo = async (
  llm: StepLLM,
  instructions: ReadonlyArray<string>
): Promise<ReadonlyArray<string>> => {
  const answers: Array<string> = []
  for (const instruction of instructions) answers.push((await llm.askPromise(instruction)).text)
  return answers
}
