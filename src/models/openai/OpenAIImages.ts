/** OpenAI's models that draw, and those of servers that speak its protocol. */
import * as Schema from "effect/Schema"
import { failed, Unusable } from "../asking/Diagnosis.ts"
import { type TokenUsage, usageOf } from "../chat/Answer.ts"
import {
  type DrawnImage,
  type ImageOutput,
  type ImageRequest,
  imagesKind,
  type ImagesModel
} from "../chat/Images.ts"
import { mediaTokens } from "../chat/MediaTokens.ts"
import { openClient } from "../chatCompletions/connect.ts"
import { countIn, list, record, textIn } from "../http/wireValues.ts"
import { readWhole } from "../provider/bodies.ts"
import { defineModels } from "../provider/defineProvider.ts"
import { serverFields } from "../provider/ModelDocument.ts"
import type { Connection, Server } from "../provider/ProviderDefinition.ts"
import { asking } from "../provider/sdk.ts"
import { wireKwargs } from "../provider/wireKwargs.ts"
import { openAIHome, type OpenAIServerOptions, openAIServerParameters } from "./home.ts"

/** What goes with every request; what is not given is up to the server. */
export const OpenAIImagesKwargs = Schema.Struct({
  /** Width and height, such as `1024x1024`. */
  size: Schema.optionalKey(Schema.String),
  /** `low`, `medium`, `high`; of older models `standard` or `hd`. */
  quality: Schema.optionalKey(Schema.String),
  /** `vivid` or `natural`, of models that know styles. */
  style: Schema.optionalKey(Schema.String),
  /** `png`, `jpeg` or `webp`, of models that let one choose. */
  outputFormat: Schema.optionalKey(Schema.Literals(["png", "jpeg", "webp"])),
  /** `b64_json` or `url`, of models that let one choose. */
  responseFormat: Schema.optionalKey(Schema.Literals(["b64_json", "url"])),
  /** Further fields of the request, under the names that the server knows; they win over all others. */
  extraBody: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown))
})

export interface OpenAIImagesKwargs extends Schema.Schema.Type<typeof OpenAIImagesKwargs> {
  // A member of its own: messages then name the interface.
  readonly size?: string
}

/** What `run({ parameters })` may set on an `OpenAIImages`. */
const OpenAIImagesParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(OpenAIImagesKwargs),
  ...openAIServerParameters
})

export interface OpenAIImagesParameters extends Schema.Schema.Type<typeof OpenAIImagesParameters> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: OpenAIImagesKwargs
}

/** Options of an `OpenAIImages`. */
export interface OpenAIImagesOptions<
  Model extends string = string
> extends OpenAIServerOptions<OpenAIImagesKwargs> {
  readonly model: Model
}

const connect = async (
  server: Server<OpenAIImagesOptions>
): Promise<Connection<ImageRequest, ImageOutput>> => {
  const { client, lookup } = await openClient(server)
  const { model } = server.options
  return {
    ask: asking(
      ({ generationKwargs, numGenerations, prompt }, signal) =>
        client.images
          .generate(
            {
              model,
              prompt,
              ...(numGenerations === 1 ? {} : { n: numGenerations }),
              ...wireKwargs(generationKwargs)
            },
            { signal }
          )
          .asResponse(),
      imagesIn
    ),
    lookup
  }
}

/** The images in a body. Throws `Unusable` where there is none. */
const imagesIn = (text: string): ImageOutput => {
  const { data, error, output_format, usage } = readWhole(text)
  if (error !== undefined && error !== null) throw failed(error, undefined)
  const mimeType = `image/${textIn(output_format) ?? "png"}`
  const images = list(data).flatMap((each): ReadonlyArray<DrawnImage> => {
    const { b64_json, url } = record(each)
    const inline = textIn(b64_json)
    const address = textIn(url)
    if (inline !== undefined) return [{ data: inline, mimeType }]
    return address === undefined ? [] : [{ url: address }]
  })
  if (images.length === 0)
    throw new Unusable({ reason: "InvalidAnswer", detail: "no image, neither data nor an address" })
  const used = usageIn(record(usage))
  return { images, ...(used === undefined ? {} : { usage: used }) }
}

/** Output is images, where nothing else is said. */
const usageIn = (usage: Readonly<Record<string, unknown>>): TokenUsage | undefined => {
  const input = countIn(usage["input_tokens"])
  const output = countIn(usage["output_tokens"])
  if (input === undefined || output === undefined) return undefined
  return usageOf({
    input,
    output,
    media: mediaTokens({
      imageIn: countIn(record(usage["input_tokens_details"])["image_tokens"]),
      imageOut: countIn(record(usage["output_tokens_details"])["image_tokens"]) ?? output
    })
  })
}

// An image costs too much to ask for one before a run.
export const openAIImages = defineModels<OpenAIImagesOptions, ImageRequest, ImageOutput>(
  imagesKind,
  undefined,
  {
    ...openAIHome,
    type: "OpenAIImages",
    parameters: OpenAIImagesParameters,
    document: {
      pythonName: "OpenAIImageGeneration",
      pythonKwargs: ["quality", "response_format", "size", "style"],
      fields: serverFields(true),
      pythonShares: ["max_retries", "timeout"],
      ignores: { structured_output: [null] },
      lacks: ["structured_output", "stream"]
    },
    connect
  }
)

/** A model that draws. */
export interface OpenAIImages<out Model extends string = string> extends ImagesModel<
  Model,
  OpenAIImagesParameters
> {
  readonly type: "OpenAIImages"
  readonly configure: (parameters: Readonly<Record<string, unknown>>) => OpenAIImages<Model>
}

/**
 * Describes a model of OpenAI that draws, or of any server with the route `/images/generations`.
 *
 * Key, address, retries, timeouts (seconds) and limits are those of `OpenAILLM`: `maxRetries` 6,
 * `timeout` 120, `maxConcurrency` 64. Several images of a description are one request. Images come
 * as base64 with their type, or as addresses where the server gives those; what was paid for is
 * kept in the journal.
 *
 * @example
 *   const draw = OpenAIImages({
 *     model: "gpt-image-1",
 *     generationKwargs: { size: "1024x1024", quality: "low" }
 *   })
 *   const drawn = Effect.scoped(
 *     Effect.flatMap(draw.open, (client) =>
 *       client.generate({
 *         prompt: "A river in Peru",
 *         numGenerations: 1,
 *         generationKwargs: draw.generationKwargs
 *       })
 *     )
 *   )
 *
 * @fails LLMError when opened: MissingApiKey, Unauthorized, ModelNotFound, Unreachable, QuotaExhausted; per request: Refused,
 *   InvalidRequest, and what keeps failing after the retries
 */
export const OpenAIImages = <const Model extends string>(
  options: OpenAIImagesOptions<Model>
): OpenAIImages<Model> => openAIImages.describe(options)
