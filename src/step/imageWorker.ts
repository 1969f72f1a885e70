/** Workers of steps that let a model draw: each row becomes as many rows as it gets images. */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ImageFile } from "../columns/images.ts"
import type { Row } from "../columns/Row.ts"
import type { AnyImages, DrawnImage } from "../models/chat/Images.ts"
import { checkKind, type ModelStep, modelWorker } from "./modelWorker.ts"
import { detailOf, RowFailed, type StepFailed } from "./StepFailed.ts"
import type { RowWorker } from "./Worker.ts"

/** A step that draws. */
export interface ImageStep extends ModelStep<AnyImages> {
  /** Images for each row. */
  readonly count: number
}

/** Makes a row of each image for a prompt, with the model's name. */
export const imageWorker = (
  step: ImageStep,
  promptOf: (row: Row) => string
): Effect.Effect<RowWorker, StepFailed, Scope.Scope> => {
  const { count, name } = step
  const failed = (reason: string) => (thrown: unknown) =>
    new RowFailed({ step: name, reason, detail: detailOf(thrown) })
  return modelWorker(step, {
    asked: promptOf,
    request: (prompt) => ({ prompt, numGenerations: count }),
    rows: ({ images }, row, prompt) =>
      images.length < count
        ? Effect.fail(failed("TooFewImages")(`the model drew ${images.length} of ${count} images`))
        : Effect.map(
            Effect.forEach(images.slice(0, count), (image, i) =>
              Effect.tryPromise({
                try: async (signal) => fileOf(await dataOf(image, signal), prompt, i),
                catch: failed("ImageLost")
              })
            ),
            (files) => files.map((image) => ({ ...row, image }))
          )
  })
}

interface ImageData {
  readonly bytes: Uint8Array
  readonly mimeType: string
}

const seconds = 60

/** The image itself: addresses that servers give are good for an hour or so. */
const dataOf = async (image: DrawnImage, signal: AbortSignal): Promise<ImageData> => {
  if ("data" in image)
    return { bytes: new Uint8Array(Buffer.from(image.data, "base64")), mimeType: image.mimeType }
  const response = await fetch(image.url, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)])
  })
  if (!response.ok)
    throw new Error(`the address of the image answered with status ${response.status}`)
  return {
    bytes: new Uint8Array(await response.arrayBuffer()),
    mimeType: response.headers.get("content-type") ?? "image/png"
  }
}

/** The image under a name that is the same for the same prompt, as Python's is. */
const fileOf = ({ bytes, mimeType }: ImageData, prompt: string, index: number): ImageFile => {
  const name = createHash("md5").update(prompt).digest("hex")
  const type = /^image\/([a-z0-9]+)/.exec(mimeType)?.[1] ?? "png"
  return { bytes, path: `${name}${index === 0 ? "" : `-${index}`}.${type}` }
}

/** Fails for a model that does something else than drawing, as a document may name one. */
export const checkDraws = (step: string, llm: AnyImages): Effect.Effect<void, StepFailed> =>
  checkKind(
    step,
    llm,
    "images",
    "does not draw. Give the step a model that does, such as one of a server with the route /images/generations."
  )
