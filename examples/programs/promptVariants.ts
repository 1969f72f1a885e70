/** Prompts for an image model, of a style that is drawn for each subject: a short and a rich one. */
import { hash } from "node:crypto"
import * as d from "distilabel-ts"
import { Schema } from "effect"

const styles = ["watercolour", "woodcut", "film photograph", "isometric"] as const
const seaside = { subject: "a lighthouse", mood: "calm" }
const town = { subject: "a market", mood: "busy" }
const load = d.LoadDataFromDicts({ name: "load", data: [seaside, town] })
const draw = d.MapRows({
  name: "draw",
  inputs: { subject: Schema.String },
  outputs: { style: Schema.Literals(styles) },
  // Drawn by the row itself: a run that goes on draws the same.
  map: (row) => ({ style: styles[hash("sha256", row.subject, "buffer")[0]! % styles.length]! })
})
// A server of your own.
const at = { baseUrl: "http://localhost:8000/v1", apiKey: "none" }
const llm = d.OpenAILLM({ ...at, model: "Qwen/Qwen3-8B" })
const write = d.TextGeneration({
  name: "write",
  llm,
  template: "Describe a {{ style }} of {{ subject }} in a {{ mood }} mood.",
  outputMappings: { generation: "prompt" }
})
const simplify = d.TextGeneration({ name: "simplify", llm, template: "Shorter: {{ prompt }}" })
const enrich = d.TextGeneration({ name: "enrich", llm, template: "With more detail: {{ prompt }}" })
const group = d.GroupColumns({
  name: "group",
  columns: ["generation", "model_name"],
  outputColumns: ["variants", "models"]
})
const columns = ["subject", "mood", "style", "prompt", "variants", "models"] as const

const variants = d.from(load).to(draw).to(write).branch([simplify, enrich]).join(group)
const kept = variants.to(d.KeepColumns({ name: "keep", columns }))
export default d.Pipeline("prompt-variants", { description: "A short and a rich prompt" }, kept)
