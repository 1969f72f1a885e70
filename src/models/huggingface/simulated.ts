/** How Hugging Face's models are asked to draw, for a simulator. */
import type { Protocol } from "../simulated/Protocol.ts"
import { decoded } from "../simulated/Wire.ts"

const models = "/hf-inference/models/"

/** What differs from a server of chat completions. */
export const imagesProtocol = {
  address: { name: "huggingFaceImagesUrl", path: "/hf-inference" },
  models: ["InferenceEndpointsImages"],
  route: ({ method, path }) => {
    if (!path.startsWith(models)) return undefined
    const model = decoded(path.slice(models.length))
    return method === "POST"
      ? { kind: "images", name: "text-to-image", model }
      : { kind: "models.get", name: "models.get", model }
  },
  images: {
    read: ({ inputs }, model) =>
      typeof inputs !== "string" || inputs === ""
        ? "'inputs' has to be a text that is not empty."
        : { model, prompt: inputs, n: 1 },
    answer: () => "file"
  },
  failure: ({ message }) => ({ error: message })
} as const satisfies Partial<Protocol>
