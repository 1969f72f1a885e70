/** Texts that say nearly the same, found without a server or a key: of each group one stays. */
import * as d from "distilabel-ts"
import { Schema } from "effect"

const load = d.LoadDataFromDicts({
  name: "load",
  data: [
    { text: "How do I cancel my subscription?" },
    { text: "I want to cancel my subscription. How?" },
    { text: "Where can I download last month's invoice?" },
    { text: "The app crashes when I open the settings." },
    { text: "When I open the settings, the app crashes." }
  ]
})
const embed = d.EmbeddingGeneration({ name: "embed", llm: d.EnergeticEmbeddings() })
const diversity = d.SemanticDiversity({ name: "diversity", threshold: 0.3 })
const first = d.ExactDedup({ name: "first", columns: ["semantic_group"] })
const kept = d.FilterRows({
  name: "kept",
  inputs: { keep_row_after_exact_filtering: Schema.Boolean },
  where: (row) => row.keep_row_after_exact_filtering
})
const texts = d.KeepColumns({ name: "texts", columns: ["text"] })

const rows = d.from(load).to(embed).to(diversity).to(first).to(kept).to(texts)
export default d.Pipeline("near-copies", {}, rows)
