/** Workers of steps that let a model draw: each row becomes as many rows as it gets images. */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ImageFile } from "../columns/images.ts"
import type { Row } from "../columns/Row.ts"
import type { AnyImages, DrawnImage } from "../models/chat/Images.ts"
import { underWay } from "../models/chat/underWay.ts"
import { openImages } from "./openModel.ts"
import { detailOf, RowFailed, StepFailed } from "./StepFailed.ts"
import type { Outcome, RowWorker } from "./Worker.ts"

/** A step that draws. */
export interface ImageStep {
  readonly name: string
  readonly llm: AnyImages
  readonly parameters: unknown
  readonly useCache: boolean | undefined
  /** Images for each row. */
  readonly count: number
}

/** Makes a row of each image for a prompt, with the model's name. */
export const imageWorker = (
  { count, llm: given, name: step, parameters, useCache }: ImageStep,
  promptOf: (row: Row) => string
): Effect.Effect<RowWorker, StepFailed, Scope.Scope> =>
  Effect.map(
    openImages(step, given, parameters as Readonly<Record<string, unknown>> | undefined),
    ({ client, llm }) => {
      const failed = (reason: string) => (thrown: unknown) =>
        new RowFailed({ step, reason, detail: detailOf(thrown) })
      return {
        kind: "row",
        process: (row, { content, onRequests, place }) =>
          Effect.gen(function* () {
            const prompt = yield* Effect.try({
              try: () => promptOf(row),
              catch: failed("BadInput")
            })
            const { images } = yield* client.generate(
              {
                prompt,
                numGenerations: count,
                generationKwargs: llm.generationKwargs,
                asker: { step, row: place, content },
                recalls: useCache === false ? "this run" : "any"
              },
              underWay(onRequests)
            )
            if (images.length < count)
              return yield* failed("TooFewImages")(
                `the model drew ${images.length} of ${count} images`
              )
            const files = yield* Effect.forEach(images.slice(0, count), (image, i) =>
              Effect.tryPromise({
                try: async (signal) => fileOf(await dataOf(image, signal), prompt, i),
                catch: failed("ImageLost")
              })
            )
            return files.map((image): Outcome => ({
              row: { ...row, image, model_name: llm.model }
            }))
          })
      }
    }
  )

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
  llm.kind === "images"
    ? Effect.void
    : Effect.fail(
        new StepFailed({
          step,
          phase: "load",
          reason: "WrongModel",
          detail: `${(llm as { readonly type: string }).type} does not draw. Give the step a model that does, such as one of a server with the route /images/generations.`
        })
      )
