/** Models of llama.cpp in this process. */
import * as Schema from "effect/Schema"
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import { jsonFormat } from "../asking/jsonFormat.ts"
import { type ModelOptions, sharedParameters } from "../asking/modelOptions.ts"
import { makeClient } from "../asking/ProviderClient.ts"
import { type Chat, textOf } from "../chat/Chat.ts"
import type { GenerateOutput, GenerateRequest, LLM } from "../chat/LLM.ts"
import { record } from "../http/wireValues.ts"
import { withoutMagpie } from "../provider/ModelDocument.ts"
import { oneAnswer } from "../provider/oneAnswer.ts"
import { defineInProcess, type Loaded } from "./defineInProcess.ts"

const Count = Schema.Int.check(Schema.isGreaterThan(0))
const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

/** What goes with every question; what is not given is up to llama.cpp. */
export const LlamaCppKwargs = Schema.Struct({
  /** At most so many tokens in an answer. */
  maxNewTokens: Schema.optionalKey(Count),
  /** From 0, always the likeliest token. */
  temperature: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))),
  /** Only the likeliest tokens that add up to this probability. */
  topP: Schema.optionalKey(Share),
  /** Only so many of the likeliest tokens. */
  topK: Schema.optionalKey(Schema.Int),
  /** Only tokens at least so likely, as a share of the likeliest. */
  minP: Schema.optionalKey(Share),
  /** Above 0 makes repeating a token less likely the more often it came. */
  frequencyPenalty: Schema.optionalKey(Schema.Finite),
  /** Above 0 makes repeating a token less likely once it came. */
  presencePenalty: Schema.optionalKey(Schema.Finite),
  /** Texts that end an answer. */
  stop: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Asks for equal answers to equal questions; the n-th of several gets seed + n. */
  seed: Schema.optionalKey(Schema.Int)
})

export interface LlamaCppKwargs extends Schema.Schema.Type<typeof LlamaCppKwargs> {
  // A member of its own: messages then name the interface.
  readonly maxNewTokens?: number
}

/** What `run({ parameters })` may set on a `LlamaCppLLM`. */
export const LlamaCppParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(LlamaCppKwargs),
  modelPath: Schema.optionalKey(Schema.String),
  nGpuLayers: Schema.optionalKey(Schema.Int),
  nCtx: Schema.optionalKey(Count),
  ...sharedParameters
})

export interface LlamaCppParameters extends Schema.Schema.Type<typeof LlamaCppParameters> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: LlamaCppKwargs
}

/** Options of a `LlamaCppLLM`. */
export interface LlamaCppOptions extends ModelOptions<LlamaCppKwargs> {
  /** A GGUF file. */
  readonly modelPath?: string | undefined
  /** Layers that go to the GPU; -1 for as many as fit. Default -1. */
  readonly nGpuLayers?: number | undefined
  /** Tokens that it may look back at. Default: as many as the model was made for, and memory holds. */
  readonly nCtx?: number | undefined
  /** Tokens that it reads at once. */
  readonly nBatch?: number | undefined
}

/** A model of llama.cpp in this process. */
export interface LlamaCppLLM extends LLM<string, LlamaCppParameters> {
  readonly type: "LlamaCppLLM"
  readonly configure: (parameters: Readonly<Record<string, unknown>>) => LlamaCppLLM
}

/** As much of `node-llama-cpp` as is used: the package cannot be installed without its binaries. */
interface NodeLlamaCpp {
  readonly getLlama: () => Promise<{
    readonly loadModel: (options: object) => Promise<{
      readonly createContext: (options: object) => Promise<{ readonly getSequence: () => Sequence }>
      readonly dispose: () => Promise<void>
    }>
    readonly createGrammarForJsonSchema: (schema: object) => Promise<object>
  }>
  readonly LlamaChatSession: new (options: object) => {
    readonly setChatHistory: (history: ReadonlyArray<object>) => void
    readonly promptWithMeta: (
      prompt: string,
      options: object
    ) => Promise<{ readonly responseText: string; readonly stopReason: string }>
    readonly dispose: (options: object) => void
  }
}

interface Sequence {
  readonly clearHistory: () => Promise<void>
  readonly tokenMeter: { readonly usedInputTokens: number; readonly usedOutputTokens: number }
}

type Described = LlamaCppOptions & { readonly model: string }

