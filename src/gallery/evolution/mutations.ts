/** Mutations: how a text is made another one, each a prompt with places for what is there. */

/** The place of the instruction, and that of the response. */
export const promptPlace = "<PROMPT>"
export const responsePlace = "<RESPONSE>"

/** Prompts by the names of what they do. */
export type Mutations = Readonly<Record<string, string>>

const harder = (how: string): string =>
  `You make instructions harder. Rewrite the instruction below so that today's best assistants have to think about it longer, and a person can still understand and answer it.

${how}

Keep what is not text, such as tables and code, as it is. Add no more than 10 to 20 words. Do not write "given prompt", "rewritten prompt", "#Given Prompt#" or "#Rewritten Prompt#". Answer with the new instruction alone.

#Given Prompt#:
${promptPlace}

#Rewritten Prompt#:
`

/** Mutations that make an instruction more complex. */
export const complexities: Mutations = {
  CONSTRAINTS: harder("Do it so: add one more constraint or requirement."),
  DEEPENING: harder(
    "Do it so: where it asks about something, ask about it more deeply or broadly."
  ),
  CONCRETIZING: harder("Do it so: put something more specific in the place of what is general."),
  INCREASED_REASONING_STEPS: harder(
    "Do it so: where a few simple thoughts would do, ask for several steps of reasoning."
  )
}

/** Mutations of instructions: those, and one that makes another instruction. */
export const instructions: Mutations = {
  ...complexities,
  BREADTH: `You invent instructions. Be inspired by the instruction below to write an entirely new one, from the same field but about something that is asked more rarely. It is about as long and as hard, and a person can understand and answer it.

Do not write "given prompt", "created prompt", "#Given Prompt#" or "#Created Prompt#". Answer with the new instruction alone.

#Given Prompt#:
${promptPlace}

#Created Prompt#:
`
}

/**
 * The name of the mutation that begins with words in the place of an instruction. It may name the
 * length that is wanted.
 */
export const freshStart = "FRESH_START"

export const beginning: Mutations = {
  [freshStart]: `Write one question or request in which one or more of the words below appear. It has between <MIN> and <MAX> characters. Answer with it alone.

${promptPlace}
`
}

const better = (how: string): string =>
  `You improve responses to instructions. Rewrite the response below.

${how}

Keep what is not text, such as tables and code, as it is. The response must still answer the instruction. Do not write "given response", "rewritten response", "#Given Response#" or "#Rewritten Response#". Answer with the new response alone.

#Given Prompt#:
${promptPlace}

#Given Response#:
${responsePlace}

#Rewritten Response#:
`

/** Mutations that make a response better. */
export const qualities: Mutations = {
  HELPFULNESS: better("Do it so: make it more helpful to whoever asked."),
  RELEVANCE: better("Do it so: keep closer to what the instruction asks for."),
  DEEPENING: better("Do it so: go further into the matter."),
  CREATIVITY: better("Do it so: find a more original way to say it."),
  DETAILS: better("Do it so: add details that matter.")
}
