/** Models: how the simulator lists what it serves. One card has the fields of all three providers. */
import type { WireObject } from "../answers/Wire.ts"

/** What is listed when every model exists. */
const anyModel = "simulated-model"

/** Writes a model's card. */
export const modelCard = (id: string): WireObject => ({
  id,
  object: "model",
  created: 1_700_000_000,
  owned_by: "distilabel-ts-simulator",
  // Mistral's client insists on the next two
  type: "base",
  capabilities: {
    completion_chat: true,
    function_calling: false,
    vision: true,
    fine_tuning: false
  },
  max_context_length: 131_072,
  // and Vertex knows a model by these
  name: `publishers/google/models/${id}`,
  versionId: "default"
})

/** Writes the list of models. */
export const modelList = (models: ReadonlyArray<string> | undefined): WireObject => ({
  object: "list",
  data: (models ?? [anyModel]).map(modelCard)
})
