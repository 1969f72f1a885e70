/** Images: what a model that draws is asked, and what it gives. */
import { list, record } from "../http/wireValues.ts"
import type { TokenUsage } from "./Answer.ts"
import type { Model, ModelClient, ModelRequest } from "./Model.ts"
import { ofPrompt } from "./ofPrompt.ts"
import type { RequestKind } from "./RequestKind.ts"

/** A description of images. */
export interface ImageRequest extends ModelRequest {
  readonly prompt: string
  /** How many images. */
  readonly numGenerations: number
}

/** An image in base64, or by its address. */
export type DrawnImage =
  | { readonly data: string; readonly mimeType: string }
  | { readonly url: string }

/** The images, as data or by address. */
export interface ImageOutput {
  readonly images: ReadonlyArray<DrawnImage>
  /** Tokens of the description and of all images; absent where the provider does not count. */
  readonly usage?: TokenUsage
}

/** An open connection to a model that draws. */
export interface ImagesClient extends ModelClient<ImageRequest, ImageOutput> {}

/** A model that draws, described. */
export interface ImagesModel<
  out Name extends string = string,
  out Parameters = unknown
> extends Model<Name, ImagesClient, Parameters> {
  readonly kind: "images"
  readonly configure: (
    parameters: Readonly<Record<string, unknown>>
  ) => ImagesModel<Name, Parameters>
}

/** Any model that draws. */
export type AnyImages = ImagesModel<string, unknown>

export const imagesKind: RequestKind<ImageRequest, ImageOutput> = {
  name: "images",
  ...ofPrompt,
  outputTokens: () => 0,
  usage: ({ usage }) => usage,
  count: ({ images }) => images.length,
  outputLength: () => 0,
  told: (_, { usage }) => (usage?.media === undefined ? {} : { media: usage.media }),
  restored: (stored) => {
    const { images, usage } = record(stored)
    return {
      images: list(images) as ImageOutput["images"],
      ...(usage === undefined ? {} : { usage: usage as TokenUsage })
    }
  }
}
