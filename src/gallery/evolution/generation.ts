/** Classes of tasks that make instructions from words by evolution: they differ in their mutations. */
import * as Schema from "effect/Schema"
import type { Names, RenamedOut } from "../../columns/mapping.ts"
import type { AnyLLM } from "../../models/chat/LLM.ts"
import { checkedOptions } from "../../step/checkedOptions.ts"
import { type Defined, defined } from "../../step/Definition.ts"
import type { StepLLM } from "../../step/StepLLM.ts"
import type { GeneratorTaskParameters, GeneratorTaskStep } from "../../tasks/defineGeneratorTask.ts"
import {
  type Called,
  callingDefinition,
  type GeneratorTaskOptions,
  makeGeneratorTask
} from "../../tasks/makeCalling.ts"
import { drawn, share } from "../draw/drawn.ts"
import { MutationTemplates } from "./evolution.ts"
import { answersTo, drawnMutation, filled, instructionIn } from "./evolved.ts"
import { beginning, freshStart, type Mutations, promptPlace } from "./mutations.ts"
import { nouns } from "./nouns.ts"

const natural = Schema.Int.check(Schema.isGreaterThan(0))
const optionalNatural = Schema.optionalKey(natural)

/** Columns of an instruction that was made, and of the answer to it. */
export type Generated<Answers> = { readonly instruction: string } & (Answers extends true
  ? { readonly answer: string }
  : unknown)

/** What `run({ parameters })` may set of the options. */
export interface GenerationParameters {
  /** An instruction has so many characters at least. Default 512. */
  readonly minLength?: number
  /** An instruction has so many characters at most. Default 1024. */
  readonly maxLength?: number
  /** Draws the words and the mutations, together with the row's number. Default 42. */
  readonly seed?: number
}

export interface GenerationOptions<
  Name extends string,
  L extends AnyLLM,
  Answers extends boolean,
  OutputMap
>
  extends GeneratorTaskOptions<Name, L, OutputMap>, GenerationParameters {
  /** How many instructions are made. */
  readonly numInstructions: number
  /** Whether the model answers the instructions too. Default false. */
  readonly generateAnswers?: Answers
  /** Prompts by name, with `<PROMPT>` for the instruction, or for words in `FRESH_START`. */
  readonly mutationTemplates?: Mutations
  /** A row is an error row if none of so many texts has the right length. Default 20. */
  readonly maxRounds?: number
}

/** The constructor of a class of tasks that make instructions. */
export type GenerationConstructor<Type extends string> = Defined<
  <
    const Name extends string,
    L extends AnyLLM,
    const Answers extends boolean = false,
    const OutputMap extends Names<Called<Generated<Answers>>> = {}
  >(
    options: GenerationOptions<Name, L, Answers, OutputMap>
  ) => GeneratorTaskStep<
    Type,
    Name,
    RenamedOut<Called<Generated<Answers>>, {}, OutputMap>,
    GeneratorTaskParameters<L> & GenerationParameters
  >
>

/** Its own options, as schemas. */
export const generationOptions = {
  numInstructions: natural,
  generateAnswers: Schema.optionalKey(Schema.Boolean),
  mutationTemplates: MutationTemplates,
  minLength: optionalNatural,
  maxLength: optionalNatural,
  maxRounds: optionalNatural,
  seed: Schema.optionalKey(Schema.Int)
}

const defaults = {
  generateAnswers: false,
  minLength: 512,
  maxLength: 1024,
  maxRounds: 20,
  seed: 42
}

type Values = typeof defaults & {
  readonly numInstructions: number
  readonly mutationTemplates?: Mutations
}

/** Makes a class of tasks that make instructions. */
export const generation = <const Type extends string>({
  mutations,
  ...about
}: {
  readonly type: Type
  readonly about: string
  readonly cites: string
  readonly mutations: Mutations
}): GenerationConstructor<Type> => {
  const definition = callingDefinition({
    ...about,
    options: generationOptions,
    defaults,
    parameters: ["minLength", "maxLength", "seed"],
    python: { lacks: ["maxRounds"] }
  })
  const make = (options: GenerationOptions<string, AnyLLM, boolean, unknown>): unknown => {
    const own = checkedOptions(
      about.type,
      generationOptions,
      defaults,
      options
    ) as unknown as Values
    const { generateAnswers, numInstructions } = own
    return makeGeneratorTask({
      definition,
      options: { ...options, ...own },
      outputs: {
        instruction: Schema.String,
        ...(generateAnswers ? { answer: Schema.String } : {})
      },
      rows: () => numInstructions,
      work: (values) => async (index, llm) => {
        const instruction = await made(llm, index, {
          mutationTemplates: { ...beginning, ...mutations },
          ...own,
          ...values
        })
        if (!generateAnswers) return { instruction }
        const [answer] = await answersTo(llm, [instruction])
        return { instruction, answer }
      }
    })
  }
  // One cast: the constructor's type says which columns the options make.
  return defined(definition, make) as unknown as GenerationConstructor<Type>
}

/**
 * An instruction of the right length: begun with words, then evolved; one that is too long is begun
 * anew.
 */
const made = async (
  llm: StepLLM,
  index: number,
  {
    maxLength,
    maxRounds,
    minLength,
    mutationTemplates,
    seed
  }: Values & {
    readonly mutationTemplates: Mutations
  }
): Promise<string> => {
  const { [freshStart]: start, ...rest } = mutationTemplates
  const first = start ?? beginning[freshStart]!
  // With no mutation but the first one, each round begins with other words.
  const others = Object.keys(rest).length === 0 ? undefined : rest
  let before: string | undefined
  let length = 0
  for (let round = 0; round < maxRounds; round++) {
    const prompt =
      before === undefined || others === undefined
        ? filled(first, {
            [promptPlace]: wordsFor(seed, index, round),
            "<MIN>": String(minLength),
            "<MAX>": String(maxLength)
          })
        : filled(drawnMutation(others, seed, index, round), { [promptPlace]: before })
    const instruction = instructionIn((await llm.askPromise(prompt)).text)
    length = [...instruction].length
    if (length >= minLength && length <= maxLength) return instruction
    before = length > maxLength ? undefined : instruction
  }
  throw new Error(
    `none of ${maxRounds} texts has between ${minLength} and ${maxLength} characters; the last has ${length}. Change minLength, maxLength or maxRounds.`
  )
}

/** One to four nouns. */
const wordsFor = (...by: ReadonlyArray<number>): string =>
  Array.from({ length: 1 + Math.floor(share(["count", ...by]) * 4) }, (_, i) =>
    drawn(undefined, nouns, ...by, i)
  ).join(", ")
