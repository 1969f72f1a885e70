/** Models of Hugging Face's Transformers.js in this process. */
import * as Schema from "effect/Schema"
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import { jsonFormat } from "../asking/jsonFormat.ts"
import { type ModelOptions, sharedParameters } from "../asking/modelOptions.ts"
import { makeClient } from "../asking/ProviderClient.ts"
import { textOf } from "../chat/Chat.ts"
import type { GenerateOutput, GenerateRequest, NamedLLM } from "../chat/LLM.ts"
import { list, record, textIn } from "../http/wireValues.ts"
import { withoutMagpie } from "../provider/ModelDocument.ts"
import { oneAnswer } from "../provider/oneAnswer.ts"
import { wireKwargs } from "../provider/wireKwargs.ts"
import { defineInProcess, type Loaded } from "./defineInProcess.ts"

const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

/** What goes with every question; what is not given is up to the model. */
export const TransformersKwargs = Schema.Struct({
  /** At most so many tokens in an answer. */
  maxNewTokens: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  /** Whether tokens are drawn; otherwise each is the likeliest. */
  doSample: Schema.optionalKey(Schema.Boolean),
  temperature: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))),
  /** Only the likeliest tokens that add up to this probability. */
  topP: Schema.optionalKey(Share),
  /** Only so many of the likeliest tokens; 0 for all. */
  topK: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  /** Above 1 makes repeating a token less likely. */
  repetitionPenalty: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(0)))
})

export interface TransformersKwargs extends Schema.Schema.Type<typeof TransformersKwargs> {
  // A member of its own: messages then name the interface.
  readonly maxNewTokens?: number
}

/** What `run({ parameters })` may set on a `TransformersLLM`. */
export const TransformersParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(TransformersKwargs),
  device: Schema.optionalKey(Schema.String),
  ...sharedParameters
})

export interface TransformersParameters extends Schema.Schema.Type<typeof TransformersParameters> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: TransformersKwargs
}

/** Options of a `TransformersLLM`. */
export interface TransformersOptions<
  Model extends string = string
> extends ModelOptions<TransformersKwargs> {
  /** A model of the Hub with ONNX weights: `onnx-community/Qwen3-0.6B-ONNX`. */
  readonly model: Model
  readonly revision?: string | undefined
  /** The type of weights: `fp32`, `fp16`, `q8`, `q4`, … Python's `auto` leaves it to the package. */
  readonly torchDtype?: string | undefined
  /** `cpu`, `cuda`, `webgpu`, … */
  readonly device?: string | undefined
}

/** A model of Transformers.js in this process. */
export interface TransformersLLM<out Model extends string = string> extends NamedLLM<
  "TransformersLLM",
  Model,
  TransformersParameters
> {}

/** As much of `@huggingface/transformers` as is used: it comes with 288 MB of binaries. */
interface Transformers {
  readonly pipeline: (
    task: "text-generation",
    model: string,
    options: object
  ) => Promise<
    ((messages: ReadonlyArray<object>, options: object) => Promise<unknown>) & {
      readonly tokenizer: { readonly encode: (text: string) => ReadonlyArray<number> }
      readonly dispose: () => Promise<void>
    }
  >
}

const load = async ({
  device,
  model,
  revision,
  torchDtype
}: TransformersOptions): Promise<Loaded<GenerateRequest, GenerateOutput>> => {
  const name = "@huggingface/transformers"
  const { pipeline } = (await import(name).catch(
    optionalPackage(name, "TransformersLLM")
  )) as Transformers
  const generator = await pipeline("text-generation", model, {
    ...(revision === undefined ? {} : { revision }),
    ...(torchDtype === undefined || torchDtype === "auto" ? {} : { dtype: torchDtype }),
    ...(device === undefined ? {} : { device })
  })
  const count = (text: string): number => generator.tokenizer.encode(text).length
  return {
    ask: async ({ generationKwargs, messages, structuredOutput }: GenerateRequest) => {
      // Nothing here forces a form: the answer is asked for it, and read as it is.
      jsonFormat(structuredOutput)
      const chat = messages.map(({ content, role }) => ({ role, content: textOf(content) }))
      const [output] = list(await generator(chat, wireKwargs(generationKwargs)))
      const last = record(list(record(output)["generated_text"]).at(-1))
      const text = textIn(last["content"]) ?? null
      const produced = text === null ? 0 : count(text)
      const { maxNewTokens = Infinity } = generationKwargs as TransformersKwargs
      return oneAnswer({
        usage: {
          input: chat.reduce((sum, { content }) => sum + count(content), 0),
          output: produced
        },
        finish: produced >= maxNewTokens ? "length" : "stop",
        text,
        reasoning: null
      })
    },
    release: () => generator.dispose()
  }
}

export const transformers = defineInProcess<TransformersOptions, GenerateRequest, GenerateOutput>({
  type: "TransformersLLM",
  requests: "chat",
  about: "Answers with a model of Transformers.js in this process.",
  providerId: "transformers",
  parameters: TransformersParameters,
  options: ["revision", "torchDtype", "device"],
  answersBy: ["revision", "torchDtype"],
  load,
  clientOf: makeClient,
  document: {
    kwargs: TransformersKwargs,
    pythonKwargs: [
      "max_new_tokens",
      "temperature",
      "repetition_penalty",
      "top_p",
      "top_k",
      "do_sample"
    ],
    fields: [
      { key: "revision", holds: Schema.String, python: true },
      { key: "torch_dtype", holds: Schema.String, python: true },
      { key: "device", holds: Schema.String, python: true }
    ],
    pythonShares: ["structured_output"],
    lacks: ["stream", "preflight"],
    ignores: {
      trust_remote_code: [false],
      model_kwargs: [null],
      tokenizer: [null],
      use_fast: [true],
      chat_template: [null],
      device_map: [null],
      token: [],
      cuda_devices: ["auto"],
      disable_cuda_device_placement: [],
      ...withoutMagpie
    }
  }
})

/**
 * Describes a model of the Hub with ONNX weights that answers in this process. Needs the package
 * `@huggingface/transformers`, which fetches the weights from the Hub when the first step opens the
 * model.
 *
 * One question is answered at a time. Several answers to a question are as many questions, which
 * differ only with `doSample`. Nothing forces an answer to follow a structured output. Answers cost
 * nothing.
 *
 * @example
 *   const small = TransformersLLM({
 *     model: "onnx-community/Qwen3-0.6B-ONNX",
 *     torchDtype: "q4",
 *     generationKwargs: { maxNewTokens: 128 }
 *   })
 *
 * @fails LLMError when opened: PackageMissing, ModelNotFound (the weights cannot be loaded); per request: InvalidRequest, and what keeps
 *   failing after the retries
 * @source https://distilabel.argilla.io/latest/components-gallery/llms/transformersllm/
 */
export const TransformersLLM = <const Model extends string>(
  options: TransformersOptions<Model>
): TransformersLLM<Model> => transformers.describe(options)
