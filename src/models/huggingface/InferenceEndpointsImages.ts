/** Models of Hugging Face that draw: by its own inference provider, or on endpoints of one's own. */
import * as Schema from "effect/Schema"
import { SecretParameter } from "../asking/modelOptions.ts"
import type { Secret } from "../asking/secrets.ts"
import {
  type ImageOutput,
  type ImageRequest,
  imagesKind,
  type ImagesModel
} from "../chat/Images.ts"
import { defineModels } from "../provider/defineProvider.ts"
import { plainParameters, type PlainServerOptions } from "../provider/hosted.ts"
import { imagesRouter } from "./addresses.ts"
import { connectImages } from "./connectImages.ts"
import { endpointFields, huggingFaceKey } from "./home.ts"

const Size = Schema.Int.check(Schema.isGreaterThan(0))

/** What goes with every request; what is not given is up to the server. */
export const InferenceEndpointsImagesKwargs = Schema.Struct({
  /** What is not to be seen. */
  negativePrompt: Schema.optionalKey(Schema.String),
  height: Schema.optionalKey(Size),
  width: Schema.optionalKey(Size),
  /** Steps from noise to image: more take longer and may look better. */
  numInferenceSteps: Schema.optionalKey(Size),
  /** How closely the image follows the description. */
  guidanceScale: Schema.optionalKey(Schema.Finite)
})

export interface InferenceEndpointsImagesKwargs extends Schema.Schema.Type<
  typeof InferenceEndpointsImagesKwargs
> {
  // A member of its own: messages then name the interface.
  readonly height?: number
}

/** What `run({ parameters })` may set on an `InferenceEndpointsImages`. */
const InferenceEndpointsImagesParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(InferenceEndpointsImagesKwargs),
  endpointName: Schema.optionalKey(Schema.String),
  endpointNamespace: Schema.optionalKey(Schema.String),
  baseUrl: Schema.optionalKey(Schema.String),
  apiKey: Schema.optionalKey(SecretParameter),
  ...plainParameters
})

export interface InferenceEndpointsImagesParameters extends Schema.Schema.Type<
  typeof InferenceEndpointsImagesParameters
> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: InferenceEndpointsImagesKwargs
}

/** Options of an `InferenceEndpointsImages`. */
export interface InferenceEndpointsImagesOptions<
  Model extends string = string
> extends PlainServerOptions<InferenceEndpointsImagesKwargs> {
  /** The model's name on the Hub. */
  readonly model: Model
  /** An endpoint of one's own by its name: its address is looked up, and it is woken if it sleeps. */
  readonly endpointName?: string | undefined
  /** Whose endpoint it is: a user or an organisation. Default: the owner of the key. */
  readonly endpointNamespace?: string | undefined
  /**
   * The address of an endpoint. Default `HF_IMAGES_BASE_URL`, else Hugging Face's own inference
   * provider.
   */
  readonly baseUrl?: Secret | undefined
  /** Default `HF_TOKEN`. */
  readonly apiKey?: Secret | undefined
  /** The tokenizer of a Python program, which documents keep. */
  readonly tokenizerId?: string | undefined
}

// An image costs too much to ask for one before a run.
export const inferenceEndpointsImages = defineModels<
  InferenceEndpointsImagesOptions,
  ImageRequest,
  ImageOutput
>(imagesKind, undefined, {
  type: "InferenceEndpointsImages",
  name: "Hugging Face",
  providerId: "huggingface",
  hosts: /(^|\.)(huggingface\.co|endpoints\.huggingface\.cloud)$/,
  parameters: InferenceEndpointsImagesParameters,
  address: { option: "baseUrl", variable: "HF_IMAGES_BASE_URL", fallback: () => imagesRouter },
  key: huggingFaceKey,
  document: {
    pythonName: "InferenceEndpointsImageGeneration",
    pythonKwargs: ["negative_prompt", "height", "width", "num_inference_steps", "guidance_scale"],
    modelKey: "model_id",
    fields: endpointFields,
    pythonShares: [],
    ignores: { structured_output: [null], model_display_name: [null] },
    lacks: ["structured_output", "stream"]
  },
  connect: connectImages
})

/** A model of Hugging Face that draws. */
export interface InferenceEndpointsImages<out Model extends string = string> extends ImagesModel<
  Model,
  InferenceEndpointsImagesParameters
> {
  readonly type: "InferenceEndpointsImages"
  readonly configure: (
    parameters: Readonly<Record<string, unknown>>
  ) => InferenceEndpointsImages<Model>
}

/**
 * Describes a model that draws and that Hugging Face serves: one of the Hub's by its own inference
 * provider, or one on an endpoint of one's own, by name or address.
 *
 * Each image is a request of its own, and comes as a file. An endpoint that is named and paused or
 * scaled to zero is woken, and waited for up to 300 seconds. The key comes from option `apiKey`,
 * else from `HF_TOKEN`. Retries, timeouts (seconds) and limits are those of `OpenAILLM`:
 * `maxRetries` 6, `timeout` 120, `maxConcurrency` 64.
 *
 * @example
 *   const draw = InferenceEndpointsImages({
 *     model: "black-forest-labs/FLUX.1-schnell",
 *     generationKwargs: { width: 512, height: 512 }
 *   })
 *
 * @fails LLMError when opened: MissingApiKey, Unauthorized, Unreachable; per request: Refused, InvalidRequest, ModelNotFound,
 *   InvalidAnswer where what comes is not an image, and what keeps failing after the retries
 * @source https://huggingface.co/docs/inference-providers/tasks/text-to-image
 */
export const InferenceEndpointsImages = <const Model extends string>(
  options: InferenceEndpointsImagesOptions<Model>
): InferenceEndpointsImages<Model> => inferenceEndpointsImages.describe(options)
