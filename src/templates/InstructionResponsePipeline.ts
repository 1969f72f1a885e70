/** InstructionResponsePipeline: instructions and responses for fine-tuning, out of nothing. */
import type { Conversed } from "../gallery/texts/conversed.ts"
import { MagpieGenerator } from "../gallery/texts/MagpieGenerator.ts"
import type { AnyLLM } from "../models/chat/LLM.ts"
import { from } from "../pipeline/Flow.ts"
import { Pipeline } from "../pipeline/Pipeline.ts"
import type { GeneratorTaskParameters } from "../tasks/defineGeneratorTask.ts"
import type { Called } from "../tasks/makeCalling.ts"

export interface InstructionResponseOptions<L extends AnyLLM, Turns extends number> {
  /** The model, which must be able to write the user's turns: `ClientvLLM` with a chat template. */
  readonly llm: L
  /** What the conversations are about. Default: an assistant that writes with imagination. */
  readonly systemPrompt?: string
  /** How many questions a conversation has. Default 1. */
  readonly nTurns?: Turns
  /** How many conversations are made. Default 10. */
  readonly numRows?: number
  /** Conversations in one batch. Default 1. */
  readonly batchSize?: number
}

/**
 * Makes a pipeline that has a model write instructions and the responses to them by itself: rows
 * for fine-tuning, out of nothing.
 *
 * With one turn rows have `instruction` and `response`, with more `conversation`. It is a pipeline
 * like any other: `run` runs it, `save` writes it as a document.
 *
 * @example
 *   const pipeline = InstructionResponsePipeline({
 *     llm: ClientvLLM({
 *       model: "meta-llama/Llama-3.1-8B-Instruct",
 *       baseUrl: "http://localhost:8000/v1",
 *       chatTemplate: "llama3"
 *     }),
 *     systemPrompt: "You help people to repair bicycles.",
 *     numRows: 1000
 *   })
 *   const distiset = await runPromise(pipeline)
 *
 * @fails RangeError if the model cannot write the user's turns
 * @source https://arxiv.org/abs/2406.08464
 */
export const InstructionResponsePipeline = <L extends AnyLLM, const Turns extends number = 1>({
  batchSize = 1,
  llm,
  nTurns,
  numRows = 10,
  systemPrompt = "You are an assistant that writes with imagination."
}: InstructionResponseOptions<L, Turns>): Pipeline<
  {
    readonly magpie_generator_0: GeneratorTaskParameters<L> & { readonly numRows?: number }
  },
  { readonly default: Called<Conversed<Turns, false, false, false, string>> }
> =>
  // One cast: which columns there are, the compiler knows once it knows the turns.
  Pipeline(
    "sft",
    { description: "Instructions and responses that a model writes by itself." },
    from(
      MagpieGenerator({
        name: "magpie_generator_0",
        llm,
        numRows,
        systemPrompt,
        batchSize,
        ...(nTurns === undefined ? {} : { nTurns })
      })
    ) as never
  ) as never
