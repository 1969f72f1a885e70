/** Images: what a model that draws is asked, and what it gives. */
import type { ModelRequest } from "./Model.ts"

/** A description of images. */
export interface ImageRequest extends ModelRequest {
  readonly prompt: string
  /** How many images. */
  readonly numGenerations: number
}

/** The images, as data or by address. */
export interface ImageOutput {
  readonly images: ReadonlyArray<
    { readonly data: string; readonly mimeType: string } | { readonly url: string }
  >
  readonly usage?: { readonly input: number; readonly output: number }
}
