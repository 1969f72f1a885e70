/** Classes of tasks that evolve instructions: they differ in their mutations. */
import * as Schema from "effect/Schema"
import type { Names, Renamed, RenamedOut } from "../../columns/mapping.ts"
import type { AnyLLM } from "../../models/chat/LLM.ts"
import { checkedOptions } from "../../step/checkedOptions.ts"
import { type Defined, defined } from "../../step/Definition.ts"
import type { StepLLM } from "../../step/StepLLM.ts"
import type { MultiCallStep } from "../../tasks/defineMultiCallTask.ts"
import {
  type Called,
  callingDefinition,
  makeMultiCall,
  type MultiCallOptions,
  type MultiCallParameters
} from "../../tasks/makeCalling.ts"
import { answersTo, evolvedInstructions } from "./evolved.ts"
import type { Mutations } from "./mutations.ts"

const atLeastOne = Schema.Int.check(Schema.isGreaterThan(0))
const Flag = Schema.optionalKey(Schema.Boolean)
export const MutationTemplates = Schema.optionalKey(Schema.Record(Schema.String, Schema.String))

/** Columns of an evolution: the last text, or all of them, and answers to them. */
export type Evolved<Store, Answers> = Store extends true
  ? { readonly evolved_instructions: ReadonlyArray<string> } & (Answers extends true
      ? { readonly answers: ReadonlyArray<string> }
      : unknown)
  : { readonly evolved_instruction: string } & (Answers extends true
      ? { readonly answer: string }
      : unknown)

export interface EvolutionOptions<
  Name extends string,
  L extends AnyLLM,
  Store extends boolean,
  Answers extends boolean,
  InputMap,
  OutputMap
> extends MultiCallOptions<Name, L, InputMap, OutputMap> {
  /** How often the instruction is evolved. */
  readonly numEvolutions: number
  /** True for all instructions on the way rather than the last one. Default false. */
  readonly storeEvolutions?: Store
  /** Whether the model answers the instructions too. Default false. */
  readonly generateAnswers?: Answers
  /** With `storeEvolutions`: whether the list begins with the instruction itself. Default false. */
  readonly includeOriginalInstruction?: boolean
  /** Prompts by name, with `<PROMPT>` for the instruction. */
  readonly mutationTemplates?: Mutations
  /** Draws the mutation of each round, together with the instruction. Default 42. */
  readonly seed?: number
}

interface Instruction {
  readonly instruction: string
}

/** The constructor of a class of tasks that evolve instructions. */
export type EvolutionConstructor<Type extends string> = Defined<
  <
    const Name extends string,
    L extends AnyLLM,
    const Store extends boolean = false,
    const Answers extends boolean = false,
    const InputMap extends Names<Instruction> = {},
    const OutputMap extends Names<Called<Evolved<Store, Answers>>> = {}
  >(
    options: EvolutionOptions<Name, L, Store, Answers, InputMap, OutputMap>
  ) => MultiCallStep<
    Type,
    Name,
    Renamed<Instruction, InputMap>,
    RenamedOut<Called<Evolved<Store, Answers>>, InputMap, OutputMap>,
    MultiCallParameters<L> & { readonly seed?: number }
  >
>

/** Its own options, as schemas. */
export const evolutionOptions = {
  numEvolutions: atLeastOne,
  storeEvolutions: Flag,
  generateAnswers: Flag,
  includeOriginalInstruction: Flag,
  mutationTemplates: MutationTemplates,
  seed: Schema.optionalKey(Schema.Int)
}

const defaults = {
  storeEvolutions: false,
  generateAnswers: false,
  includeOriginalInstruction: false,
  seed: 42
}

type Values = typeof defaults & {
  readonly numEvolutions: number
  readonly mutationTemplates?: Mutations
}

/** Makes a class of tasks that evolve instructions. */
export const evolution = <const Type extends string>({
  mutations,
  ...about
}: {
  readonly type: Type
  readonly about: string
  readonly cites: string
  readonly mutations: Mutations
}): EvolutionConstructor<Type> => {
  const definition = callingDefinition({
    ...about,
    options: evolutionOptions,
    defaults,
    parameters: ["seed"],
    python: {}
  })
  const make = (
    options: EvolutionOptions<string, AnyLLM, boolean, boolean, unknown, unknown>
  ): unknown => {
    const own = checkedOptions(about.type, evolutionOptions, defaults, options)
    const { generateAnswers, storeEvolutions } = own as Values
    const texts = storeEvolutions ? Schema.Array(Schema.String) : Schema.String
    const [evolved, answered] = storeEvolutions
      ? (["evolved_instructions", "answers"] as const)
      : (["evolved_instruction", "answer"] as const)
    return makeMultiCall({
      definition,
      options: { ...options, ...own },
      reads: { instruction: Schema.String },
      outputs: { [evolved]: texts, ...(generateAnswers ? { [answered]: texts } : {}) },
      work: (values) => async (row, llm) => {
        const { answers, instructions } = await evolve(llm, String(row["instruction"]), mutations, {
          ...(own as Values),
          ...values
        })
        const one = (each: ReadonlyArray<string>): unknown => (storeEvolutions ? each : each.at(-1))
        return {
          [evolved]: one(instructions),
          ...(generateAnswers ? { [answered]: one(answers) } : {})
        }
      }
    })
  }
  // One cast: the constructor's type says which columns the options make.
  return defined(definition, make) as unknown as EvolutionConstructor<Type>
}

const evolve = async (
  llm: StepLLM,
  instruction: string,
  mutations: Mutations,
  options: Values
): Promise<{
  readonly instructions: ReadonlyArray<string>
  readonly answers: ReadonlyArray<string>
}> => {
  const { generateAnswers, includeOriginalInstruction, numEvolutions, seed } = options
  const { mutationTemplates = mutations, storeEvolutions } = options
  const evolved = await evolvedInstructions(llm, instruction, {
    mutations: mutationTemplates,
    rounds: numEvolutions,
    seed
  })
  const instructions =
    storeEvolutions && includeOriginalInstruction ? [instruction, ...evolved] : evolved
  const asked = storeEvolutions ? instructions : instructions.slice(-1)
  return { instructions, answers: generateAnswers ? await answersTo(llm, asked) : [] }
}
