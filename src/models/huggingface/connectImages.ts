/** Connecting to a model of Hugging Face that draws: descriptions go as JSON, images come as files. */
import { diagnosed, Unusable } from "../asking/Diagnosis.ts"
import type { DrawnImage, ImageOutput, ImageRequest } from "../chat/Images.ts"
import type { Connection, ProviderOptions, Server } from "../provider/ProviderDefinition.ts"
import { noKey } from "../provider/sdk.ts"
import { wireKwargs } from "../provider/wireKwargs.ts"
import { imagesAddress } from "./addresses.ts"
import { wakeEndpoint } from "./wakeEndpoint.ts"

interface Drawing extends ProviderOptions {
  readonly endpointName?: string | undefined
  readonly endpointNamespace?: string | undefined
}

export const connectImages = async (
  server: Server<Drawing>
): Promise<Connection<ImageRequest, ImageOutput>> => {
  const { fetch, key = noKey, options } = server
  const { endpointName, endpointNamespace, model } = options
  const headers = { authorization: `Bearer ${key}`, ...server.headers }
  const url =
    endpointName === undefined
      ? imagesAddress(server.url, model)
      : // The route of chats is not the one that draws.
        (
          await wakeEndpoint(fetch, { name: endpointName, namespace: endpointNamespace, headers })
        ).replace(/\/v1$/, "")
  const draw = async (
    { generationKwargs, prompt }: ImageRequest,
    signal: AbortSignal
  ): Promise<DrawnImage> => {
    const parameters = wireKwargs(generationKwargs)
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json", accept: "image/*" },
      body: JSON.stringify({
        inputs: prompt,
        ...(Object.keys(parameters).length === 0 ? {} : { parameters })
      }),
      signal
    })
    return imageIn(response)
  }
  return {
    ask: (request) =>
      diagnosed(async (signal) => ({
        images: await Promise.all(
          Array.from({ length: request.numGenerations }, () => draw(request, signal))
        )
      })),
    lookup: { look: (signal) => fetch(url, { headers, signal }), modelMayHide: true }
  }
}

/** The image that came. Throws `Unusable` where something else did. */
const imageIn = async (response: Response): Promise<DrawnImage> => {
  const mimeType = (response.headers.get("content-type") ?? "").split(";")[0]!.trim()
  if (!mimeType.startsWith("image/"))
    throw new Unusable({
      reason: "InvalidAnswer",
      detail: `no image but ${mimeType === "" ? "a body of no type" : mimeType}: ${(await response.text()).replace(/\s+/g, " ").slice(0, 100)}`
    })
  return { data: Buffer.from(await response.arrayBuffer()).toString("base64"), mimeType }
}