const load = async (options: Described): Promise<Loaded<GenerateRequest, GenerateOutput>> => {
  const { model, modelPath = model, nBatch, nCtx, nGpuLayers = -1 } = options
  const name = "node-llama-cpp"
  const { getLlama, LlamaChatSession } = (await import(name).catch(
    optionalPackage(name, "LlamaCppLLM")
  )) as NodeLlamaCpp
  if (modelPath === "") throw new Error("no file is named: give option modelPath")
  const llama = await getLlama()
  const loaded = await llama.loadModel({
    modelPath,
    ...(nGpuLayers < 0 ? {} : { gpuLayers: nGpuLayers })
  })
  const context = await loaded.createContext({
    ...(nCtx === undefined ? {} : { contextSize: nCtx }),
    ...(nBatch === undefined ? {} : { batchSize: nBatch })
  })
  const sequence = context.getSequence()
  const answered = async (request: GenerateRequest, signal: AbortSignal) => {
    const kwargs = request.generationKwargs as LlamaCppKwargs
    const format = jsonFormat(request.structuredOutput)
    const { history, prompt } = turnsOf(request.messages)
    await sequence.clearHistory()
    const before = { ...countsOf(sequence) }
    const session = new LlamaChatSession({ contextSequence: sequence, autoDisposeSequence: false })
    session.setChatHistory(history)
    const { responseText, stopReason } = await session.promptWithMeta(prompt, {
      ...record(sampling(kwargs)),
      ...(format === undefined
        ? {}
        : { grammar: await llama.createGrammarForJsonSchema(format.schema) }),
      signal
    })
    session.dispose({ disposeSequence: false })
    const after = countsOf(sequence)
    return oneAnswer({
      usage: { input: after.input - before.input, output: after.output - before.output },
      finish: stopReason === "maxTokens" ? "length" : "stop",
      text: responseText,
      reasoning: null
    })
  }
  // One sequence is one chat: the next begins when the last has ended.
  let last: Promise<unknown> = Promise.resolve()
  return {
    ask: (request, signal) => {
      const next = last.then(() => answered(request, signal))
      last = next.catch(() => {})
      return next
    },
    release: () => loaded.dispose()
  }
}

const countsOf = ({ tokenMeter }: Sequence) => ({
  input: tokenMeter.usedInputTokens,
  output: tokenMeter.usedOutputTokens
})

const sampling = ({
  frequencyPenalty,
  maxNewTokens,
  presencePenalty,
  stop,
  ...kwargs
}: LlamaCppKwargs): object => ({
  ...kwargs,
  ...(maxNewTokens === undefined ? {} : { maxTokens: maxNewTokens }),
  ...(stop === undefined ? {} : { customStopTriggers: stop }),
  ...(frequencyPenalty === undefined && presencePenalty === undefined
    ? {}
    : { repeatPenalty: { frequencyPenalty, presencePenalty } })
})

/** The last turn is the prompt, those before it the history. */
const turnsOf = (messages: Chat): { history: ReadonlyArray<object>; prompt: string } => {
  const texts = messages.map(({ content, role }) => ({ role, text: textOf(content) }))
  const [last] = texts.slice(-1)
  return {
    history: texts
      .slice(0, -1)
      .map(({ role, text }) =>
        role === "assistant" ? { type: "model", response: [text] } : { type: role, text }
      ),
    prompt: last?.text ?? ""
  }
}

export const llamaCpp = defineInProcess<Described, GenerateRequest, GenerateOutput>({
  type: "LlamaCppLLM",
  requests: "chat",
  about: "Answers with a model of llama.cpp in this process.",
  providerId: "llama_cpp",
  parameters: LlamaCppParameters,
  options: ["modelPath", "nGpuLayers", "nCtx", "nBatch"],
  answersBy: ["modelPath"],
  load,
  clientOf: makeClient,
  document: {
    kwargs: LlamaCppKwargs,
    modelKey: "model_path",
    modelOption: "modelPath",
    needs: [],
    pythonKwargs: [
      "max_new_tokens",
      "frequency_penalty",
      "presence_penalty",
      "temperature",
      "top_p"
    ],
    ignoredKwargs: ["extra_generation_kwargs"],
    fields: [
      { key: "n_gpu_layers", holds: Schema.Int, python: true },
      { key: "n_ctx", holds: Count, python: true },
      { key: "n_batch", holds: Count, python: true }
    ],
    pythonShares: ["structured_output"],
    lacks: ["stream", "preflight"],
    ignores: {
      chat_format: [null],
      seed: [],
      verbose: [],
      extra_kwargs: [],
      tokenizer_id: [null],
      cuda_devices: ["auto"],
      disable_cuda_device_placement: [],
      ...withoutMagpie
    }
  }
})

/** Documents have the file as the model. */
export const llamaCppKind = {
  ...llamaCpp,
  // Python's documents leave the file out: what is made of one says so when it is opened.
  describe: ({ modelPath = "", ...options }: Partial<Described>): LlamaCppLLM =>
    llamaCpp.describe({ model: modelPath, ...options, modelPath })
}

/**
 * Describes a model of llama.cpp that answers in this process, on a GPU where there is one. Needs
 * the package `node-llama-cpp`; `LlamaServerLLM` needs llama.cpp's server instead, and answers
 * several questions at once.
 *
 * The file is loaded when the first step opens the model, and released with the last. One question
 * is answered at a time. A structured output becomes a grammar, which the answer cannot leave.
 * Answers cost nothing.
 *
 * @example
 *   const local = LlamaCppLLM({ modelPath: "models/gemma-3-4b-it-Q4_K_M.gguf", generationKwargs: { maxNewTokens: 256 } })
 *
 * @fails LLMError when opened: PackageMissing, ModelNotFound (the file cannot be loaded); per request: InvalidRequest, and what keeps
 *   failing after the retries
 * @source https://distilabel.argilla.io/latest/components-gallery/llms/llamacppllm/
 */
export const LlamaCppLLM = (options: LlamaCppOptions): LlamaCppLLM => llamaCppKind.describe(options)
